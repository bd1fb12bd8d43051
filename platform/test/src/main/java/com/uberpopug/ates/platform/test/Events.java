package com.uberpopug.ates.platform.test;

import com.uberpopug.ates.events.EventType;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.security.v1.SecurityRecorded;
import com.uberpopug.ates.events.serde.AvroDeserializer;
import com.uberpopug.ates.events.serde.AvroSerializer;
import com.uberpopug.ates.events.serde.Envelope;
import com.uberpopug.ates.localstack.parts.KafkaServer;
import com.uberpopug.ates.localstack.parts.Principals;
import com.uberpopug.ates.localstack.parts.RegistryServer;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.outbox.Fact;
import java.nio.charset.StandardCharsets;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Stands in for the other services: sends events, valid and malformed, and awaits the events of the service under test.
 */
public final class Events implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration POLL = Duration.ofMillis(100);

    private final Map<String, ?> kafka;
    private final Supplier<JdbcClient> database;
    private final AvroSerializer serializer = new AvroSerializer();
    private final AvroDeserializer deserializer = new AvroDeserializer();
    private final KafkaProducer<String, byte[]> producer;

    public Events(RealParts parts) {
        this(parts.kafka(), parts.registry());
    }

    public Events(KafkaServer kafka, RegistryServer registry) {
        this(kafka, registry, () -> {
            throw new IllegalStateException("There is no service under test");
        });
    }

    /** @param database of the service under test, read when first needed */
    Events(RealParts parts, Supplier<JdbcClient> database) {
        this(parts.kafka(), parts.registry(), database);
    }

    private Events(KafkaServer kafka, RegistryServer registry, Supplier<JdbcClient> database) {
        this.kafka = kafka.client(Principals.ADMIN);
        this.database = database;
        var config = kafka.client(Principals.ADMIN, registry.client());
        serializer.configure(config, false);
        deserializer.configure(config, false);
        producer = new KafkaProducer<>(new HashMap<>(this.kafka), new StringSerializer(), new ByteArraySerializer());
    }

    /** Sends facts in order, each in all its versions, and returns after the broker's acknowledgement. */
    public void send(Fact... facts) {
        send(Arrays.stream(facts).flatMap(fact -> records(fact).stream()).toList());
    }

    /** Sends records unchanged, and returns after the broker's acknowledgement. */
    public void send(Collection<ProducerRecord<String, byte[]>> records) {
        for (var sent : records.stream().map(producer::send).toList()) {
            try {
                sent.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException | ExecutionException | TimeoutException e) {
                throw new AssertionError("The broker rejected a record", e);
            }
        }
    }

    /** The record of a fact in one version; tests spoil its headers with {@link Envelope#put} before they send it. */
    public ProducerRecord<String, byte[]> record(Fact fact) {
        return records(fact).getFirst();
    }

    /** An id whose records lie in the same partition as another's, and so are applied in the order they are sent. */
    public static UUID besides(UUID other) {
        return Stream.generate(Ids::next).filter(id -> partition(id) == partition(other)).findFirst().orElseThrow();
    }

    static int partition(UUID key) {
        return Utils.toPositive(Utils.murmur2(key.toString().getBytes(StandardCharsets.UTF_8))) % Topics.PARTITIONS;
    }

    /** The record of a fact with another value. */
    public ProducerRecord<String, byte[]> record(Fact fact, byte[] value) {
        var record = record(fact);
        return new ProducerRecord<>(record.topic(), null, record.key(), value, record.headers());
    }

    private List<ProducerRecord<String, byte[]>> records(Fact fact) {
        var versions = fact.versions().stream().map(event -> "" + EventType.of(event.getClass()).version()).sorted()
                .collect(Collectors.joining(","));
        return fact.versions().stream().map(event -> {
            var type = EventType.of(event.getClass());
            var record = new ProducerRecord<>(type.topic(), fact.key(), serializer.serialize(type.topic(), event));
            var headers = record.headers();
            Envelope.put(headers, Envelope.SPEC_VERSION, "1.0");
            Envelope.put(headers, Envelope.ID, Ids.next().toString());
            Envelope.put(headers, Envelope.TYPE, type.type());
            Envelope.put(headers, Envelope.SOURCE, "https://localhost/ates/tests");
            Envelope.put(headers, Envelope.TIME, fact.occurredAt().toString());
            Envelope.put(headers, Envelope.SUBJECT, fact.key());
            Envelope.put(headers, Envelope.DATA_SCHEMA, type.dataSchema());
            Envelope.put(headers, Envelope.FACT_ID, fact.id().toString());
            Envelope.put(headers, Envelope.DATA_VERSIONS, versions);
            Envelope.put(headers, Envelope.AGGREGATE_VERSION, Long.toString(fact.sequence()));
            Envelope.put(headers, Envelope.CONTENT_TYPE, "application/avro");
            if (fact.traceparent() != null) {
                Envelope.put(headers, Envelope.TRACEPARENT, fact.traceparent());
            }
            return record;
        }).toList();
    }

    /** Awaits the first committed event of a type with a key. */
    public <T extends SpecificRecord> T await(Class<T> type, Object key) {
        return await(type, key, 1).getFirst();
    }

    /** Awaits at least a number of committed events of a type with a key, and returns all of them in order. */
    public <T extends SpecificRecord> List<T> await(Class<T> type, Object key, int count) {
        var event = EventType.of(type);
        var found = new ArrayList<T>();
        read(event.topic(), key, "%d %s".formatted(count, event.type()), record -> {
            if (event.dataSchema().equals(Envelope.get(record.headers(), Envelope.DATA_SCHEMA).orElse(null))) {
                found.add(type.cast(deserializer.deserialize(record.topic(), record.value())));
            }
            return found.size() >= count;
        });
        return found;
    }

    /** Awaits at least a number of committed records of a topic with a key, and returns all of them in order. */
    public List<ConsumerRecord<String, byte[]>> awaitRecords(String topic, Object key, int count) {
        var found = new ArrayList<ConsumerRecord<String, byte[]>>();
        read(topic, key, count + " records", record -> {
            found.add(record);
            return found.size() >= count;
        });
        return found;
    }

    /**
     * Awaits an entry of the security log that is wanted, and returns all wanted ones of the next second, in no order.
     */
    public List<SecurityRecorded> awaitSecurity(Predicate<SecurityRecorded> isWanted) {
        var found = new ArrayList<SecurityRecorded>();
        long[] first = {0};
        read(Topics.SECURITY, _ -> true, "an entry", record -> {
            if (isWantedEntry(record, isWanted, found) && first[0] == 0) {
                first[0] = System.nanoTime();
            }
            return false;
        }, () -> first[0] != 0 && System.nanoTime() - first[0] > TimeUnit.SECONDS.toNanos(1));
        return found;
    }

    private boolean isWantedEntry(ConsumerRecord<String, byte[]> record, Predicate<SecurityRecorded> isWanted,
            List<SecurityRecorded> found) {
        return deserializer.deserialize(record.topic(), record.value()) instanceof SecurityRecorded entry
                && isWanted.test(entry) && found.add(entry);
    }

    /**
     * Awaits at least a number of dead letters of a topic and key, and returns all of them, the oldest first.
     *
     * @param key as text or as bytes
     */
    public List<DeadLetter> awaitDeadLetters(String topic, Object key, int count) {
        var bytes = key instanceof byte[] given ? given : key.toString().getBytes(StandardCharsets.UTF_8);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            var found = database.get().sql("select * from dead_letters where topic = :topic and key = :key order by id")
                    .param("topic", topic).param("key", bytes, Types.BINARY)
                    .query((row, _) -> DeadLetter.of(row)).list();
            if (found.size() >= count) {
                return found;
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
        throw new AssertionError(
                "Within %d s there were not %d dead letters of %s in %s".formatted(PATIENCE.toSeconds(),
                        count, key, topic));
    }

    private interface Reader {
        boolean isDoneWith(ConsumerRecord<String, byte[]> record);
    }

    /** Reads a topic from its beginning, without a consumer group; topics of tests are short. */
    private void read(String topic, Object key, String wanted, Reader reader) {
        read(topic, key.toString()::equals, wanted + " of " + key, reader, () -> false);
    }

    /** @param isDone is asked after each poll */
    private void read(String topic, Predicate<String> isKey, String wanted, Reader reader, BooleanSupplier isDone) {
        var config = new HashMap<String, Object>(kafka);
        config.putAll(Map.of(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest", ConsumerConfig.METADATA_MAX_AGE_CONFIG, 500));
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try (var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer())) {
            while (System.nanoTime() < deadline) {
                if (consumer.assignment().isEmpty()) {
                    var partitions = consumer.partitionsFor(topic).stream()
                            .map(partition -> new TopicPartition(topic, partition.partition())).toList();
                    if (partitions.isEmpty()) {
                        LockSupport.parkNanos(POLL.toNanos());
                        continue;
                    }
                    consumer.assign(partitions);
                }
                boolean done = false;
                for (var record : consumer.poll(POLL)) {
                    if (isKey.test(record.key())) {
                        done |= reader.isDoneWith(record);
                    }
                }
                if (done || isDone.getAsBoolean()) {
                    return;
                }
            }
        }
        throw new AssertionError("Within %d s there were not %s in %s".formatted(PATIENCE.toSeconds(), wanted, topic));
    }

    @Override
    public void close() {
        producer.close(Duration.ZERO);
        serializer.close();
        deserializer.close();
    }
}
