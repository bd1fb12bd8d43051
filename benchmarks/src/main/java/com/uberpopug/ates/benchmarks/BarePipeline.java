package com.uberpopug.ates.benchmarks;

import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.localstack.parts.KafkaServer;
import com.uberpopug.ates.localstack.parts.PostgresServer;
import com.uberpopug.ates.localstack.parts.Principals;
import java.nio.ByteBuffer;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The ceiling of two hops on this Kafka and this PostgreSQL: a record is sent, a consumer stores it with one commit and
 * sends it on, a second consumer stores it with one commit. Sending is outside of the transaction, and nothing prevents
 * loss or duplicates.
 */
final class BarePipeline implements AutoCloseable {

    private static final List<String> TOPICS = List.of("bare.first", "bare.second");
    private static final int VALUE_BYTES = 200;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final KafkaServer kafka;
    private final PostgresServer.Database database;
    private final KafkaProducer<byte[], byte[]> producer;
    private volatile Round round = new Round(0);
    private volatile boolean running = true;

    private record Round(AtomicLongArray sentAt, AtomicLongArray storedAt, CountDownLatch open) {
        Round(int records) {
            this(new AtomicLongArray(records), new AtomicLongArray(records), new CountDownLatch(records));
        }
    }

    BarePipeline(KafkaServer kafka, PostgresServer postgres) throws Exception {
        this.kafka = kafka;
        database = postgres.createDatabase("bare");
        try (var db = DriverManager.getConnection(database.jdbcUrl(), database.owner().user(),
                database.owner().password()); var statement = db.createStatement()) {
            statement.execute("create table stored (hop integer, value bytea)");
        }
        try (var admin = Admin.create(kafka.client(Principals.ADMIN, Map.of()))) {
            admin.createTopics(TOPICS.stream()
                    .map(topic -> new NewTopic(topic, Optional.of(Topics.PARTITIONS), Optional.empty())).toList()).all()
                    .get();
        }
        producer = new KafkaProducer<>(kafka.client(Principals.ADMIN, Map.of("acks", "all")),
                new ByteArraySerializer(), new ByteArraySerializer());
        consume(0, record -> send(1, record.value()));
        consume(1, record -> {
            int number = ByteBuffer.wrap(record.value()).getInt();
            round.storedAt.set(number, System.nanoTime());
            round.open.countDown();
        });
    }

    /** Sends a number of records at a rate. */
    Latencies run(int perSecond, int records) throws InterruptedException {
        var current = new Round(records);
        round = current;
        OpenLoop.run(perSecond, records, i -> {
            current.sentAt.set(i, System.nanoTime());
            send(0, ByteBuffer.allocate(VALUE_BYTES).putInt(i).array());
        });
        if (!current.open.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException(current.open.getCount() + " records of the bare pipeline did not arrive");
        }
        var nanos = new long[records];
        for (int i = 0; i < records; i++) {
            nanos[i] = current.storedAt.get(i) - current.sentAt.get(i);
        }
        return new Latencies(nanos);
    }

    private void send(int hop, byte[] value) {
        // The key decides the partition; keys are consecutive, as tasks' ids are.
        producer.send(new ProducerRecord<>(TOPICS.get(hop), ByteBuffer.allocate(4).put(value, 0, 4).array(), value));
    }

    private void consume(int hop, Consumer<ConsumerRecord<byte[], byte[]>> whenStored) {
        Thread.ofPlatform().daemon().start(() -> {
            try (var consumer = new KafkaConsumer<>(
                    kafka.client(Principals.ADMIN, Map.of("group.id", "bare." + hop, "auto.offset.reset", "earliest")),
                    new ByteArrayDeserializer(),
                    new ByteArrayDeserializer());
                    var db = DriverManager.getConnection(database.jdbcUrl(), database.owner().user(),
                            database.owner().password());
                    var insert = db.prepareStatement("insert into stored values (?, ?)")) {
                db.setAutoCommit(false);
                consumer.subscribe(List.of(TOPICS.get(hop)));
                while (running) {
                    var records = consumer.poll(Duration.ofMillis(100));
                    if (!records.isEmpty()) {
                        for (var record : records) {
                            insert.setInt(1, hop);
                            insert.setBytes(2, record.value());
                            insert.addBatch();
                        }
                        insert.executeBatch();
                        db.commit();
                        records.forEach(whenStored);
                    }
                }
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Override
    public void close() {
        running = false;
        producer.close();
    }
}
