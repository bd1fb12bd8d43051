package com.uberpopug.ates.platform.events;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.springframework.context.event.EventListener;
import org.springframework.kafka.event.ListenerContainerPartitionIdleEvent;

/**
 * Commits the offset behind the marker that ends a transaction, once a partition is quiet; each partition would seem to
 * lag by one for ever otherwise. The containers' own {@code fixTxOffsets} costs two more requests to the broker a
 * batch.
 */
final class QuietPartitions {

    /**
     * A partition is quiet when no record of it came for so long: longer than a poll and {@code ack-time} together,
     * after which the container has committed the last record itself, and does not go back to it any more.
     */
    static final long QUIET_MILLIS = 2_000;

    private record ListenedPartition(String listener, TopicPartition partition) {
    }

    private final Map<ListenedPartition, Long> committed = new ConcurrentHashMap<>();

    /** Runs on the consumer's own thread, between batches: all records polled before are applied. */
    @EventListener
    void commit(ListenerContainerPartitionIdleEvent quiet) {
        var partition = quiet.getTopicPartition();
        var listened = new ListenedPartition(quiet.getListenerId(), partition);
        try {
            long position = quiet.getConsumer().position(partition);
            var before = committed.put(listened, position);
            if (before == null || before != position) {
                quiet.getConsumer().commitAsync(Map.of(partition, new OffsetAndMetadata(position)), (_, failure) -> {
                    if (failure != null) {
                        committed.remove(listened, position);
                    }
                });
            }
        } catch (RetriableException e) {
            // The broker is away; the next event tries again.
            committed.remove(listened);
        }
    }
}
