package com.uberpopug.ates.platform.events.inbox;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads topics outside of any consumer group. Each call has a Kafka consumer of its own, which commits nothing, and
 * closes it. A poll lasts half a second at most.
 */
public final class TopicReader {

    private static final Duration POLL = Duration.ofMillis(500);

    private final Map<String, Object> kafka;

    /** @param kafka a consumer's configuration */
    public TopicReader(Map<String, Object> kafka) {
        this.kafka = new HashMap<>(kafka);
        this.kafka.remove(ConsumerConfig.GROUP_ID_CONFIG);
        this.kafka.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    }

    /** The records of one poll, and how far the reading is, by offsets: markers of transactions count. */
    record Polled(List<ConsumerRecord<byte[], byte[]>> records, long read, long total) {
    }

    /**
     * Reads the committed records of topics to their ends at the time of the call, in order within each partition. At
     * most 5,000 records, fetched by 8 MiB, are held at a time.
     *
     * @param from  the offsets from where on to read; a partition that it lacks is read from its beginning
     * @param known offsets that the topics have had; one that ends before them was made anew
     * @param chunk is called after each poll, also without records, so that a transaction of its does not idle
     * @return the offsets from where on to read the next time
     * @throws RetriableException     where the broker is away, lacks a topic, or sends no record for ten seconds
     * @throws InvalidOffsetException where records to read have been deleted
     */
    Map<TopicPartition, Long> read(Collection<String> topics, Map<TopicPartition, Long> from,
            Map<TopicPartition, Long> known, Consumer<Polled> chunk) {
        var patience = Duration.ofSeconds(10);
        try (var consumer = consumer(Map.of(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5_000,
                ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 8 << 20,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none",
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) patience.toMillis()))) {
            var partitions = partitions(consumer, topics);
            consumer.assign(partitions);
            var begins = consumer.beginningOffsets(partitions);
            var deleted = new HashMap<>(begins);
            deleted.entrySet().removeIf(begin -> begin.getValue() <= from.getOrDefault(begin.getKey(), 0L));
            if (!deleted.isEmpty()) {
                throw new OffsetOutOfRangeException("The first records of " + deleted.keySet() + " have been deleted",
                        deleted);
            }
            var ends = consumer.endOffsets(partitions);
            var lost = Stream.of(from, known).flatMap(offsets -> offsets.entrySet().stream())
                    .filter(reached -> ends.getOrDefault(reached.getKey(), 0L) < reached.getValue())
                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, Math::max));
            if (!lost.isEmpty()) {
                throw new OffsetOutOfRangeException("%s end before what was read of them: they were made anew"
                        .formatted(lost.keySet()), lost);
            }
            long total = ends.values().stream().mapToLong(Long::longValue).sum();
            partitions.forEach(partition -> consumer.seek(partition, from.getOrDefault(partition, 0L)));
            poll(consumer, ends, patience, polled -> {
                var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
                polled.forEach(records::add);
                long read = partitions.stream()
                        .mapToLong(each -> Math.min(consumer.position(each), requireNonNull(ends.get(each)))).sum();
                chunk.accept(new Polled(records, read, total));
            });
            return partitions.stream().collect(Collectors.toMap(Function.identity(), consumer::position));
        }
    }

    /**
     * Finds the oldest of the first records in some ranges, those of open transactions included. One batch of records
     * of each partition is held at a time.
     *
     * @param begins the offsets from where on to read
     * @param ends   the offsets before which to stop
     * @return the time that the record was sent; empty where the ranges hold nothing but the markers of transactions
     * @throws RetriableException where the broker is away, or sends no record for five seconds
     */
    public Optional<Instant> oldest(Map<TopicPartition, Long> begins, Map<TopicPartition, Long> ends) {
        var patience = Duration.ofSeconds(5);
        var times = new ArrayList<Instant>();
        try (var consumer = consumer(Map.of(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted",
                ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 1,
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) patience.toMillis()))) {
            consumer.assign(begins.keySet());
            begins.forEach(consumer::seek);
            poll(consumer, ends, patience, polled -> polled.partitions().forEach(partition -> {
                times.add(Instant.ofEpochMilli(polled.records(partition).getFirst().timestamp()));
                consumer.pause(List.of(partition));
            }));
        }
        return times.stream().min(Instant::compareTo);
    }

    /**
     * Reads the records that come from now on. At most 1 MiB is fetched at a time.
     *
     * @param ready  is called once no later record will be missed
     * @param goesOn is called before each poll; false ends the call
     * @param chunk  is called after each poll, also without records
     * @throws RetriableException where the broker is away at the start; later, polls bring no records until it is back
     */
    public void follow(Collection<String> topics, Runnable ready, BooleanSupplier goesOn,
            Consumer<ConsumerRecords<byte[], byte[]>> chunk) {
        try (var consumer = consumer(Map.of(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 1 << 20,
                ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 1 << 17,
                ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, (int) POLL.toMillis()))) {
            var partitions = partitions(consumer, topics);
            consumer.assign(partitions);
            consumer.seekToEnd(partitions);
            // Seeking is lazy: asking for the position does it.
            partitions.forEach(consumer::position);
            ready.run();
            while (goesOn.getAsBoolean()) {
                chunk.accept(consumer.poll(POLL));
            }
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> bounds) {
        var config = new HashMap<>(kafka);
        config.putAll(bounds);
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new LargeValueDeserializer());
    }

    private static List<TopicPartition> partitions(KafkaConsumer<?, ?> consumer, Collection<String> topics) {
        return topics.stream().flatMap(topic -> {
            var partitions = consumer.partitionsFor(topic);
            if (partitions.isEmpty()) {
                throw new UnknownTopicOrPartitionException("There is no topic " + topic);
            }
            return partitions.stream();
        })
                .map(partition -> new TopicPartition(partition.topic(), partition.partition())).toList();
    }

    /** Polls until each partition is at its end or paused. */
    private static void poll(KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends, Duration patience,
            Consumer<ConsumerRecords<byte[], byte[]>> chunk) {
        var left = new HashSet<>(consumer.assignment());
        long answered = System.nanoTime();
        while (true) {
            left.removeIf(partition -> consumer.paused().contains(partition)
                    || consumer.position(partition) >= requireNonNull(ends.get(partition)));
            if (left.isEmpty()) {
                return;
            }
            var polled = consumer.poll(POLL);
            if (!polled.isEmpty()) {
                answered = System.nanoTime();
            } else if (System.nanoTime() - answered > patience.toNanos()) {
                throw new TimeoutException("The broker has sent no record for %d s".formatted(patience.toSeconds()));
            }
            chunk.accept(polled);
        }
    }
}
