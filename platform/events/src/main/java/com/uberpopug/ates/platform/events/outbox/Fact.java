package com.uberpopug.ates.platform.events.outbox;

import com.uberpopug.ates.platform.events.inbox.Received;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened, in every version it is published in.
 *
 * @param id          names the fact: consumers apply each id once. What follows from another fact derives its id from
 *                    that fact's, so that a replay announces the same facts
 * @param key         the aggregate's id, in the textual form that becomes the Kafka key
 * @param sequence    grows with each fact of a key
 * @param occurredAt  when it happened
 * @param traceparent the W3C trace context it happened in; null takes the current one
 * @param versions    the event, newest version first; at least one, all of one type
 */
public record Fact(UUID id, String key, long sequence, Instant occurredAt, @Nullable String traceparent,
        List<SpecificRecord> versions) {

    public Fact {
        versions = List.copyOf(versions);
        if (versions.isEmpty()) {
            throw new IllegalArgumentException("A fact is published in at least one version");
        }
    }

    /** @param versions the event in each version, the newest first; at least one */
    public static Fact of(UUID id, Object key, long sequence, Instant occurredAt, SpecificRecord... versions) {
        return new Fact(id, key.toString(), sequence, occurredAt, null, List.of(versions));
    }

    /** The same fact, in the trace of the one that caused it. */
    public Fact causedBy(Received cause) {
        return new Fact(id, key, sequence, occurredAt, cause.traceparent(), versions);
    }

    /**
     * Removes a key from a compacted topic: it is announced as a record without a value, upon which consumers forget
     * the aggregate.
     *
     * @param id         names the fact
     * @param topic      a compacted topic
     * @param type       the envelope's type, such as {@code Users.Erased}
     * @param key        the aggregate's id, as the facts before it had it
     * @param sequence   the next after those facts
     * @param occurredAt when it happened
     */
    public record Erasure(UUID id, String topic, String type, String key, long sequence, Instant occurredAt) {
    }
}
