package com.uberpopug.ates.platform.events.inbox;

import com.uberpopug.ates.events.serde.UnknownSchemaException;
import com.uberpopug.ates.platform.events.ConsumerProgress;
import com.uberpopug.ates.platform.events.Failure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/**
 * Re-reads the topics of consumers, to compare events with the consumers' state or to build that state anew, while the
 * consumers keep running.
 */
public final class History {

    private final Inbox inbox;
    private final ConsumerProgress consumers;
    private final DeadLetterTable deadLetters;
    private final AppliedFacts applied;
    private final TopicReader topics;

    History(Inbox inbox, ConsumerProgress consumers, DeadLetterTable deadLetters, AppliedFacts applied,
            TopicReader topics) {
        this.inbox = inbox;
        this.consumers = consumers;
        this.deadLetters = deadLetters;
        this.applied = applied;
        this.topics = topics;
    }

    /** The topic cannot be re-read now; the message gives the cause. */
    public static final class UnavailableException extends RuntimeException {
        UnavailableException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }

        /** Whether it can be re-read later; not where records are gone. */
        public boolean willPass() {
            return !(getCause() instanceof InvalidOffsetException);
        }
    }

    /** A consumer's positions at one moment: each earlier record was applied or became a dead letter. */
    public record Mark(String consumer, Map<TopicPartition, Long> positions) {
    }

    /** A consumer's topic, and the consumer's positions in it. */
    public record Source(String topic, Mark until) {
    }

    /** How far topics were re-read. */
    public record Positions(Map<TopicPartition, Long> next) {

        /** Nothing was read. */
        public static final Positions NONE = new Positions(Map.of());
    }

    /**
     * A record of the topic.
     *
     * @param recordPosition {@code <topic>-<partition>-<offset>}
     * @param isConsumed     whether it lies before the mark
     * @param isSetAside     whether it became a dead letter in the last 30 days and still waits
     * @param isDiscarded    whether an admin has ever discarded its dead letter
     * @param factId         the fact that it is about; null where an unreadable record names none
     * @param fact           null for an unreadable record, such as some dead letters
     */
    public record Entry(String recordPosition, boolean isConsumed, boolean isSetAside, boolean isDiscarded,
            @Nullable UUID factId, @Nullable Received fact) {
    }

    /**
     * A part of several topics.
     *
     * @param entries by consumer, sorted, in order within each partition
     * @param read    how far the reading is, by offsets: markers of transactions count
     * @param total   the offset at which it ends
     */
    public record Chunk(SortedMap<String, List<Entry>> entries, long read, long total) {
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
     *                              seconds, the first records of the topic have been deleted, or it ends before the mark
     */
    public void read(String topic, Mark until, Consumer<List<Entry>> chunk) {
        read(List.of(new Source(topic, until)), Positions.NONE,
                part -> chunk.accept(part.entries().getOrDefault(until.consumer(), List.of())));
    }

    /**
     * Re-reads the topics of several consumers in the same way, from given positions on.
     *
     * @param from how far they were re-read before
     * @return how far they are re-read now
     * @throws UnavailableException as above
     */
    public Positions read(Collection<Source> sources, Positions from, Consumer<Chunk> chunk) {
        var readers = sources.stream().map(source -> new Reader(source.topic(), source.until(),
                inbox.subscription(source.until().consumer()).orElseThrow(),
                deadLetters.isAny(source.until().consumer()))).toList();
        var names = readers.stream().map(Reader::topic).collect(Collectors.toCollection(TreeSet::new));
        var known = new HashMap<TopicPartition, Long>();
        readers.forEach(reader -> known.putAll(reader.until().positions()));
        try {
            return new Positions(topics.read(names, from.next(), known, polled -> {
                var byTopic = polled.records().stream().collect(Collectors.groupingBy(ConsumerRecord::topic));
                var entries = new TreeMap<String, List<Entry>>();
                readers.forEach(reader -> entries.put(reader.until().consumer(),
                        entries(reader.subscription(), byTopic.getOrDefault(reader.topic(), List.of()), reader.until(),
                                reader.anySetAside())));
                chunk.accept(new Chunk(entries, polled.read(), polled.total()));
            }));
        } catch (RetriableException | InvalidOffsetException e) {
            throw new UnavailableException(
                    "The events of " + String.join(", ", names) + " cannot be read now: " + e.getMessage(), e);
        }
    }

    private record Reader(String topic, Mark until, Subscription subscription, boolean anySetAside) {
    }

    /** Those among some facts that a consumer has applied in the last 30 days. */
    public Set<UUID> applied(String consumer, Collection<UUID> factIds) {
        return applied.among(consumer, factIds);
    }

    /**
     * Applies facts as a consumer does, in the caller's transaction, each fact of the list once, and without the inbox:
     * facts of an earlier list are applied again.
     *
     * @throws RuntimeException as the consumer's handlers do
     */
    public void apply(String consumer, Collection<Received> facts) {
        inbox.subscription(consumer).orElseThrow().reapply(facts);
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
                        fact -> entries.add(new Entry(recordPosition, isConsumed, isSetAside, isDiscarded,
                                fact.factId(), fact)));
            } catch (RuntimeException e) {
                if (Failure.willPass(e) && !(e instanceof UnknownSchemaException)) {
                    throw e;
                }
                entries.add(new Entry(recordPosition, isConsumed, isSetAside, isDiscarded,
                        EventReader.factId(record).orElse(null), null));
            }
        }
        return entries;
    }

    private static DeadLetter.Key key(ConsumerRecord<byte[], byte[]> record, Mark until) {
        return DeadLetter.Key.of(record, until.consumer());
    }
}
