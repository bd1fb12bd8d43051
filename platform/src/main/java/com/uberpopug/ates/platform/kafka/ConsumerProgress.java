package com.uberpopug.ates.platform.kafka;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;

/** How far this service's consumers are. */
public final class ConsumerProgress implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Admin admin;
    private final KafkaListenerEndpointRegistry listeners;

    public ConsumerProgress(Map<String, Object> kafka, KafkaListenerEndpointRegistry listeners) {
        this.admin = Admin.create(kafka);
        this.listeners = listeners;
    }

    /**
     * Whether a consumer has applied, or set aside, everything that a topic held at an instant.
     *
     * @param consumer the id of the listener
     * @param until    by the time that the broker gave the records
     * @throws RetriableException where the broker is away
     */
    public boolean hasConsumed(String consumer, String topic, Instant until) {
        try {
            var partitions = get(admin.describeTopics(List.of(topic)).topicNameValues().values().iterator().next())
                    .partitions()
                    .stream()
                    .map(partition -> new TopicPartition(topic, partition.partition())).toList();
            var first = offsets(partitions, OffsetSpec.earliest());
            var end = offsets(partitions, OffsetSpec.latest());
            var after = offsets(partitions, OffsetSpec.forTimestamp(until.toEpochMilli()));
            var committed = committed(consumer);
            return partitions.stream().allMatch(partition -> {
                // Where nothing came since, there is no offset for that time, and all must have been consumed.
                long target = after.applyAsLong(partition) < 0
                        ? end.applyAsLong(partition)
                        : after.applyAsLong(partition);
                return committed.getOrDefault(partition, first.applyAsLong(partition)) >= target;
            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnknownProgressException(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new UnknownProgressException(e);
        }
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

    private ToLongFunction<TopicPartition> offsets(List<TopicPartition> partitions, OffsetSpec spec)
            throws InterruptedException, ExecutionException, TimeoutException {
        var specs = partitions.stream().collect(Collectors.toMap(Function.identity(), _ -> spec));
        var offsets = get(admin.listOffsets(specs, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED)).all());
        return partition -> requireNonNull(offsets.get(partition)).offset();
    }

    private static <T> T get(KafkaFuture<T> answer) throws InterruptedException, ExecutionException, TimeoutException {
        return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }

    /** The broker does not say how far the consumers are. */
    private static final class UnknownProgressException extends RetriableException {
        UnknownProgressException(Throwable cause) {
            super("The broker does not say how far the consumers are", cause);
        }
    }
}
