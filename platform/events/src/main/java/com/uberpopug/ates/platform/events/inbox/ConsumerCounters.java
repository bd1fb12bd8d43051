package com.uberpopug.ates.platform.events.inbox;

import com.uberpopug.ates.events.EventType;
import com.uberpopug.ates.events.serde.Envelope;
import com.uberpopug.ates.events.serde.UnknownSchemaException;
import com.uberpopug.ates.platform.events.inbox.EventReader.Reading;
import com.uberpopug.ates.platform.events.inbox.EventReader.RefusedException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * Counters of one consumer's records, by type, version and reason: {@code ates.inbox.read}, {@code .skipped} and
 * {@code .dead.letters}.
 *
 * <p>Types and versions come from headers, which anybody may write: beyond the contract's own, {@value #MOST_STRANGERS}
 * are named, and the rest is {@code other}.
 */
final class ConsumerCounters {

    static final int MOST_STRANGERS = 20;

    private static final Label NONE = new Label("none", "none");
    private static final Label ERASED = new Label("erased", "none");
    private static final Label OTHER = new Label("other", "other");
    private static final Pattern TYPE = Pattern.compile("[A-Za-z][A-Za-z0-9._-]{0,99}");
    private static final Pattern VERSION = Pattern.compile(".*/v([1-9][0-9]{0,5})");

    private final String consumer;
    private final MeterRegistry meters;
    private final Map<Label, Counter> read = new ConcurrentHashMap<>();
    private final Set<Label> strangers = new HashSet<>();

    private record Label(String type, String version) {

        static Label of(EventType event) {
            return new Label(event.type(), Integer.toString(event.version()));
        }
    }

    ConsumerCounters(String consumer, MeterRegistry meters) {
        this.consumer = consumer;
        this.meters = meters;
        // From zero on, so that the first one is an increase.
        deadLetters(NONE, "none");
    }

    /** @param version in which the record came; null for an erasure */
    void read(@Nullable EventType version) {
        read.computeIfAbsent(version == null ? ERASED : Label.of(version), label -> Counter.builder("ates.inbox.read")
                .description("Records that the consumer has read, to apply them once").tags(tags(label))
                .register(meters)).increment();
    }

    void skipped(ConsumerRecord<byte[], byte[]> record, Reading.Reason reason) {
        Counter.builder("ates.inbox.skipped").description("Records that the consumer leaves out")
                .tags(tags(label(record)).and("reason", name(reason))).register(meters).increment();
    }

    void deadLetter(ConsumerRecord<byte[], byte[]> record, RuntimeException cause) {
        deadLetters(label(record), reason(cause)).increment();
    }

    private Counter deadLetters(Label label, String reason) {
        return Counter.builder("ates.inbox.dead.letters").description("Records that this instance has set aside")
                .tags(tags(label).and("reason", reason)).register(meters);
    }

    private Tags tags(Label label) {
        return Tags.of("consumer", consumer, "type", label.type(), "version", label.version());
    }

    private Label label(ConsumerRecord<byte[], byte[]> record) {
        var type = Envelope.get(record.headers(), Envelope.TYPE);
        if (type.isEmpty()) {
            return NONE;
        }
        if (!TYPE.matcher(type.get()).matches()) {
            return OTHER;
        }
        var version = Envelope.get(record.headers(), Envelope.DATA_SCHEMA).map(VERSION::matcher)
                .filter(match -> match.matches()).map(match -> match.group(1)).orElse("none");
        return bounded(new Label(type.get(), version));
    }

    private synchronized Label bounded(Label label) {
        if (EventType.all().stream().map(Label::of).anyMatch(label::equals) || strangers.contains(label)) {
            return label;
        }
        if (strangers.size() >= MOST_STRANGERS) {
            // Which of our own types comes in a version that is unknown here, is known in any case.
            return EventType.all().stream().anyMatch(event -> event.type().equals(label.type()))
                    ? new Label(label.type(), OTHER.version())
                    : OTHER;
        }
        strangers.add(label);
        return label;
    }

    private static String reason(RuntimeException cause) {
        return switch (cause) {
            case RefusedException refused -> name(refused.reason());
            case UnknownSchemaException _ -> "unknown_schema";
            case SerializationException _ -> "undecodable";
            default -> Stream.<Throwable>iterate(cause, each -> each != null, Throwable::getCause).limit(20)
                    .anyMatch(SQLException.class::isInstance) ? "database" : "failed";
        };
    }

    private static String name(Enum<?> reason) {
        return reason.name().toLowerCase(Locale.ROOT);
    }
}
