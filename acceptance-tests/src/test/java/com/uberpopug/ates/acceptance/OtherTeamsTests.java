package com.uberpopug.ates.acceptance;

import static com.uberpopug.ates.acceptance.Company.admin;
import static com.uberpopug.ates.acceptance.Company.task;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.acceptance.Company.Role;
import com.uberpopug.ates.localstack.LocalStack;
import com.uberpopug.ates.localstack.parts.LocalStackFiles;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a program of another team may do with the settings of {@code ./ates kafka-client}. */
class OtherTeamsTests {

    private static final DateTimeFormatter MILLISECONDS = new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

    @RegisterExtension
    private final Company company = new Company();

    private final Map<String, Object> settings = new HashMap<>(
            ApplicationUnderTest.stack().kafkaClient(LocalStack.OTHER_TEAMS));

    @Test
    void they_read_events_with_their_schemas() throws Exception {
        company.hires(Role.POPUG);
        var title = "For other teams to see " + UUID.randomUUID();
        task(title);
        var found = new ArrayList<byte[]>();
        settings.putAll(Map.of("group.id", "billing-" + UUID.randomUUID(), "auto.offset.reset", "earliest"));
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of("ates.tasks"));
            await().pollInSameThread().atMost(Duration.ofMinutes(1)).until(() -> {
                consumer.poll(Duration.ofMillis(500)).forEach(record -> {
                    // Avro writes texts as they are.
                    if (record.value() != null && new String(record.value(), UTF_8).contains(title)) {
                        found.add(record.value());
                    }
                });
                return !found.isEmpty();
            });
        }
        var id = ByteBuffer.wrap(found.getFirst(), 1, 4).getInt();
        try (var http = HttpClient.newHttpClient()) {
            var schema = URI.create(settings.get("schema.registry.url") + "/schemas/ids/" + id);
            var login = ApplicationUnderTest.stack().registry().authorization("other-teams");
            assertThat(http.send(HttpRequest.newBuilder(schema).header("Authorization", login).build(),
                    BodyHandlers.ofString()).body()).contains("TaskCreated");
            assertThat(http.send(HttpRequest.newBuilder(schema).build(), BodyHandlers.ofString()).statusCode())
                    .isEqualTo(401);
        }
    }

    /** All that this stack has sent so far, by all tests before. */
    @Test
    void every_record_is_a_cloud_event() {
        var leaver = company.hires(Role.POPUG);
        task("For the SDK to read " + UUID.randomUUID());
        company.erases(leaver);
        var erased = new HashSet<String>();
        var types = new TreeSet<String>();
        settings.put("isolation.level", "read_committed");
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            var partitions = Stream.of("ates.users", "ates.tasks", "ates.prices", "ates.balances", "ates.managers")
                    .flatMap(topic -> consumer.partitionsFor(topic).stream())
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition())).toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            await().pollInSameThread().atMost(Duration.ofMinutes(2)).until(() -> {
                consumer.poll(Duration.ofMillis(500)).forEach(record -> {
                    // Throws if an attribute is missing or malformed.
                    var event = KafkaMessageFactory.createReader(record).toEvent();
                    assertThat(event.getSource()).as("%s", record).hasScheme("https");
                    assertThat(event.getExtensionNames()).as("%s", record).contains("factid", "aggregateversion");
                    assertThat(event.getSubject()).as("%s", record).isEqualTo(new String(record.key(), UTF_8));
                    if (record.value() == null) {
                        erased.add(event.getSubject());
                    } else {
                        types.add(event.getType());
                        assertThat(String.valueOf(event.getDataSchema())).as("%s", record).matches(
                                "https://ates\\.uberpopug\\.example/events/" + Pattern.quote(event.getType())
                                        + "/v[1-9]");
                        assertThat(event.getDataContentType()).as("%s", record).isEqualTo("application/avro");
                    }
                });
                return partitions.stream().allMatch(partition -> consumer.position(partition) >= ends.get(partition))
                        && erased.contains(leaver.id().toString())
                        && types.containsAll(
                                List.of("Tasks.Created", "Tasks.AmountsCalculated", "Tasks.ReadyForAssign"));
            });
        }
    }

    /** The program knows two topics, and no service. */
    @Test
    void example_in_java_prints_what_rest_reports(@TempDir Path directory) throws Exception {
        var anna = company.hires(Role.POPUG);
        IntStream.range(0, 5).forEach(number -> task("For the example " + number));
        admin().assignsTasks();
        var completed = anna.looksAtOwnTasks().stream().map(anna::completes).map(admin()::looksAt)
                .collect(toMap(Task::id, Function.identity()));
        var expected = new Eventually<>("anna's rewards", () -> anna.looksAtAuditLog().stream()
                .filter(line -> line.kind().equals("REWARD")).toList())
                .becomes("one a task", rewards -> rewards.size() == completed.size()).stream()
                .map(reward -> "%s task %s by %s: %d cents".formatted(
                        MILLISECONDS.format(completed.get(reward.taskId()).completedAt()), reward.taskId(), anna.id(),
                        reward.changeCents()))
                .toList();

        var client = Files.write(directory.resolve("client.properties"),
                settings.entrySet().stream().map(setting -> setting.getKey() + "=" + setting.getValue()).toList());
        var output = directory.resolve("output");
        var example = LocalStackFiles.repository().resolve("examples/target");
        var process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin/java").toString(), "-cp",
                example.resolve("classes") + File.pathSeparator + Files.readString(example.resolve("class-path")),
                "Completions", client.toString()).redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try {
            new Eventually<>("the example's lines",
                    () -> lines(output).filter(line -> line.contains(" by " + anna.id()))
                            .toList())
                    .satisfies(lines -> assertThat(lines).containsExactlyInAnyOrderElementsOf(expected));
        } finally {
            process.destroyForcibly().onExit().join();
        }
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readString(file).lines();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A record without a value would shut anna out, one with another role would make her an admin. */
    @Test
    void they_write_nothing() {
        var anna = company.hires(Role.POPUG);
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (var topic : List.of("ates.users", "ates.sessions", "ates.tasks", "ates.prices", "ates.balances")) {
                assertThatThrownBy(
                        () -> producer.send(new ProducerRecord<>(topic, anna.id().toString().getBytes(UTF_8), null))
                                .get())
                        .as(topic).hasCauseInstanceOf(AuthorizationException.class);
            }
        }
    }
}
