package com.uberpopug.ates.platform.events.inbox;

import java.time.Instant;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A record that a consumer could not apply, as a list shows it: without its value and headers.
 *
 * @param sortId     orders letters of one instant
 * @param key        names the record in the table
 * @param state      {@code waiting}, {@code processed} or {@code discarded}
 * @param factId     the fact that it is about; null where the record names none
 * @param type       from the header; null without one
 * @param occurredAt from the header; null without one
 * @param cause      class and message of what went wrong
 * @param failedAt   when that was
 * @param topic      the record's position, with {@code partition} and {@code offset}
 * @param recordKey  the first {@value #LISTED_KEY_BYTES} bytes of the record's key; null where it has none
 */
public record DeadLetter(long sortId, Key key, String state, @Nullable UUID factId, @Nullable String type,
        @Nullable Instant occurredAt, String cause, Instant failedAt, String topic, int partition, long offset,
        byte @Nullable [] recordKey) {

    static final String WAITING = "waiting";
    static final String PROCESSED = "processed";
    static final String DISCARDED = "discarded";

    /** A key may have a megabyte, and a page of the list 200 of them. */
    static final int LISTED_KEY_BYTES = 1_024;

    /**
     * A record in the eyes of one consumer.
     *
     * @param place the record's {@link EventReader#positionId}
     */
    public record Key(String consumer, UUID place) {

        static Key of(ConsumerRecord<?, ?> record, String consumer) {
            return new Key(consumer, EventReader.positionId(record));
        }
    }

    /** The id of the letter: who could not apply which record. */
    public Id id() {
        return new Id(key.consumer(), partition, offset);
    }

    /** As text {@code <consumer>-<partition>-<offset>}, such as {@code analytics.tasks-3-42}. */
    public record Id(String consumer, int partition, long offset) {

        private static final Pattern TEXT = Pattern.compile("([a-z][a-z0-9.-]{0,99})-([0-9]{1,9})-([0-9]{1,18})");

        /** @throws IllegalArgumentException where the text is no id */
        public static Id parse(String text) {
            var match = TEXT.matcher(text);
            if (!match.matches()) {
                throw new IllegalArgumentException("Not <consumer>-<partition>-<offset>");
            }
            return new Id(match.group(1), Integer.parseInt(match.group(2)), Long.parseLong(match.group(3)));
        }

        @Override
        public String toString() {
            return consumer + "-" + partition + "-" + offset;
        }
    }
}
