package com.uberpopug.ates.acceptance;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends every event a second time, a moment after the first: each record of each topic with its key and all headers.
 */
final class Echo implements AutoCloseable {

    /** The only difference, so that an echo is not echoed. */
    private static final String HEADER = "echo";
    private static final String PRICES = "ates.prices";
    private static final int LONGER_THAN_KAFKA_IS_AWAY_MILLIS = 300_000;

    private final KafkaConsumer<byte[], byte[]> consumer = Pipeline.consumer();
    private final KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
            Pipeline.client(Map.of("acks", "all", "reconnect.backoff.max.ms", 500,
                    "delivery.timeout.ms", LONGER_THAN_KAFKA_IS_AWAY_MILLIS, "max.block.ms",
                    LONGER_THAN_KAFKA_IS_AWAY_MILLIS)),
            new ByteArraySerializer(), new ByteArraySerializer());
    private final AtomicInteger originals = new AtomicInteger();
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger received = new AtomicInteger();
    private final Map<String, String> prices = new HashMap<>();
    private final Queue<String> contradictions = new ConcurrentLinkedQueue<>();
    private final Queue<Exception> failures = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private volatile boolean atTheEnd;
    private volatile boolean closed;

    Echo(Collection<String> topics) {
        consumer.assign(Pipeline.partitions(consumer, topics));
        consumer.seekToBeginning(consumer.assignment());
        thread = Thread.ofPlatform().name("echo").daemon().start(this::run);
    }

    private void run() {
        try {
            repeat();
        } catch (RuntimeException e) {
            failures.add(e);
        }
    }

    private void repeat() {
        while (!closed) {
            for (var record : consumer.poll(Duration.ofMillis(100))) {
                if (record.headers().lastHeader(HEADER) != null) {
                    received.incrementAndGet();
                    continue;
                }
                originals.incrementAndGet();
                if (record.topic().equals(PRICES)) {
                    var task = new String(record.key(), StandardCharsets.UTF_8);
                    var price = HexFormat.of().formatHex(record.value());
                    var before = prices.putIfAbsent(task, price);
                    if (before != null && !before.equals(price)) {
                        contradictions.add("task " + task + ": " + before + ", then " + price);
                    }
                }
                var again = new ProducerRecord<>(record.topic(), record.partition(), record.key(), record.value(),
                        record.headers());
                again.headers().add(HEADER, new byte[0]);
                producer.send(again, (_, failure) -> {
                    if (failure == null) {
                        sent.incrementAndGet();
                    } else {
                        failures.add(failure);
                    }
                });
            }
            atTheEnd = Pipeline.isAtTheEnd(consumer);
        }
    }

    /** Tasks that were announced with more than one price. */
    Queue<String> contradictions() {
        return contradictions;
    }

    /** Whether every event in the topics was sent twice. */
    boolean isThrough() {
        if (!failures.isEmpty()) {
            throw new AssertionError("An event could not be sent again", failures.peek());
        }
        return atTheEnd && sent.get() == originals.get() && received.get() >= sent.get();
    }

    @Override
    public String toString() {
        return originals + " events, " + received + " of them again";
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        consumer.close();
        producer.close(Duration.ZERO);
    }
}
