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
 * Re-reads a consumer's topic, to be compared with what the consumer made of it, while the consumer itself goes on.
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

    /** A consumer's positions at a moment: it had applied all records before them, or set them aside. */
    public record Mark(String consumer, Map<TopicPartition, Long> positions) {
    }

    /**
     * A record of the topic.
     *
     * @param place      {@code <topic>-<partition>-<offset>}
     * @param isConsumed whether it lies before the mark
     * @param isSetAside whether it was set aside in the last 30 days and neither applied nor discarded since
     * @param isDiscarded whether it was set aside, at any time, and an admin has discarded it
     * @param fact       null where the record cannot be read, as may be so with a dead letter
     */
    public record Told(String place, boolean isConsumed, boolean isSetAside, boolean isDiscarded,
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
    public void tell(String topic, Mark until, Consumer<List<Told>> chunk) {
        var subscription = inbox.subscription(until.consumer()).orElseThrow();
        boolean anySetAside = deadLetters.isAny(until.consumer());
        try {
            topics.readAll(topic, records -> chunk.accept(told(subscription, records, until, anySetAside)));
        } catch (RetriableException | InvalidOffsetException e) {
            throw new UnavailableException("The events of " + topic + " cannot be read now: " + e.getMessage(), e);
        }
    }

    private List<Told> told(Subscription subscription, List<ConsumerRecord<byte[], byte[]>> records, Mark until,
            boolean anySetAside) {
        var keys = anySetAside
                ? records.stream().map(record -> key(record, until)).toList()
                : List.<DeadLetter.Key>of();
        var waiting = keys.isEmpty() ? Set.<DeadLetter.Key>of() : deadLetters.waiting(keys);
        var discarded = keys.isEmpty() ? Set.<DeadLetter.Key>of() : deadLetters.discarded(keys);
        var told = new ArrayList<Told>();
        for (var record : records) {
            var partition = new TopicPartition(record.topic(), record.partition());
            boolean isConsumed = record.offset() < until.positions().getOrDefault(partition, 0L);
            boolean isSetAside = anySetAside && waiting.contains(key(record, until));
            boolean isDiscarded = anySetAside && discarded.contains(key(record, until));
            var place = partition + "-" + record.offset();
            try {
                subscription.read(record)
                        .ifPresent(fact -> told.add(new Told(place, isConsumed, isSetAside, isDiscarded, fact)));
            } catch (RuntimeException e) {
                if (Failure.willPass(e) && !(e instanceof UnknownSchemaException)) {
                    throw e;
                }
                told.add(new Told(place, isConsumed, isSetAside, isDiscarded, null));
            }
        }
        return told;
    }

    private static DeadLetter.Key key(ConsumerRecord<byte[], byte[]> record, Mark until) {
        return DeadLetter.Key.of(record, until.consumer());
    }
}
