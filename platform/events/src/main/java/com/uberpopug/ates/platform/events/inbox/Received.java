package com.uberpopug.ates.platform.events.inbox;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A fact read from Kafka.
 *
 * @param factId      names the fact
 * @param key         the aggregate's id, as the Kafka key has it
 * @param sequence    grows with each fact of a key; 0 for an {@link Erased}
 * @param occurredAt  when it happened
 * @param traceparent the W3C trace context of its processing here; null where it is not traced
 * @param event       the generated Avro object, or {@link Erased} where the record had no value
 * @param position    where the record lies
 */
public record Received(UUID factId, String key, long sequence, Instant occurredAt, @Nullable String traceparent,
        Object event, RecordPosition position) {

    /** A fact that comes from no topic. */
    public Received(UUID factId, String key, long sequence, Instant occurredAt, @Nullable String traceparent,
            Object event) {
        this(factId, key, sequence, occurredAt, traceparent, event, new RecordPosition(0, 0, 0));
    }

    Received in(@Nullable String trace) {
        return new Received(factId, key, sequence, occurredAt, trace, event, position);
    }

    /**
     * Where a record lies in its topic, as the broker says.
     *
     * @param millis the record's timestamp
     */
    public record RecordPosition(int partition, long offset, long millis) {
    }

    /** Stands for a record without a value, which removes the key from a compacted topic. */
    public record Erased(String key) {
    }
}
