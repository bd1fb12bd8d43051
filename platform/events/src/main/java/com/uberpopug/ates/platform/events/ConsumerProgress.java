package com.uberpopug.ates.platform.events;

import static java.util.Comparator.comparing;
import static java.util.Objects.requireNonNull;

import com.uberpopug.ates.platform.events.inbox.TopicReader;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;

/** How far this service's consumers are, all instances taken together. */
public final class ConsumerProgress {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Admin admin;
    private final TopicReader topics;
    private final KafkaListenerEndpointRegistry listeners;
    private final Clock clock;
    private final CachedGauge<Duration> openTransaction = new CachedGauge<>(this::openTransaction);
    private final Map<TopicPartition, Seen> firstSeen = new ConcurrentHashMap<>();

    /** The last stable offset of a partition, and when it was first seen there. */
    private record Seen(long offset, long nanos) {
    }

    ConsumerProgress(Admin admin, TopicReader topics, KafkaListenerEndpointRegistry listeners, Clock clock) {
        this.admin = admin;
        this.topics = topics;
        this.listeners = listeners;
        this.clock = clock;
    }

    /**
     * Whether a consumer has applied, or set aside, everything that a topic held at an instant, be it in or behind a
     * transaction that is still open.
     *
     * @param consumer the id of the listener
     * @param until    by the time that the broker gave the records
     * @throws RetriableException where the broker is away
     */
    public boolean hasConsumed(String consumer, String topic, Instant until) {
        return answered(() -> {
            var partitions = partitions(topic);
            var first = offsets(partitions, OffsetSpec.earliest());
            var end = offsets(partitions, OffsetSpec.latest());
            var after = offsets(partitions, OffsetSpec.forTimestamp(until.toEpochMilli()));
            var committed = committed(consumer);
            return partitions.stream().allMatch(partition -> {
                // Where nothing came since, there is no offset for that time, and all must have been consumed.
                long target = at(after, partition) < 0 ? at(end, partition) : at(after, partition);
                return committed.getOrDefault(partition, at(first, partition)) >= target;
            });
        });
    }

    /**
     * Where a consumer goes on in each partition that it has begun: what lies before was applied, or set aside.
     *
     * @param consumer the id of the listener
     * @throws RetriableException where the broker is away
     */
    public Map<TopicPartition, Long> positions(String consumer) {
        return answered(() -> committed(consumer));
    }

    private interface Question<T> {
        T ask() throws InterruptedException, ExecutionException, TimeoutException;
    }

    private static <T> T answered(Question<T> question) {
        try {
            return question.ask();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnknownProgressException(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new UnknownProgressException(e);
        }
    }

    private List<TopicPartition> partitions(String topic)
            throws InterruptedException, ExecutionException, TimeoutException {
        return get(admin.describeTopics(List.of(topic)).topicNameValues().values().iterator().next()).partitions()
                .stream().map(partition -> new TopicPartition(topic, partition.partition())).toList();
    }

    /**
     * How far a consumer is behind.
     *
     * @param records how many records it has not consumed yet, by their offsets: the marker that ends a transaction
     *                counts, and so does what waits for the end of one
     * @param age     how long ago the oldest of those was sent; zero where there is none
     */
    public record Lag(long records, Duration age) {
    }

    /** A consumer of this service, and what it listens to. */
    public record Listening(String consumer, String topic) {
    }

    /**
     * How far each consumer is behind, in the order of their names.
     *
     * @throws RetriableException where the broker is away
     */
    public SortedMap<Listening, Lag> lags() {
        var lags = new TreeMap<Listening, Lag>(comparing(Listening::consumer));
        listening().forEach(each -> lags.put(each, lag(each)));
        return lags;
    }

    private List<Listening> listening() {
        return listeners.getListenerContainers().stream()
                .flatMap(listener -> Stream.of(requireNonNull(listener.getContainerProperties().getTopics()))
                        .map(topic -> new Listening(requireNonNull(listener.getListenerId()), topic)))
                .toList();
    }

    /** Registers the lag of each consumer as gauges, which are up to five seconds old. */
    public void bindTo(MeterRegistry meters) {
        var listening = listening();
        // All at once, so that a broker that is away costs one timeout.
        var lags = new CachedGauge<>(
                () -> listening.stream().collect(Collectors.toMap(Function.identity(), this::lag)));
        for (var each : listening) {
            var tags = Tags.of("consumer", each.consumer(), "topic", each.topic());
            Gauge.builder("ates.consumer.lag", () -> lags.value(now -> requireNonNull(now.get(each)).records()))
                    .description("Records that the consumer has not consumed yet, whichever instance will").tags(tags)
                    .register(meters);
            Gauge.builder("ates.consumer.lag.seconds",
                    () -> lags.value(now -> requireNonNull(now.get(each)).age().toMillis() / 1e3))
                    .description("How long ago the oldest of them was sent").baseUnit("seconds").tags(tags)
                    .register(meters);
        }
    }

    private Lag lag(Listening listening) {
        return answered(() -> {
            var partitions = partitions(listening.topic());
            var first = offsets(partitions, OffsetSpec.earliest());
            var end = offsets(partitions, OffsetSpec.latest());
            var committed = committed(listening.consumer());
            var next = new HashMap<TopicPartition, Long>();
            long records = 0;
            for (var partition : partitions) {
                long position = Math.max(at(first, partition), committed.getOrDefault(partition, 0L));
                if (position < at(end, partition)) {
                    next.put(partition, position);
                    records += at(end, partition) - position;
                }
            }
            return new Lag(records, next.isEmpty() ? Duration.ZERO : age(next, end));
        });
    }

    /**
     * The age, in seconds, of the oldest open transaction that holds this service's consumers up, of any producer; 0
     * where there is none, NaN where it cannot be known now. It is measured at most every five seconds.
     */
    public double openTransactionSeconds() {
        return openTransaction.value(age -> age.toMillis() / 1e3);
    }

    /** By the time of the transaction's first record, or since it was first seen here, if that is longer ago. */
    private Duration openTransaction() {
        return answered(() -> {
            var longest = Duration.ZERO;
            for (var topic : listening().stream().map(Listening::topic).distinct().toList()) {
                var partitions = partitions(topic);
                var stable = offsets(partitions, OffsetSpec.latest(), IsolationLevel.READ_COMMITTED);
                var end = offsets(partitions, OffsetSpec.latest());
                for (var partition : partitions) {
                    long offset = at(stable, partition);
                    if (offset >= at(end, partition)) {
                        firstSeen.remove(partition);
                        continue;
                    }
                    var seen = firstSeen.compute(partition, (_, before) -> before != null && before.offset() == offset
                            ? before
                            : new Seen(offset, System.nanoTime()));
                    var known = Duration.ofNanos(System.nanoTime() - seen.nanos());
                    var age = age(Map.of(partition, offset), end);
                    longest = Collections.max(List.of(longest, known, age));
                }
            }
            return longest;
        });
    }

    /** The age of the oldest record in these ranges; zero where they hold only transactions' markers. */
    private Duration age(Map<TopicPartition, Long> begins, Map<TopicPartition, Long> ends) {
        long now = clock.millis();
        return topics.oldest(begins, ends).map(sent -> Duration.ofMillis(Math.max(0, now - sent.toEpochMilli())))
                .orElse(Duration.ZERO);
    }

    private Map<TopicPartition, Long> committed(String consumer)
            throws InterruptedException, ExecutionException, TimeoutException {
        var container = listeners.getListenerContainer(consumer);
        if (container == null || container.getGroupId() == null) {
            throw new IllegalArgumentException("There is no listener " + consumer);
        }
        return get(admin.listConsumerGroupOffsets(container.getGroupId()).partitionsToOffsetAndMetadata()).entrySet()
                .stream().filter(entry -> entry.getValue() != null)
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().offset()));
    }

    /** Of all records, those of open transactions included. */
    private Map<TopicPartition, Long> offsets(List<TopicPartition> partitions, OffsetSpec spec)
            throws InterruptedException, ExecutionException, TimeoutException {
        return offsets(partitions, spec, IsolationLevel.READ_UNCOMMITTED);
    }

    private Map<TopicPartition, Long> offsets(List<TopicPartition> partitions, OffsetSpec spec,
            IsolationLevel isolation) throws InterruptedException, ExecutionException, TimeoutException {
        var specs = partitions.stream().collect(Collectors.toMap(Function.identity(), _ -> spec));
        var offsets = get(admin.listOffsets(specs, new ListOffsetsOptions(isolation)).all());
        return offsets.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, each -> each.getValue().offset()));
    }

    private static long at(Map<TopicPartition, Long> offsets, TopicPartition partition) {
        return requireNonNull(offsets.get(partition));
    }

    private static <T> T get(KafkaFuture<T> answer) throws InterruptedException, ExecutionException, TimeoutException {
        return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The broker gives no answer. */
    private static final class UnknownProgressException extends RetriableException {
        UnknownProgressException(Throwable cause) {
            super("The broker does not say how far the consumers are", cause);
        }
    }
}
