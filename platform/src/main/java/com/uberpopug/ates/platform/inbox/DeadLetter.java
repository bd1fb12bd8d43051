package com.uberpopug.ates.platform.inbox;

import com.uberpopug.ates.platform.kafka.Envelope;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * A record that was set aside.
 *
 * @param place    where the letter itself lies
 * @param consumer who could not apply the record
 * @param cause    class and message of what went wrong
 * @param failedAt when that was
 * @param factId   the fact that it is about; null where it does not say
 * @param original the record as it came: place, time, headers and, unless it was left out, the value
 */
record DeadLetter(Place place, String consumer, String cause, Instant failedAt, @Nullable UUID factId,
        ConsumerRecord<String, byte[]> original) {

    /** Reads a letter; empty where nobody of ours has written it. */
    static Optional<DeadLetter> of(ConsumerRecord<String, byte[]> letter) {
        try {
            var headers = new RecordHeaders(letter.headers());
            var original = new ConsumerRecord<>(header(letter, DeadLetters.TOPIC),
                    Integer.parseInt(header(letter, DeadLetters.PARTITION)),
                    Long.parseLong(header(letter, DeadLetters.OFFSET)),
                    Long.parseLong(header(letter, DeadLetters.TIMESTAMP)), TimestampType.CREATE_TIME,
                    letter.serializedKeySize(), letter.serializedValueSize(), letter.key(), letter.value(), headers,
                    Optional.empty());
            DeadLetters.HEADERS.forEach(headers::remove);
            return Optional.of(new DeadLetter(Place.of(letter), header(letter, DeadLetters.CONSUMER),
                    header(letter, DeadLetters.CAUSE), Instant.parse(header(letter, DeadLetters.TIME)),
                    EventReader.factId(original).orElse(null), original));
        } catch (IllegalArgumentException | DateTimeException e) {
            return Optional.empty();
        }
    }

    private static String header(ConsumerRecord<?, ?> letter, String name) {
        return Envelope.get(letter.headers(), name).orElseThrow(() -> new IllegalArgumentException(name));
    }

    /** The fact that it is about, in the eyes of the consumer; empty where it does not say. */
    Optional<AppliedFacts.Key> fact() {
        return Optional.ofNullable(factId).map(fact -> new AppliedFacts.Key(consumer, fact));
    }

    /** The record, as the table of dead letters knows it. */
    SetAside.Key key() {
        return SetAside.Key.of(original, consumer);
    }

    /** The same without the value, which may be large. */
    DeadLetter withoutValue() {
        return new DeadLetter(place, consumer, cause, failedAt, factId,
                new ConsumerRecord<>(original.topic(), original.partition(), original.offset(), original.timestamp(),
                        original.timestampType(), original.serializedKeySize(), original.serializedValueSize(),
                        original.key(), null, original.headers(), Optional.empty()));
    }

    /** Where a letter lies; as text, {@code <topic>-<partition>-<offset>}, it is the letter's id. */
    record Place(TopicPartition partition, long offset) {

        static Place of(ConsumerRecord<?, ?> letter) {
            return new Place(new TopicPartition(letter.topic(), letter.partition()), letter.offset());
        }

        /** @throws IllegalArgumentException where the text is no such place */
        static Place parse(String id) {
            var offset = id.lastIndexOf('-');
            var partition = id.lastIndexOf('-', offset - 1);
            if (partition < 1 || !id.substring(partition).matches("-[0-9]{1,9}-[0-9]{1,18}")) {
                throw new IllegalArgumentException("Not <topic>-<partition>-<offset>");
            }
            return new Place(new TopicPartition(id.substring(0, partition),
                    Integer.parseInt(id.substring(partition + 1, offset))), Long.parseLong(id.substring(offset + 1)));
        }

        @Override
        public String toString() {
            return partition + "-" + offset;
        }
    }
}
