package com.uberpopug.ates.counting;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.serde.Envelope;
import com.uberpopug.ates.platform.test.RealParts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads committed records of the steps' topic from its current end, as another service would. */
final class Announced implements AutoCloseable {

    private final Queue<Step> steps = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();
    private final KafkaConsumer<String, byte[]> consumer;
    private final Thread reader;
    private volatile boolean closed;

    record Step(String factId, String counter, long number, String dataSchema, Instant occurred, Instant seen) {
    }

    Announced(RealParts parts) {
        consumer = new KafkaConsumer<>(parts.kafkaClient(Map.of("isolation.level",
                "read_committed", "fetch.max.wait.ms", 50, "reconnect.backoff.max.ms", 500)),
                new StringDeserializer(), new ByteArrayDeserializer());
        consumer.assign(
                IntStream.range(0, Topics.PARTITIONS).mapToObj(n -> new TopicPartition(Topics.TASKS, n)).toList());
        consumer.seekToEnd(consumer.assignment());
        consumer.assignment().forEach(consumer::position);
        reader = Thread.ofPlatform().start(this::read);
    }

    private void read() {
        while (!closed) {
            for (var record : consumer.poll(Duration.ofMillis(50))) {
                steps.add(new Step(header(record, Envelope.FACT_ID), record.key(),
                        Long.parseLong(header(record, Envelope.AGGREGATE_VERSION)),
                        header(record, Envelope.DATA_SCHEMA),
                        Instant.parse(header(record, Envelope.TIME)),
                        Instant.now()));
                count.incrementAndGet();
            }
        }
    }

    private static String header(ConsumerRecord<?, ?> record, String name) {
        return Envelope.get(record.headers(), name).orElseThrow();
    }

    int count() {
        return count.get();
    }

    /** The versions in which the facts of a key have arrived, as {@code ce_dataschema}. */
    List<String> versions(String key) {
        return steps.stream().filter(step -> step.counter().equals(key)).map(Step::dataSchema).toList();
    }

    /** The arrival of the first record whose step was made after this time. */
    Optional<Instant> firstMadeAfter(Instant time) {
        return steps.stream().filter(step -> step.occurred().isAfter(time)).map(Step::seen).findFirst();
    }

    /** Each key's facts arrived in order and without gaps, duplicates aside; returns the number of duplicates. */
    int assertInOrder() {
        var seen = new HashSet<String>();
        var numbers = new HashMap<String, List<Long>>();
        int duplicates = 0;
        for (var step : steps) {
            if (seen.add(step.factId())) {
                numbers.computeIfAbsent(step.counter(), _ -> new ArrayList<>()).add(step.number());
            } else {
                duplicates++;
            }
        }
        numbers.forEach((counter, inOrder) -> assertThat(inOrder).as(counter)
                .isEqualTo(LongStream.rangeClosed(1, inOrder.size()).boxed().toList()));
        return duplicates;
    }

    @Override
    public void close() {
        closed = true;
        try {
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        consumer.close();
    }
}
