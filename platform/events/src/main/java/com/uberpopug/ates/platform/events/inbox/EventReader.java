package com.uberpopug.ates.platform.events.inbox;

import static java.util.stream.Collectors.toUnmodifiableMap;

import com.uberpopug.ates.events.Amounts;
import com.uberpopug.ates.events.EventType;
import com.uberpopug.ates.events.Upcasts;
import com.uberpopug.ates.events.serde.AvroDeserializer;
import com.uberpopug.ates.events.serde.Envelope;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.inbox.Received.Erased;
import com.uberpopug.ates.platform.events.inbox.Received.RecordPosition;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads one consumer's records: envelope and Avro to a {@link Received}, or nothing where the consumer does not care.
 * A version that is older than the one that the consumer handles is read as that one ({@link Upcasts}).
 */
final class EventReader {

    /** The W3C format. Any other text would go on into tables and into the events that follow. */
    private static final Pattern TRACEPARENT = Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");
    /** Stands in a text for bytes that are not UTF-8. */
    private static final char UNREADABLE = '\uFFFD';

    /** By type and version, the newest first, the handled version as which each is read. */
    private final Map<String, NavigableMap<Integer, EventType>> readAs;
    private final AvroDeserializer deserializer;

    EventReader(List<EventType> handled, AvroDeserializer deserializer) {
        this.deserializer = deserializer;
        readAs = handled.stream().map(EventType::type).distinct()
                .collect(toUnmodifiableMap(type -> type, type -> readAs(type, handled)));
    }

    /** Each version that is handled, or leads to one that is, to the nearest. */
    private static NavigableMap<Integer, EventType> readAs(String type, List<EventType> handled) {
        var versions = new TreeMap<Integer, EventType>(Comparator.reverseOrder());
        EventType.all().stream().filter(each -> each.type().equals(type)).forEach(version -> handled.stream()
                .filter(known -> Upcasts.leads(version, known)).min(Comparator.comparingInt(EventType::version))
                .ifPresent(nearest -> versions.put(version.version(), nearest)));
        return versions;
    }

    /**
     * Reads a record.
     *
     * @throws RuntimeException where its content is wrong or something is away; {@link Failure} tells them apart
     */
    Reading read(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return new Reading.Fact(null, false, erased(record));
        }
        var type = header(record, Envelope.TYPE, Function.identity());
        var versions = readAs.get(type);
        if (versions == null) {
            return new Reading.Skipped(Reading.Reason.TYPE_NOT_HANDLED);
        }
        int version = header(record, Envelope.DATA_SCHEMA, dataSchema -> Envelope.version(type, dataSchema));
        var wanted = versions.get(version);
        if (wanted == null && newestPublished(record, versions.keySet()) > 0) {
            return new Reading.Skipped(Reading.Reason.OTHER_VERSION);
        }
        if (wanted == null) {
            throw new RefusedException(RefusedException.Reason.UNKNOWN_VERSION,
                    "Version " + version + " of " + type + " is not known here, and "
                            + Envelope.DATA_VERSIONS + " names no version that is",
                    null);
        }
        var event = deserializer.deserialize(record.topic(), record.headers(), record.value());
        var actual = EventType.of(event.getClass());
        if (!actual.type().equals(type) || actual.version() != version) {
            throw new RefusedException(RefusedException.Reason.OTHER_TYPE, "The headers say %s/v%d, the value is a %s"
                    .formatted(type, version, actual.title()), null);
        }
        refuseForeignCurrency(event);
        boolean isRepeated = versions.firstKey() > version && newestPublished(record, versions.keySet()) > version;
        return new Reading.Fact(actual, isRepeated,
                new Received(header(record, Envelope.FACT_ID, UUID::fromString), key(record),
                        header(record, Envelope.AGGREGATE_VERSION, Long::parseLong),
                        header(record, Envelope.TIME, Instant::parse),
                        Envelope.get(record.headers(), Envelope.TRACEPARENT).filter(TRACEPARENT.asMatchPredicate())
                                .orElse(null),
                        Upcasts.as(wanted, event), position(record)));
    }

    /** The fact id of a record, readable or not; empty where the record names none. */
    static Optional<UUID> factId(ConsumerRecord<?, ?> record) {
        try {
            return record.value() == null
                    ? Optional.of(positionId(record))
                    : Envelope.get(record.headers(), Envelope.FACT_ID).map(UUID::fromString);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Received erased(ConsumerRecord<byte[], byte[]> record) {
        var key = key(record);
        return new Received(positionId(record), key, 0, Instant.ofEpochMilli(record.timestamp()), null,
                new Erased(key), position(record));
    }

    private static RecordPosition position(ConsumerRecord<?, ?> record) {
        return new RecordPosition(record.partition(), record.offset(), record.timestamp());
    }

    private static String key(ConsumerRecord<byte[], byte[]> record) {
        var key = record.key();
        if (key == null) {
            throw new RefusedException(RefusedException.Reason.KEY, record.value() == null
                    ? "The record has neither key nor value"
                    : "The record has no key", null);
        }
        var text = new String(key, StandardCharsets.UTF_8);
        if (text.indexOf(UNREADABLE) >= 0 && !Arrays.equals(text.getBytes(StandardCharsets.UTF_8), key)) {
            throw new RefusedException(RefusedException.Reason.KEY, "The key is not UTF-8", null);
        }
        return text;
    }

    /**
     * An id derived from the record position and the timestamp: offsets start again when a topic is deleted and created.
     */
    static UUID positionId(ConsumerRecord<?, ?> record) {
        var text = "%s/%d/%d/%d".formatted(record.topic(), record.partition(), record.offset(), record.timestamp());
        return Ids.derived(UUID.nameUUIDFromBytes("record".getBytes(StandardCharsets.UTF_8)), text);
    }

    /**
     * Of versions that the consumer can read, the newest in which the fact is published; 0 for none.
     *
     * @param versions the newest first
     */
    private static int newestPublished(ConsumerRecord<byte[], byte[]> record, Set<Integer> versions) {
        var published = Arrays.asList(Envelope.get(record.headers(), Envelope.DATA_VERSIONS).orElse("").split(","));
        return versions.stream().filter(version -> published.contains(version.toString())).findFirst().orElse(0);
    }

    /** No rate of exchange is known here: another currency's cents would be counted as if they were the company's. */
    private static void refuseForeignCurrency(SpecificRecord event) {
        var currency = event.getSchema().getField("currency");
        if (currency != null && !Amounts.CURRENCY.equals(event.get(currency.pos()))) {
            throw new RefusedException(RefusedException.Reason.CURRENCY, "The amounts are in %s; here they are in %s"
                    .formatted(event.get(currency.pos()), Amounts.CURRENCY), null);
        }
    }

    private static <T> T header(ConsumerRecord<?, ?> record, String name, Function<String, T> parse) {
        var value = Envelope.get(record.headers(), name)
                .orElseThrow(() -> new RefusedException(RefusedException.Reason.ENVELOPE,
                        "The header " + name + " is missing", null));
        try {
            return parse.apply(value);
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new RefusedException(RefusedException.Reason.ENVELOPE,
                    "The header " + name + " cannot be read: " + value, e);
        }
    }

    /** The result of reading a record. */
    sealed interface Reading {

        /**
         * It is to be applied.
         *
         * @param version in which it came; null for an erasure
         * @param isRepeated whether the same fact stands before it in a newer version that the consumer can read. An
         *                   instance that could not may have passed over that record, so only the inbox knows whether
         *                   the fact was applied
         */
        record Fact(@Nullable EventType version, boolean isRepeated, Received received) implements Reading {
        }

        /** It is left out, as it should be. */
        record Skipped(Reason reason) implements Reading {
        }

        /** Why a record is left out. */
        enum Reason {
            /** The consumer does not react to its type. */
            TYPE_NOT_HANDLED,
            /** The same fact is published in a version that the consumer knows, or was applied in a newer one. */
            OTHER_VERSION
        }

        /** The fact, in whichever version. */
        default Optional<Received> inAnyVersion() {
            return this instanceof Fact fact ? Optional.of(fact.received()) : Optional.empty();
        }

        /** The fact, once of all its versions. */
        default Optional<Received> fact() {
            return this instanceof Fact(_, var isRepeated, var received) && !isRepeated
                    ? Optional.of(received)
                    : Optional.empty();
        }
    }

    /** A record that no retry will help: its content is wrong. */
    static final class RefusedException extends RuntimeException {

        private final Reason reason;

        RefusedException(Reason reason, String message, @Nullable Throwable cause) {
            super(message, cause);
            this.reason = reason;
        }

        /** The part that is wrong. */
        enum Reason {
            KEY, ENVELOPE, UNKNOWN_VERSION, OTHER_TYPE, CURRENCY
        }

        Reason reason() {
            return reason;
        }
    }
}
