package com.uberpopug.ates.platform.test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.events.Amounts;
import com.uberpopug.ates.events.EventType;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.Upcasts;
import com.uberpopug.ates.events.Topics.Topic;
import com.uberpopug.ates.events.serde.Envelope;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.SqlArray;
import com.uberpopug.ates.platform.events.outbox.Fact;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Sends records that are mutated from events to every topic that a service reads, as the principal that may write the
 * topic, with good facts between them. A long run has a new seed and prints it, {@code -Dates.seed} repeats it; a short
 * one has always the same, so that only a change makes it fail.
 *
 * <p>A subclass is the last of its module, by {@link org.junit.jupiter.api.Order}: every context that was started before
 * reads these topics, too, and waits for each unknown schema. Each good fact is applied, each record that no consumer
 * can read is a dead letter, and the money stays as it was.
 */
public abstract class MutatedRecords {

    private static final int COUNT = Boolean.getBoolean("ates.long") ? 10_000 : 300;
    private static final int GOOD_EVERY = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(Boolean.getBoolean("ates.long") ? 300 : 180);
    private static final List<String> TEXTS = List.of("", " ", "\0", "null", "-1", "0", "9223372036854775807",
            "9223372036854775808", "1e9", "\u0661", "\ud83e\udd9c", "v1", "1,2", "2", "x".repeat(10_000),
            "+1000000000-12-31T23:59:59.999999999Z", "-1000000000-01-01T00:00:00Z", "2026-02-30T00:00:00Z",
            "00000000-0000-0000-0000-000000000000", "1-1-1-1-1", "Users.Erased", "Tasks.Created",
            Envelope.dataSchema("Tasks.Created", 2),
            "https://ates.uberpopug.example/events/Tasks.Created/v0", Envelope.dataSchema("Tasks.Created", 999_999),
            "application/json", "' or 1=1--");

    @Autowired
    Events events;
    @Autowired
    JdbcClient db;

    /** A fact of a topic that the service applies whatever else it has read. */
    protected abstract Fact goodFact(String topic);

    /** The service's database. */
    protected JdbcClient db() {
        return db;
    }

    /** The money that the service knows of, which no mutated record may change. */
    protected abstract Object money();

    /** @param isUnreadable whether it must become a dead letter */
    private record Mutated(ProducerRecord<byte[], byte[]> record, boolean isUnreadable, String how) {
    }

    /** Without the record: ten thousand of them are too large to keep. */
    private record Sent(String how, boolean isUnreadable, Future<RecordMetadata> position) {
    }

    @Test
    void mutated_records_block_nothing_and_good_facts_between_them_are_applied() throws Exception {
        long seed = Long.getLong("ates.seed", Boolean.getBoolean("ates.long") ? System.nanoTime() : 1);
        var random = new Random(seed);
        var read = handled().stream().map(type -> EventType.of(type).topic()).collect(Collectors.toSet());
        var topics = Topics.all().stream().filter(topic -> read.contains(topic.name())).toList();
        var good = new HashMap<UUID, String>();
        topics.forEach(topic -> sendGood(topic, good));
        awaitApplied(good, seed);
        var money = money();
        long before = heap();
        var sent = new ArrayList<Sent>();
        for (var topic : topics) {
            try (var producer = new KafkaProducer<>(RealParts.shared().kafka().client(topic.writers().iterator().next(),
                    Map.of("compression.type", "gzip", "max.request.size", 8 << 20, "batch.size", 0)),
                    new ByteArraySerializer(),
                    new ByteArraySerializer())) {
                for (int i = 0; i < COUNT / topics.size(); i++) {
                    var mutated = mutated(topic, random);
                    sent.add(new Sent(mutated.how(), mutated.isUnreadable(), producer.send(mutated.record())));
                    if (i % GOOD_EVERY == 0) {
                        sendGood(topic, good);
                    }
                }
            }
        }
        topics.forEach(topic -> sendGood(topic, good));
        awaitApplied(good, seed);
        int refused = 0;
        var unreadable = new HashMap<RecordMetadata, String>();
        for (var each : sent) {
            var position = position(each);
            if (position == null) {
                refused++;
            } else if (each.isUnreadable()) {
                unreadable.put(position, each.how());
            }
        }
        int expected = unreadable.size();
        awaitDeadLetters(unreadable, seed);
        long growth = heap() - before;
        System.out.printf("%s, seed %d: %d mutated records, %d refused by the broker, %d unreadable, %d dead letters, "
                + "%d good facts, heap %+d kB%n",
                getClass().getSimpleName(), seed, sent.size(), refused, expected,
                db.sql("select count(*) from dead_letters").query(Long.class).single(), good.size(), growth / 1_024);
        removeRecords(topics);
        assertThat(money()).as("money, seed %d", seed).isEqualTo(money);
        // A few hundred say nothing about growth: what they load for the first time weighs more.
        if (COUNT >= 10_000) {
            assertThat(growth).as("bytes of heap, seed %d", seed).isLessThan(40_000_000);
        }
    }

    /** Null if the broker itself has refused the record, as it does without a key in a compacted topic. */
    private static @Nullable RecordMetadata position(Sent sent) throws InterruptedException {
        try {
            return sent.position().get();
        } catch (ExecutionException e) {
            // The others of its batch are refused with it.
            if (e.getCause() instanceof KafkaException refused && !(refused instanceof RetriableException)) {
                return null;
            }
            throw new AssertionError(sent.how(), e);
        }
    }

    private void sendGood(Topic topic, Map<UUID, String> good) {
        // Each to its own key: together they come to all partitions.
        var fact = goodFact(topic.name());
        good.put(fact.id(), topic.name());
        events.send(fact);
    }

    private void awaitApplied(Map<UUID, String> good, long seed) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            var applied = db.sql("select fact_id from inbox where fact_id = any(:ids)")
                    .param("ids", SqlArray.uuids(List.copyOf(good.keySet()))).query(UUID.class).set();
            assertThat(good.entrySet().stream().filter(fact -> !applied.contains(fact.getKey()))
                    .map(fact -> fact.getValue() + " " + fact.getKey())).as("good facts not applied, seed %d", seed)
                    .isEmpty();
        });
    }

    /** The last ones of a partition may come after the good facts of the others. */
    private void awaitDeadLetters(Map<RecordMetadata, String> unreadable, long seed) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            unreadable.keySet().removeIf(this::isDeadLetter);
            assertThat(unreadable).as("unreadable records that are no dead letters, seed %d", seed).isEmpty();
        });
    }

    private boolean isDeadLetter(RecordMetadata position) {
        return db.sql("""
                select exists (select from dead_letters
                                where topic = :topic and partition = :partition and record_offset = :offset)
                """).param("topic", position.topic()).param("partition", position.partition())
                .param("offset", position.offset()).query(Boolean.class).single();
    }

    /** Otherwise every other context of these tests would read them. */
    private static void removeRecords(List<Topic> topics) throws Exception {
        var all = new HashMap<TopicPartition, RecordsToDelete>();
        for (var topic : topics) {
            // The broker truncates no compacted topic.
            if (!"compact".equals(topic.settings().get("cleanup.policy"))) {
                for (int partition = 0; partition < Topics.PARTITIONS; partition++) {
                    all.put(new TopicPartition(topic.name(), partition), RecordsToDelete.beforeOffset(-1));
                }
            }
        }
        try (var admin = Admin.create(RealParts.shared().kafkaClient(Map.of()))) {
            admin.deleteRecords(all).all().get();
        }
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private Mutated mutated(Topic topic, Random random) {
        var types = EventType.all().stream().filter(type -> type.topic().equals(topic.name())).toList();
        var type = one(types, random);
        var event = event(type, random);
        var record = events.record(Fact.of(Ids.next(), Ids.next(), random.nextInt(5), Instant.now(), event));
        byte[] key = record.key().getBytes(UTF_8);
        byte[] value = record.value();
        var headers = new RecordHeaders(record.headers().toArray());
        boolean isOfUsers = topic.name().equals(Topics.USERS);
        boolean isUnreadable = false;
        var how = "";
        switch (random.nextInt(14)) {
            case 0 -> {
                how = "a value that is cut";
                value = Arrays.copyOf(value, random.nextInt(Math.min(value.length, 30)));
                isUnreadable = isHandled(type);
            }
            case 1 -> {
                how = "flipped bytes";
                for (int i = 1 + random.nextInt(3); i > 0; i--) {
                    value[5 + random.nextInt(value.length - 5)] = (byte) random.nextInt(256);
                }
            }
            case 2 -> {
                how = "another schema id";
                ByteBuffer.wrap(value).putInt(1, one(List.of(0, -1, 999_999, Integer.MAX_VALUE), random));
                isUnreadable = isHandled(type);
            }
            case 3 -> {
                how = "a value of another type";
                var other = one(EventType.all().stream().filter(each -> each != type).toList(), random);
                value = events.record(Fact.of(Ids.next(), Ids.next(), 1, Instant.now(), event(other, random))).value();
                isUnreadable = isHandled(type);
            }
            case 4 -> {
                how = "no " + one(List.of(Envelope.TYPE, Envelope.FACT_ID, Envelope.AGGREGATE_VERSION, Envelope.TIME,
                        Envelope.DATA_SCHEMA), random);
                headers.remove(how.substring(3));
                isUnreadable = isHandled(type) || how.endsWith(Envelope.TYPE);
            }
            case 5 -> {
                how = "a changed header";
                Envelope.put(headers, one(names(headers), random), one(TEXTS, random));
            }
            case 6 -> {
                how = "doubled and large headers";
                headers.add(one(names(headers), random), one(TEXTS, random).getBytes(UTF_8));
                headers.add("x".repeat(1_000), new byte[random.nextInt(100_000)]);
                headers.add(one(names(headers), random), null);
            }
            case 7 -> {
                how = "no value";
                value = null;
                isUnreadable = !isOfUsers;
            }
            case 8 -> {
                how = "another key";
                key = one(List.of("", "\0", "x".repeat(10_000), "\u00ff", UUID.randomUUID().toString().toUpperCase(),
                        "1-1-1-1-1"), random).getBytes(UTF_8);
            }
            case 9 -> {
                how = "no key";
                key = null;
                isUnreadable = isHandled(type);
            }
            case 10 -> {
                how = "a key that is no text, and no value";
                key = new byte[]{(byte) 0xff, 0, (byte) 0xc3};
                value = null;
                isUnreadable = true;
            }
            case 11 -> {
                how = "a giant text";
                value = events.record(Fact.of(Ids.next(), Ids.next(), 1, Instant.now(),
                        event(type, random, "x\u0000й".repeat(random.nextInt(200_000))))).value();
            }
            case 12 -> {
                how = "amounts in another currency";
                var currency = event.getSchema().getField("currency");
                if (currency != null) {
                    event.put(currency.pos(), "EUR");
                    value = events.record(Fact.of(Ids.next(), Ids.next(), 1, Instant.now(), event)).value();
                    isUnreadable = isHandled(type);
                }
            }
            default -> {
                how = "absurd numbers and times";
                Envelope.put(headers, Envelope.AGGREGATE_VERSION,
                        one(List.of("9223372036854775807", "-9223372036854775808",
                                "0", "1000000000000"), random));
                Envelope.put(headers, Envelope.TIME, one(List.of("+1000000000-12-31T23:59:59.999999999Z",
                        "-1000000000-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z"), random));
            }
        }
        return new Mutated(new ProducerRecord<>(topic.name(), null, key, value, headers), isUnreadable,
                how + " of " + type);
    }

    /** Whether the service reads values of this version at all. */
    private boolean isHandled(EventType type) {
        return handled().stream().anyMatch(handled -> Upcasts.leads(type, EventType.of(handled)));
    }

    /** The events that the service handles; it skips others without reading their values. */
    protected abstract List<Class<? extends SpecificRecord>> handled();

    private static List<String> names(Headers headers) {
        var names = new ArrayList<String>();
        headers.forEach(header -> names.add(header.key()));
        return names;
    }

    private static SpecificRecord event(EventType type, Random random) {
        return event(type, random, null);
    }

    /** An event with values that its schema allows, and that may mean nothing. */
    private static SpecificRecord event(EventType type, Random random, @Nullable String text) {
        var schema = SpecificData.get().getSchema(type.recordClass());
        var event = (SpecificRecord) SpecificData.newInstance(type.recordClass(), schema);
        schema.getFields().forEach(field -> event.put(field.pos(),
                field.name().equals("currency") ? Amounts.CURRENCY : value(field.schema(), random, text)));
        return event;
    }

    private static @Nullable Object value(Schema schema, Random random, @Nullable String text) {
        if (schema.getType() == Schema.Type.UNION) {
            var chosen = one(schema.getTypes(), random);
            return chosen.getType() == Schema.Type.NULL ? null : value(chosen, random, text);
        }
        var logical = schema.getLogicalType() == null ? "" : schema.getLogicalType().getName();
        return switch (logical) {
            case "uuid" -> UUID.randomUUID();
            case "timestamp-micros" -> Instant.EPOCH.plusSeconds(random.nextLong(-100_000_000_000L, 200_000_000_000L));
            case "date" -> LocalDate.EPOCH.plusDays(random.nextInt(-3_000_000, 3_000_000));
            default -> switch (schema.getType()) {
                case INT -> one(List.of(0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE), random);
                case LONG -> one(List.of(0L, 1L, -1L, Long.MAX_VALUE, Long.MIN_VALUE, 4_100L), random);
                case BOOLEAN -> random.nextBoolean();
                case ENUM -> SpecificData.get().createEnum(one(schema.getEnumSymbols(), random), schema);
                default -> text == null ? one(TEXTS, random) : text;
            };
        };
    }

    private static <T> T one(List<T> all, Random random) {
        return all.get(random.nextInt(all.size()));
    }
}
