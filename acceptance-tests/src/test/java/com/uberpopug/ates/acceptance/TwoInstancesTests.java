package com.uberpopug.ates.acceptance;

import static com.uberpopug.ates.acceptance.ApplicationUnderTest.stack;
import static com.uberpopug.ates.acceptance.Company.admin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.acceptance.Company.Role;
import com.uberpopug.ates.localstack.parts.Part;
import com.uberpopug.ates.localstack.parts.ServiceProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A second instance of tasks-, accounting- and analytics-service beside the first. */
@OfLocalStack
@Tag("long")
@Order(2)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TwoInstancesTests {

    private static final Logger log = LoggerFactory.getLogger(TwoInstancesTests.class);
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int KILLS = 3;

    private static final List<ServiceProcess> TASKS = twoOf(stack().tasks());
    private static final List<ServiceProcess> ACCOUNTING = twoOf(stack().accounting());
    private static final List<ServiceProcess> ANALYTICS = twoOf(stack().analytics());
    private static final Pipeline PIPELINE = new Pipeline();

    private static List<ServiceProcess> twoOf(ServiceProcess service) {
        return List.of(service, service.another(service.name() + "-2"));
    }

    @BeforeAll
    static void startTheSecond() {
        Stream.of(TASKS, ACCOUNTING, ANALYTICS).parallel().forEach(two -> two.get(1).start());
    }

    @AfterAll
    static void stopTheSecond() {
        Stream.of(TASKS, ACCOUNTING, ANALYTICS).parallel().forEach(two -> two.get(1).close());
        PIPELINE.close();
    }

    @Test
    @Order(1)
    void work_is_shared_and_nothing_is_done_twice() {
        for (var group : List.of("tasks.", "accounting.", "analytics.")) {
            log.info("Partitions of the two: {}", bothHavePartitions(group));
        }
        var popugs = new Company().hires(Role.POPUG, Role.POPUG, Role.POPUG, Role.POPUG);
        for (int round = 0; round < 4; round++) {
            var instance = TASKS.get(round % 2);
            var other = TASKS.get((round + 1) % 2);
            IntStream.range(0, 50).parallel().forEach(i -> creates(i % 2 == 0 ? instance : other));
            await("all are priced").atMost(PATIENCE)
                    .until(() -> Books.tasks("select id::text from tasks where status = 'NEW'").isEmpty());
            var shuffle = post(admin(), instance, "/api/shuffles?again=true", "").is(202).header("Location");
            await("the shuffle").atMost(PATIENCE).until(() -> get(admin(), other, shuffle).is(200).json().path("status")
                    .asString().equals("FINISHED"));
            for (var popug : popugs) {
                for (var task : popug.looksAtOwnTasks()) {
                    post(popug, other, "/api/tasks/" + task.id() + "/complete", "").is(200);
                    // The other instance reports the shuffle as done, too.
                    post(popug, instance, "/api/tasks/" + task.id() + "/complete", "").isProblem(409);
                }
            }
        }
        awaitQuiet();
        Books.agree();
        for (var instance : ANALYTICS) {
            assertThat(get(admin(), instance, "/api/earnings").is(200).json())
                    .isEqualTo(get(admin(), ACCOUNTING.getFirst(), "/api/earnings").is(200).json());
        }
    }

    /** Waits until both instances take part in each group of a service, and returns their numbers of partitions. */
    private static List<String> bothHavePartitions(String service) {
        var groups = PIPELINE.groups().stream().filter(group -> group.startsWith(service)).toList();
        await("both have partitions").atMost(PATIENCE).untilAsserted(() -> {
            for (var group : groups) {
                assertThat(PIPELINE.shares(group)).as(group).hasSize(2).allMatch(partitions -> partitions > 0);
            }
        });
        return groups.stream().map(group -> group + " " + PIPELINE.shares(group)).toList();
    }

    @Test
    @Order(2)
    void successor_takes_over_a_killed_relay() {
        // Events of tasks-service itself, and the events of accounting-service that follow from them.
        log.info("After each kill of tasks-service's relay the successor sent within {} ms",
                afterEachKill(TASKS, "tasks.", "ates.tasks", "Tasks.Created"));
        log.info("After each kill of accounting-service's relay the successor sent within {} ms",
                afterEachKill(ACCOUNTING, "accounting.", "ates.prices", "Tasks.AmountsCalculated"));
        awaitQuiet();
        Books.agree();
        assertThat(PIPELINE.deadLetters()).isEmpty();
    }

    private static List<Long> afterEachKill(List<ServiceProcess> instances, String group, String topic, String type) {
        var times = new ArrayList<Long>();
        for (int kill = 0; kill < KILLS; kill++) {
            // The first instance leads at first; a killed and restarted instance is the next successor.
            var leader = instances.get(kill % 2);
            var successor = instances.get((kill + 1) % 2);
            await("who sends").atMost(PATIENCE).until(() -> leads(leader));
            // Otherwise the successor could also wait for partitions, which a new group assigns late.
            bothHavePartitions(group);
            try (var announced = new Announced(topic)) {
                leader.kill();
                var killed = Instant.now();
                var creating = successor.name().startsWith("tasks") ? successor : TASKS.getFirst();
                await("the successor sends").atMost(PATIENCE).pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(20)).until(() -> {
                            creates(creating);
                            return announced.isThereOneSince(killed, type);
                        });
                times.add(Duration.between(killed, Instant.now()).toMillis());
            }
            leader.start();
        }
        return times;
    }

    /** Reads a topic from now on, like any other service: committed records only. */
    private record Announced(KafkaConsumer<byte[], byte[]> consumer) implements AutoCloseable {

        Announced(String topic) {
            this(Pipeline.consumer());
            consumer.assign(Pipeline.partitions(consumer, List.of(topic)));
            consumer.seekToEnd(consumer.assignment());
            consumer.assignment().forEach(consumer::position);
        }

        boolean isThereOneSince(Instant time, String type) {
            for (var record : consumer.poll(Duration.ofMillis(10))) {
                if (header(record, "ce_type").equals(type) && Instant.parse(header(record, "ce_time")).isAfter(time)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public void close() {
            consumer.close();
        }
    }

    @Test
    @Order(3)
    void day_closed_by_both_instances_is_closed_once() {
        var today = get(admin(), ACCOUNTING.getFirst(), "/api/earnings").json().path("today").path("business_date")
                .asString();
        var owed = Books.accounting("""
                select credits_cents - debits_cents from accounts where kind = 'WORKER' and credits_cents > debits_cents
                 order by 1
                """);
        assertThat(owed).as("the expected payouts").isNotEmpty();
        int mails = ApplicationUnderTest.payoutMails().size();

        var answers = ACCOUNTING.parallelStream()
                .map(instance -> post(admin(), instance, "/api/business-days/" + today + "/close", "")).toList();

        assertThat(answers).extracting(Answer::status).contains(202).isSubsetOf(202, 409);
        for (var instance : ACCOUNTING) {
            await("the day is closed").atMost(PATIENCE)
                    .until(() -> get(admin(), instance, "/api/business-days/" + today).is(200).json().path("status")
                            .asString().equals("CLOSED"));
        }
        assertThat(Books.accounting("""
                select cents from transfers where kind = 'PAYOUT' and business_date = '%s' order by 1
                """.formatted(today))).isEqualTo(owed);
        awaitQuiet();
        Books.agree();
        await("an email for each").atMost(PATIENCE)
                .until(() -> ApplicationUnderTest.payoutMails().size() - mails >= owed.size());
        assertThat(Books.accounting("select fact_id::text from emails where status <> 'SENT'")).isEmpty();
        assertThat(ApplicationUnderTest.payoutMails()).hasSize(mails + owed.size());
        assertThat(closings()).as("BusinessDays.Closed").containsExactly(today);
    }

    /** The dates of all events about a closed day. */
    private static List<String> closings() {
        try (var consumer = Pipeline.consumer()) {
            consumer.assign(Pipeline.partitions(consumer, List.of("ates.managers")));
            consumer.seekToBeginning(consumer.assignment());
            var dates = new ArrayList<String>();
            do {
                for (var record : consumer.poll(Duration.ofMillis(500))) {
                    if (header(record, "ce_type").equals("BusinessDays.Closed")) {
                        dates.add(new String(record.key(), StandardCharsets.UTF_8));
                    }
                }
            } while (!Pipeline.isAtTheEnd(consumer));
            return dates;
        }
    }

    private static void awaitQuiet() {
        await("every event is sent and read").atMost(PATIENCE).untilAsserted(() -> {
            assertThat(Books.unsent()).isEmpty();
            assertThat(PIPELINE.lags()).isEmpty();
        });
    }

    private static boolean leads(Part instance) {
        try {
            return Files.exists(instance.log())
                    && Files.readString(instance.log()).contains("This instance sends the outbox");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void creates(ServiceProcess instance) {
        post(admin(), instance, "/api/tasks", "{\"title\": \"One of many\"}").is(201);
    }

    private static Answer post(Person person, ServiceProcess instance, String path, String body) {
        return Person.sends(request(person, instance, path).header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    }

    private static Answer get(Person person, ServiceProcess instance, String path) {
        return Person.sends(request(person, instance, path).GET());
    }

    private static HttpRequest.Builder request(Person person, ServiceProcess instance, String path) {
        return HttpRequest.newBuilder(URI.create(instance.address() + path)).timeout(Duration.ofSeconds(20))
                .header("Authorization", "Bearer " + person.token());
    }

    private static String header(ConsumerRecord<?, ?> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
