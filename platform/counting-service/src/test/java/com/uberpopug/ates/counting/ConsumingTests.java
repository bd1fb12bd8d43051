package com.uberpopug.ates.counting;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.counting.Tallies.Tally;
import com.uberpopug.ates.events.Amounts;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.prices.v1.TaskAmountsCalculated;
import com.uberpopug.ates.events.serde.Envelope;
import com.uberpopug.ates.events.tasks.v1.TaskAssigned;
import com.uberpopug.ates.events.tasks.v1.TaskReadyForAssign;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.test.DeadLetter;
import com.uberpopug.ates.platform.test.Events;
import com.uberpopug.ates.platform.test.RealParts;
import com.uberpopug.ates.platform.test.ServiceTest;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.listener.MessageListenerContainer;

/** Consumes valid and invalid records. Each test ends with a valid step, which the records before it must not block. */
@ServiceTest(database = "counting", properties = "ates.unknown-schema-patience=2s")
class ConsumingTests {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00.123456Z");

    private final UUID counter = Ids.next();

    @Autowired
    Events events;
    @Autowired
    Tallies tallies;
    @Autowired
    MeterRegistry meters;
    @Autowired
    JdbcClient db;
    @Autowired
    KafkaListenerEndpointRegistry listeners;

    @Test
    void duplicate_fact_is_applied_once() {
        var step = step(1);
        events.send(step, step);
        events.send(step, step(2));
        awaitTally(2, 3);
    }

    @Test
    void two_versions_of_a_fact_are_one_fact() {
        var again = step(1);
        events.send(again, new Fact(again.id(), again.key(), 1, NOON, null, List.of(assigned(1))), step(2));
        awaitTally(2, 3);
    }

    @Test
    void unhandled_type_is_skipped_and_counted() {
        double before = skipped("Tasks.ReadyForAssign", "type_not_handled");
        events.send(Fact.of(Ids.next(), counter, 1, NOON,
                new TaskReadyForAssign(counter, 1L, 2L, Instant.EPOCH, Amounts.CURRENCY)), step(2));
        awaitTally(1, 2);
        assertThat(skipped("Tasks.ReadyForAssign", "type_not_handled") - before).isEqualTo(1);
    }

    @Test
    void unknown_version_is_skipped_if_a_known_one_of_the_same_fact_is_published() {
        double before = skipped("Tasks.Assigned", "other_version");
        var known = step(1);
        var unknown = events.record(known, bytes("not decoded"));
        Stream.of(unknown, events.record(known)).forEach(record -> {
            Envelope.put(record.headers(), Envelope.DATA_VERSIONS, "1,2");
        });
        Envelope.put(unknown.headers(), Envelope.DATA_SCHEMA, Envelope.dataSchema("Tasks.Assigned", 2));
        events.send(List.of(unknown, events.record(known)));
        events.send(step(2));
        awaitTally(2, 3);
        assertThat(skipped("Tasks.Assigned", "other_version") - before).isEqualTo(1);
    }

    @Test
    void unknown_version_without_a_known_one_becomes_a_dead_letter() {
        var unknown = changed(step(1),
                Map.of(Envelope.DATA_SCHEMA, Envelope.dataSchema("Tasks.Assigned", 2), Envelope.DATA_VERSIONS, "2,3"));
        events.send(List.of(unknown));
        events.send(step(2));
        awaitTally(1, 2);
        assertThat(cause(deadLetter())).contains("Version 2 of Tasks.Assigned is not known here");
    }

    @Test
    void amounts_in_another_currency_become_a_dead_letter() {
        events.send(Fact.of(Ids.next(), counter, 1, NOON,
                new TaskAssigned(counter, counter, 1, 1L, NOON, null, "EUR")), step(2));
        awaitTally(1, 2);
        assertThat(cause(deadLetter())).contains("The amounts are in EUR; here they are in USD");
    }

    static Stream<Arguments> undecodable() {
        return Stream.of(
                Arguments.of("no bytes at all", change(_ -> new byte[0])),
                Arguments.of("not the wire format", change(_ -> bytes("{\"json\": true}"))),
                Arguments.of("cut off", change(good -> Arrays.copyOf(good, good.length - 3))),
                Arguments.of("nothing after the header", change(good -> Arrays.copyOf(good, 5))),
                Arguments.of("too long", change(good -> Arrays.copyOf(good, good.length + 1))),
                Arguments.of("schema id 0", change(good -> with(good, 1, 0))),
                Arguments.of("a negative schema id", change(good -> with(good, 1, -5))),
                Arguments.of("another event's schema", change(good -> with(good, 1, otherSchema(good)))),
                Arguments.of("a string of a gibibyte", change(good -> ByteBuffer.allocate(60).put(good, 0, 5)
                        .put(new byte[]{-128, -128, -128, -128, 8}).array())),
                Arguments.of("a number that does not end", change(good -> {
                    var endless = Arrays.copyOf(good, good.length);
                    Arrays.fill(endless, 5, endless.length, (byte) -1);
                    return endless;
                })));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("undecodable")
    void undecodable_record_becomes_a_dead_letter(String name, Change change) {
        var good = events.record(step(1));
        var bad = events.record(step(1), change.of(Objects.requireNonNull(good.value())));
        events.send(List.of(bad));
        events.send(step(2));
        awaitTally(1, 2);
        var letter = deadLetter();
        assertThat(letter.value()).isEqualTo(bad.value());
        assertThat(letter.headers()).contains(bad.headers().toArray());
    }

    @Test
    void largest_record_that_the_broker_accepts_becomes_a_dead_letter() {
        var large = new byte[1_047_950];
        Arrays.fill(large, (byte) 'x');
        events.send(List.of(events.record(step(1), large)));
        events.send(step(2));
        awaitTally(1, 2);
        assertThat(deadLetter().value()).isEqualTo(large);
    }

    @ParameterizedTest
    @ValueSource(strings = {Envelope.TYPE, Envelope.DATA_SCHEMA, Envelope.FACT_ID, Envelope.AGGREGATE_VERSION,
            Envelope.TIME})
    void record_with_a_missing_or_invalid_header_becomes_a_dead_letter(String header) {
        var without = events.record(step(1));
        without.headers().remove(header);
        events.send(List.of(without));
        if (!header.equals(Envelope.TYPE)) {
            events.send(List.of(changed(step(2), Map.of(header, "\u0000 invalid"))));
        }
        events.send(step(4));
        awaitTally(1, 4);
        var letters = events.awaitDeadLetters(Topics.TASKS, counter, header.equals(Envelope.TYPE) ? 1 : 2);
        assertThat(letters).allSatisfy(letter -> assertThat(cause(letter)).contains(header));
    }

    @Test
    void record_that_the_database_rejects_becomes_a_dead_letter() {
        events.send(step(1), step(-2), step(4));
        awaitTally(2, 5);
        assertThat(cause(deadLetter())).contains("cents_are_positive");
    }

    @Test
    void erasure_that_the_listener_does_not_handle_becomes_a_dead_letter() {
        events.send(List.of(new ProducerRecord<>(Topics.TASKS, counter.toString(), null)));
        events.send(step(2));
        awaitTally(1, 2);
        assertThat(deadLetter().value()).isNull();
    }

    @Test
    void unknown_schema_ids_are_retried_together_and_then_become_dead_letters() {
        var good = events.record(step(1));
        var unknown = IntStream.rangeClosed(1, 5).mapToObj(n -> events.record(step(2),
                with(Objects.requireNonNull(good.value()), 1, 1_234_560 + n))).toList();
        whileStopped("counting.tasks", () -> {
            // In one batch behind a valid record, which is decoded at each try.
            events.send(List.of(good));
            events.send(unknown);
            events.send(step(4));
        });
        awaitTally(2, 5);
        var letters = events.awaitDeadLetters(Topics.TASKS, counter, 5);
        assertThat(letters).allSatisfy(letter -> assertThat(cause(letter)).contains("does not know schema id 123456"));
        var failed = letters.stream().map(DeadLetter::failedAt).sorted().toList();
        assertThat(Duration.between(failed.getFirst(), failed.getLast()))
                .as("with a patience of its own each, they would lie eight seconds apart")
                .isLessThan(Duration.ofSeconds(4));
        assertThat(meters.get("ates.inbox.dead.letters").tags("consumer", "counting.tasks", "type", "Tasks.Assigned",
                "version", "1", "reason", "unknown_schema").counter().count()).isPositive();
    }

    @Test
    void facts_of_two_topics_are_applied_in_either_order() {
        events.send(Fact.of(Ids.next(), counter, 1, NOON,
                new TaskAmountsCalculated(counter, 1_000L, 2_000L, Instant.EPOCH, Amounts.CURRENCY)));
        await().untilAsserted(() -> assertThat(tallies.of(counter)).contains(new Tally(0, 0, 1_000L)));
        events.send(step(1));
        await().untilAsserted(() -> assertThat(tallies.of(counter)).contains(new Tally(1, 1, 1_000L)));
    }

    @Test
    void invalid_record_in_a_batch_of_500_fails_alone() {
        var facts = new ArrayList<>(LongStream.rangeClosed(1, 500).mapToObj(this::step).toList());
        var bad = step(-250);
        facts.set(249, bad);
        var batches = meters.summary("counting.batches");
        long before = batches.count();
        whileStopped("counting.tasks", () -> events.send(facts.toArray(Fact[]::new)));

        awaitTally(499, 500 * 501 / 2 - 250);
        assertThat(tallies.appliedCents(counter))
                .isEqualTo(LongStream.rangeClosed(1, 500).filter(n -> n != 250).boxed().toList());
        assertThat(batches.max()).as("records of the largest batch").isGreaterThanOrEqualTo(400);
        assertThat(batches.count() - before).as("batches, with the bad one's record by record").isGreaterThan(100);

        var letter = deadLetter();
        var original = events.record(bad);
        assertThat(letter.value()).isEqualTo(original.value());
        assertThat(letter.key()).isEqualTo(bytes(counter.toString()));
        original.headers().remove(Envelope.ID);
        assertThat(letter.headers()).contains(original.headers().toArray());
        assertThat(cause(letter)).contains("cents_are_positive");
        assertThat(letter.topic()).isEqualTo(Topics.TASKS);
        assertThat(letter.consumer()).isEqualTo("counting.tasks");
        assertThat(events.awaitRecords(Topics.TASKS, counter, 500).get(249))
                .satisfies(record -> assertThat(record.partition()).isEqualTo(letter.partition()))
                .satisfies(record -> assertThat(record.offset()).isEqualTo(letter.offset()));
    }

    @Test
    void replay_of_a_topic_applies_no_fact_twice_and_stores_no_dead_letter_twice() throws Exception {
        events.send(step(1), step(-2), step(4));
        awaitTally(2, 5);
        var listener = listener("counting.tasks");
        listener.stop();
        try (var admin = Admin.create(
                RealParts.shared().kafkaClient(Map.of()))) {
            var beginning = new HashMap<TopicPartition, OffsetAndMetadata>();
            IntStream.range(0, Topics.PARTITIONS).forEach(partition -> beginning
                    .put(new TopicPartition(Topics.TASKS, partition), new OffsetAndMetadata(0)));
            var group = Objects.requireNonNull(listener.getGroupId());
            await().ignoreExceptions().until(() -> {
                admin.alterConsumerGroupOffsets(group, beginning).all().get();
                return true;
            });
        }
        listener.start();
        events.send(step(-8), step(16));
        awaitTally(3, 21);
        assertThat(events.awaitDeadLetters(Topics.TASKS, counter, 2).stream()
                .map(letter -> header(letter, Envelope.AGGREGATE_VERSION))).containsExactly("-2", "-8");
    }

    @Test
    void fact_ids_are_deleted_after_thirty_days() {
        db.sql("""
                insert into inbox (consumer, fact_id, received_at)
                values ('of old', gen_random_uuid(), now() - interval '31 days'), ('of late', gen_random_uuid(), now())
                """).update();
        db.sql("update scheduled_tasks set execution_time = now() where task_name = 'forget-old-facts'").update();
        await().untilAsserted(() -> assertThat(
                db.sql("select consumer from inbox where consumer like 'of %'").query(String.class).list())
                .containsExactly("of late"));
    }

    private Fact step(long cents) {
        return Fact.of(Ids.next(), counter, cents, NOON, assigned(cents));
    }

    private TaskAssigned assigned(long cents) {
        return new TaskAssigned(counter, counter, 1, cents, NOON, null, Amounts.CURRENCY);
    }

    private ProducerRecord<String, byte[]> changed(Fact fact, Map<String, String> headers) {
        var record = events.record(fact);
        headers.forEach((name, value) -> Envelope.put(record.headers(), name, value));
        return record;
    }

    private void awaitTally(long steps, long cents) {
        await().atMost(Duration.ofMinutes(2))
                .untilAsserted(() -> assertThat(tallies.of(counter)).contains(new Tally(steps, cents, null)));
    }

    private DeadLetter deadLetter() {
        return events.awaitDeadLetters(Topics.TASKS, counter, 1).getFirst();
    }

    private double skipped(String type, String reason) {
        return meters.find("ates.inbox.skipped").tags("consumer", "counting.tasks", "type", type, "reason", reason)
                .counters().stream().mapToDouble(Counter::count).sum();
    }

    private void whileStopped(String consumer, Runnable sending) {
        var listener = listener(consumer);
        listener.stop();
        sending.run();
        listener.start();
    }

    private MessageListenerContainer listener(String id) {
        return Objects.requireNonNull(listeners.getListenerContainer(id));
    }

    private static String cause(DeadLetter letter) {
        return letter.cause();
    }

    private static String header(DeadLetter letter, String name) {
        return letter.headers().stream().filter(header -> header.key().equals(name))
                .map(header -> new String(header.value(), UTF_8)).findFirst().orElseThrow();
    }

    private interface Change {
        byte[] of(byte[] good);
    }

    private static Change change(Change change) {
        return change;
    }

    private static byte[] with(byte[] value, int index, int number) {
        return ByteBuffer.wrap(value.clone()).putInt(index, number).array();
    }

    /** The registry numbers schemas consecutively, so the id below exists. */
    private static int otherSchema(byte[] value) {
        return ByteBuffer.wrap(value).getInt(1) - 1;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
