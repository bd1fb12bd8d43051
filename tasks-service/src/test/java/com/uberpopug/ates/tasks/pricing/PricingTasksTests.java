package com.uberpopug.ates.tasks.pricing;

import static com.uberpopug.ates.tasks.TasksTest.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.events.Amounts;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.prices.v1.TaskAmountsCalculated;
import com.uberpopug.ates.events.serde.Envelope;
import com.uberpopug.ates.events.tasks.v1.TaskReadyForAssign;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.test.DeadLetter;
import com.uberpopug.ates.platform.test.Events;
import com.uberpopug.ates.platform.web.security.Caller;
import com.uberpopug.ates.platform.web.security.Role;
import com.uberpopug.ates.tasks.Api;
import com.uberpopug.ates.tasks.Company;
import com.uberpopug.ates.tasks.TasksTest;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;

@TasksTest
class PricingTasksTests {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    @Autowired
    private Api api;

    @Autowired
    private Company company;

    @Autowired
    private Events events;

    @Autowired
    private KafkaListenerEndpointRegistry listeners;

    private UUID task;

    @BeforeEach
    void createTask() {
        task = company.newTask();
    }

    @Test
    void price_makes_a_task_ready_to_be_assigned() {
        events.send(price(task, 1_100, 3_900));
        assertIsReady(1_100, 3_900);
        var seen = api.get(new Caller(Ids.next(), Role.POPUG), "/api/tasks/" + task);
        assertThat(seen.text("status")).isEqualTo("READY");
        assertThat(seen.body().path("fee_cents").asLong()).isEqualTo(1_100);
        assertThat(seen.body().path("amount_cents").asLong()).isEqualTo(3_900);
        assertThat(seen.body().path("assignee_id").isNull()).isTrue();
    }

    @Test
    void ready_event_is_derived_from_the_price() {
        var price = new Fact(Ids.next(), task.toString(), 1, NOON,
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                List.of(new TaskAmountsCalculated(task, 1_100L, 3_900L, Instant.EPOCH, Amounts.CURRENCY)));
        events.send(price);
        var ready = events.awaitRecords(Topics.TASKS, task, 1).getFirst();
        assertThat(header(ready, Envelope.TYPE)).isEqualTo("Tasks.ReadyForAssign");
        assertThat(header(ready, Envelope.FACT_ID))
                .isEqualTo(Ids.derived(price.id(), "Tasks.ReadyForAssign").toString());
        assertThat(header(ready, Envelope.AGGREGATE_VERSION)).isEqualTo("2");
        assertThat(header(ready, Envelope.TRACEPARENT)).startsWith("00-0af7651916cd43dd8448eb211c80319c-");
    }

    @Test
    void duplicate_price_is_stored_once() {
        var price = price(task, 1_100, 3_900);
        events.send(price, price);
        awaitMarker();
        assertPriced(1_100, 3_900);
    }

    @Test
    void task_keeps_its_first_price() {
        events.send(price(task, 1_100, 3_900), price(task, 1_100, 3_900), price(task, 2_000, 2_000));
        awaitMarker();
        assertPriced(1_100, 3_900);
    }

    @Test
    void price_of_an_assigned_task_is_ignored() {
        task = company.taskOf(new Caller(Ids.next(), Role.POPUG));
        events.send(price(task, 1_100, 3_900));
        awaitMarker();
        assertThat(company.factsOf(task)).isEqualTo(3);
    }

    @Test
    void unknown_event_type_is_skipped() {
        var applause = events.record(price(task, 1_200, 2_200), new byte[]{1, 2, 3});
        Envelope.put(applause.headers(), Envelope.TYPE, "Tasks.Applauded");
        Envelope.put(applause.headers(), Envelope.DATA_SCHEMA, Envelope.dataSchema("Tasks.Applauded", 1));
        events.send(List.of(applause));
        events.send(price(task, 1_100, 3_900));
        awaitMarker();
        assertPriced(1_100, 3_900);
    }

    @Test
    void unreadable_price_is_a_dead_letter() {
        var poison = events.record(price(task, 1_200, 2_200), new byte[]{0, 0, 0});
        events.send(List.of(poison));
        events.send(price(task, 1_100, 3_900));
        assertThat(deadLetter(task).value()).isEqualTo(poison.value());
        awaitMarker();
        assertPriced(1_100, 3_900);
    }

    @ParameterizedTest
    @CsvSource({"0, 2000", "1000, 0", "-1000, 2000", "1000, -2000"})
    void price_that_is_not_positive_is_a_dead_letter(long fee, long amount) {
        events.send(price(task, fee, amount));
        assertThat(deadLetter(task).cause()).contains("price_is_positive");
        events.send(price(task, 1_100, 3_900));
        awaitMarker();
        assertPriced(1_100, 3_900);
    }

    @Test
    void price_of_an_unknown_task_is_a_dead_letter() {
        var unknown = Ids.next();
        events.send(price(unknown, 1_100, 3_900));
        assertThat(deadLetter(unknown).cause()).contains("unknown tasks", unknown.toString());
    }

    @Test
    void failed_record_leaves_the_rest_of_its_batch_applied() {
        var other = company.newTask();
        var unknown = Ids.next();
        inOneBatch(price(task, 1_100, 3_900), price(unknown, 1_200, 2_200), price(task, 1_300, 2_300),
                price(other, -1, 2_000), price(other, 1_400, 2_400));
        assertThat(events.await(TaskReadyForAssign.class, other).getFeeCents()).isEqualTo(1_400);
        assertPriced(1_100, 3_900);
        assertThat(events.awaitDeadLetters(Topics.PRICES, task, 2)).satisfiesExactly(
                letter -> assertThat(letter.cause()).contains("unknown tasks"),
                letter -> assertThat(letter.cause()).contains("price_is_positive"));
    }

    @Test
    void first_of_two_prices_in_a_batch_counts() {
        inOneBatch(price(task, 1_100, 3_900), price(task, 2_000, 2_000));
        awaitMarker();
        assertPriced(1_100, 3_900);
    }

    private static Fact price(UUID task, long fee, long amount) {
        return Fact.of(Ids.next(), task, 1, NOON,
                new TaskAmountsCalculated(task, fee, amount, Instant.EPOCH, Amounts.CURRENCY));
    }

    /** Sends facts on the key of this test's task while the listener is stopped, so that they form one batch. */
    private void inOneBatch(Fact... facts) {
        var listener = Objects.requireNonNull(listeners.getListenerContainer("tasks.prices"));
        listener.stop();
        for (var fact : facts) {
            events.send(List.of(onTheKeyOfThisTask(fact)));
        }
        listener.start();
    }

    /** Another task's price on this task's key: once it is applied, all records before it are. */
    private void awaitMarker() {
        var marker = company.newTask();
        events.send(List.of(onTheKeyOfThisTask(price(marker, 1, 1))));
        await().atMost(PATIENCE).until(() -> company.factsOf(marker) == 2);
    }

    private ProducerRecord<String, byte[]> onTheKeyOfThisTask(Fact fact) {
        var record = events.record(fact);
        return new ProducerRecord<>(record.topic(), null, task.toString(), record.value(), record.headers());
    }

    private void assertPriced(long fee, long amount) {
        assertIsReady(fee, amount);
        assertThat(company.factsOf(task)).isEqualTo(2);
    }

    private void assertIsReady(long fee, long amount) {
        var ready = events.await(TaskReadyForAssign.class, task);
        assertThat(ready)
                .isEqualTo(new TaskReadyForAssign(task, fee, amount, ready.getReadyAt(), Amounts.CURRENCY));
    }

    private DeadLetter deadLetter(UUID key) {
        return events.awaitDeadLetters(Topics.PRICES, key, 1).getFirst();
    }

    private static String header(ConsumerRecord<?, ?> record, String name) {
        return Envelope.get(record.headers(), name).orElseThrow();
    }
}
