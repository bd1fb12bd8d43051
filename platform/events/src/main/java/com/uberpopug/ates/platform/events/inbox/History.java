package com.uberpopug.ates.platform.events.inbox;

import com.uberpopug.ates.events.serde.UnknownSchemaException;
import com.uberpopug.ates.platform.events.ConsumerProgress;
import com.uberpopug.ates.platform.events.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/**
 * Re-reads a consumer's topic, to compare its events with the consumer's state, while the consumer keeps running.
 */
public final class History {

    private final Inbox inbox;
    private final ConsumerProgress consumers;
    private final DeadLetterTable deadLetters;
    private final TopicReader topics;

    History(Inbox inbox, ConsumerProgress consumers, DeadLetterTable deadLetters, TopicReader topics) {
        this.inbox = inbox;
        this.consumers = consumers;
        this.deadLetters = deadLetters;
        this.topics = topics;
    }

    /** The topic cannot be re-read now; the message gives the cause. */
    public static final class UnavailableException extends RuntimeException {
        UnavailableException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** A consumer's positions at one moment: each earlier record was applied or became a dead letter. */
    public record Mark(String consumer, Map<TopicPartition, Long> positions) {
    }

    /**
     * A record of the topic.
     *
     * @param recordPosition {@code <topic>-<partition>-<offset>}
     * @param isConsumed     whether it lies before the mark
     * @param isSetAside     whether it became a dead letter in the last 30 days and still waits
     * @param isDiscarded    whether an admin has ever discarded its dead letter
     * @param fact           null for an unreadable record, such as some dead letters
     */
    public record Entry(String recordPosition, boolean isConsumed, boolean isSetAside, boolean isDiscarded,
            @Nullable Received fact) {
    }

    /**
     * Takes a consumer's positions.
     *
     * @param consumer the id of the listener, and its name in the inbox
     * @throws UnavailableException where the broker is away
     */
    public Mark mark(String consumer) {
        try {
            return new Mark(consumer, consumers.positions(consumer));
        } catch (RetriableException e) {
            throw new UnavailableException("It is not known how far " + consumer + " is: " + e.getMessage(), e);
        }
    }

    /**
     * Re-reads a topic from its beginning to its end at the time of the call, in order within each partition, without
     * the types that the consumer does not handle.
     *
     * @param chunk is called twice a second or more often, also without records, so that a transaction does not idle
     * @throws UnavailableException where the broker or the schema registry is away, the broker sends nothing for ten
     *                              seconds, or the first records of the topic have been deleted
     */
    public void read(String topic, Mark until, Consumer<List<Entry>> chunk) {
        var subscription = inbox.subscription(until.consumer()).orElseThrow();
        boolean anySetAside = deadLetters.isAny(until.consumer());
        try {
            topics.readAll(topic, records -> chunk.accept(entries(subscription, records, until, anySetAside)));
        } catch (RetriableException | InvalidOffsetException e) {
            throw new UnavailableException("The events of " + topic + " cannot be read now: " + e.getMessage(), e);
        }
    }

    private List<Entry> entries(Subscription subscription, List<ConsumerRecord<byte[], byte[]>> records, Mark until,
            boolean anySetAside) {
        var keys = anySetAside
                ? records.stream().map(record -> key(record, until)).toList()
                : List.<DeadLetter.Key>of();
        var waiting = keys.isEmpty() ? Set.<DeadLetter.Key>of() : deadLetters.waiting(keys);
        var discarded = keys.isEmpty() ? Set.<DeadLetter.Key>of() : deadLetters.discarded(keys);
        var entries = new ArrayList<Entry>();
        for (var record : records) {
            var partition = new TopicPartition(record.topic(), record.partition());
            boolean isConsumed = record.offset() < until.positions().getOrDefault(partition, 0L);
            boolean isSetAside = anySetAside && waiting.contains(key(record, until));
            boolean isDiscarded = anySetAside && discarded.contains(key(record, until));
            var recordPosition = partition + "-" + record.offset();
            try {
                subscription.read(record).ifPresent(
                        fact -> entries.add(new Entry(recordPosition, isConsumed, isSetAside, isDiscarded, fact)));
            } catch (RuntimeException e) {
                if (Failure.willPass(e) && !(e instanceof UnknownSchemaException)) {
                    throw e;
                }
                entries.add(new Entry(recordPosition, isConsumed, isSetAside, isDiscarded, null));
            }
        }
        return entries;
    }

    private static DeadLetter.Key key(ConsumerRecord<byte[], byte[]> record, Mark until) {
        return DeadLetter.Key.of(record, until.consumer());
    }
}
