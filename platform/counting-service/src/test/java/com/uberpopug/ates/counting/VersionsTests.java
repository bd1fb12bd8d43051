package com.uberpopug.ates.counting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.serde.Envelope;
import com.uberpopug.ates.events.tasks.v2.TaskCreated;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.inbox.Handlers;
import com.uberpopug.ates.platform.events.inbox.Inbox;
import com.uberpopug.ates.platform.events.inbox.Subscription;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.events.outbox.Outbox;
import com.uberpopug.ates.platform.test.Events;
import com.uberpopug.ates.platform.test.ServiceTest;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A consumer from before Tasks.Created/v2 and one of today, of old producers, of today's, and of those that have
 * switched version 1 off.
 */
@ServiceTest(database = "counting", classes = {CountingApplication.class, VersionsTests.OldConsumer.class,
        VersionsTests.TodaysConsumer.class})
class VersionsTests {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    private final UUID task = Ids.next();

    @Autowired
    Events events;
    @Autowired
    Outbox outbox;
    @Autowired
    TransactionTemplate transaction;
    @Autowired
    MeterRegistry meters;
    @Autowired
    OldConsumer old;
    @Autowired
    TodaysConsumer todays;

    /** What a consumer has applied, by task. */
    private abstract static class Received {
        final Map<UUID, List<SpecificRecord>> applied = new ConcurrentHashMap<>();

        <E extends SpecificRecord> Subscription subscription(Inbox inbox, String name, Class<E> version) {
            return inbox.subscribe(name, Handlers.into(ArrayList::new).on(version, (_, fact, event) -> applied
                    .computeIfAbsent(UUID.fromString(fact.key()), _ -> new CopyOnWriteArrayList<>()).add(event)));
        }

        List<SpecificRecord> of(UUID task) {
            return applied.getOrDefault(task, List.of());
        }
    }

    static class OldConsumer extends Received {
        private final Subscription subscription;

        OldConsumer(Inbox inbox) {
            subscription = subscription(inbox, "counting.old", com.uberpopug.ates.events.tasks.v1.TaskCreated.class);
        }

        @KafkaListener(id = "counting.old", topics = Topics.TASKS)
        void receive(List<ConsumerRecord<byte[], byte[]>> records) {
            subscription.receive(records);
        }
    }

    static class TodaysConsumer extends Received {
        private final Subscription subscription;

        TodaysConsumer(Inbox inbox) {
            subscription = subscription(inbox, "counting.todays", TaskCreated.class);
        }

        @KafkaListener(id = "counting.todays", topics = Topics.TASKS)
        void receive(List<ConsumerRecord<byte[], byte[]>> records) {
            subscription.receive(records);
        }
    }

    @Test
    void todays_consumer_reads_an_old_producer() {
        double before = count("read", "counting.todays", "1");
        events.send(fact(version1("[UBERPOP-42]–Repaint [the] button")));

        await().untilAsserted(() -> assertThat(todays.of(task))
                .containsExactly(version2("UBERPOP-42", "Repaint (the) button")));
        await().untilAsserted(() -> assertThat(old.of(task))
                .containsExactly(version1("[UBERPOP-42]–Repaint [the] button")));
        assertThat(count("read", "counting.todays", "1") - before).as("counted by the version that came").isEqualTo(1);
    }

    @Test
    void each_consumer_takes_its_version_of_todays_producer_once() {
        double skippedByOld = count("skipped", "counting.old", "2");
        double skippedByTodays = count("skipped", "counting.todays", "1");
        var fact = fact(version2("UBERPOP-42", "Repaint the button"), version1("[UBERPOP-42] - Repaint the button"));
        transaction.executeWithoutResult(_ -> outbox.append(fact));
        assertThat(events.awaitRecords(Topics.TASKS, task, 2))
                .extracting(record -> Envelope.get(record.headers(), Envelope.DATA_SCHEMA).orElseThrow(),
                        record -> Envelope.get(record.headers(), Envelope.DATA_VERSIONS).orElseThrow(),
                        record -> Envelope.get(record.headers(), Envelope.FACT_ID).orElseThrow())
                .containsExactly(
                        tuple(Envelope.dataSchema("Tasks.Created", 2), "1,2",
                                fact.id().toString()),
                        tuple(Envelope.dataSchema("Tasks.Created", 1), "1,2",
                                fact.id().toString()));
        events.send(fact);

        await().untilAsserted(
                () -> assertThat(count("skipped", "counting.todays", "1") - skippedByTodays).isEqualTo(2));
        await().untilAsserted(() -> assertThat(count("skipped", "counting.old", "2") - skippedByOld).isEqualTo(2));
        await().untilAsserted(() -> assertThat(old.of(task))
                .containsExactly(version1("[UBERPOP-42] - Repaint the button")));
        assertThat(todays.of(task)).containsExactly(version2("UBERPOP-42", "Repaint the button"));
    }

    /** As where an instance from before the version passed over the record, and one of today goes on behind it. */
    @Test
    void older_version_alone_is_applied_though_a_newer_one_stood_before_it() {
        var both = fact(version2("UBERPOP-42", "Repaint"), version1("[UBERPOP-42] - Repaint"));
        var older = events.record(new Fact(both.id(), both.key(), 1, NOON, null, List.of(both.versions().getLast())));
        Envelope.put(older.headers(), Envelope.DATA_VERSIONS, "1,2");
        events.send(List.of(older));

        await().untilAsserted(() -> assertThat(todays.of(task)).containsExactly(version2("UBERPOP-42", "Repaint")));
        events.send(both);
        events.send(Fact.of(Ids.next(), task, 2, NOON, version2(null, "The last one")));
        await().untilAsserted(() -> assertThat(todays.of(task)).hasSize(2));
    }

    @Test
    void old_consumer_stops_nowhere_when_version_1_is_switched_off_and_keeps_what_it_cannot_read() {
        events.send(fact(version2(null, "Repaint the button")));

        await().untilAsserted(() -> assertThat(todays.of(task)).containsExactly(version2(null, "Repaint the button")));
        assertThat(events.awaitDeadLetters(Topics.TASKS, task, 1)).singleElement().satisfies(letter -> {
            assertThat(letter.consumer()).isEqualTo("counting.old");
            assertThat(letter.cause()).contains("Version 2 of Tasks.Created is not known here");
        });
        assertThat(old.of(task)).isEmpty();
    }

    private Fact fact(SpecificRecord... versions) {
        return Fact.of(Ids.next(), task, 1, NOON, versions);
    }

    private com.uberpopug.ates.events.tasks.v1.TaskCreated version1(String title) {
        return new com.uberpopug.ates.events.tasks.v1.TaskCreated(task, title, null, task, NOON);
    }

    private TaskCreated version2(@Nullable String jiraId, String title) {
        return new TaskCreated(task, jiraId, title, null, task, NOON);
    }

    private double count(String what, String consumer, String version) {
        return meters.find("ates.inbox." + what)
                .tags("consumer", consumer, "type", "Tasks.Created", "version", version).counters().stream()
                .mapToDouble(Counter::count).sum();
    }
}
