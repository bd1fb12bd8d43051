package com.uberpopug.ates.platform.events.inbox;

import com.uberpopug.ates.events.serde.Envelope;
import com.uberpopug.ates.platform.events.Failure;
import com.uberpopug.ates.platform.events.CachedGauge;
import com.uberpopug.ates.platform.events.LoggedFact;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where records go that no retry will help: a table of the service's own database, for 30 days, as they came. They are
 * written in the transaction that decides about them, so that none is lost and none is there twice.
 */
final class DeadLetters {

    private static final Logger log = LoggerFactory.getLogger(DeadLetters.class);
    private static final int MAX_CAUSE_LENGTH = 2_000;
    private static final int MAX_TYPE_LENGTH = 200;
    private static final int MAX_COUNTED = 10_000;
    private static final int LOGGED_KEY_LENGTH = 100;
    private static final Instant LAST_TIME = Instant.parse("9999-12-31T23:59:59Z");
    /** PostgreSQL takes no NUL in a text, and UTF-8 has no half of a surrogate pair. */
    private static final Pattern NO_TEXT = Pattern.compile("[\\x00\\x{D800}-\\x{DFFF}]");

    private final DeadLetterTable table;
    private final MeterRegistry meters;

    DeadLetters(DeadLetterTable table, MeterRegistry meters) {
        this.table = table;
        this.meters = meters;
    }

    /** A record that cannot be applied, and why. */
    record Failed(ConsumerRecord<byte[], byte[]> record, RuntimeException cause) {
    }

    /**
     * Keeps records, within the transaction that decides about them.
     *
     * @return those that were not kept before: a batch that is retried comes by again
     */
    List<Failed> keep(Collection<Failed> failed, String consumer) {
        var kept = new ArrayList<Failed>();
        for (var each : failed) {
            var record = LargeValueDeserializer.whole(each.record());
            var type = Envelope.get(record.headers(), Envelope.TYPE).map(text -> plain(text, MAX_TYPE_LENGTH));
            if (table.add(consumer, new DeadLetterTable.Letter(record, EventReader.factId(record).orElse(null),
                    type.orElse(null), occurredAt(record), plain(Failure.describe(each.cause()), MAX_CAUSE_LENGTH)))) {
                kept.add(each);
            }
        }
        return kept;
    }

    /** Says loudly what was kept, once that is through. */
    void report(List<Failed> kept, String consumer) {
        for (var each : kept) {
            var record = each.record();
            try (var _ = new LoggedFact(EventReader.factId(record).orElse(null),
                    Envelope.get(record.headers(), Envelope.TRACEPARENT).orElse(null))) {
                log.error("{} cannot apply {}-{}@{} (key {}): it is now dead letter {}", consumer, record.topic(),
                        record.partition(), record.offset(), loggable(record.key()),
                        new DeadLetter.Id(consumer, record.partition(), record.offset()), each.cause());
            }
        }
    }

    private static @Nullable Instant occurredAt(ConsumerRecord<?, ?> record) {
        try {
            return Envelope.get(record.headers(), Envelope.TIME).map(Instant::parse)
                    .filter(time -> time.isAfter(Instant.EPOCH) && time.isBefore(LAST_TIME)).orElse(null);
        } catch (DateTimeException e) {
            return null;
        }
    }

    static String plain(String text, int length) {
        return NO_TEXT.matcher(text.substring(0, Math.min(text.length(), length))).replaceAll("\uFFFD");
    }

    private static String loggable(byte @Nullable [] key) {
        return key == null
                ? "none"
                : new String(key, 0, Math.min(key.length, LOGGED_KEY_LENGTH), StandardCharsets.UTF_8)
                        .replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]", "\uFFFD");
    }

    /** Has the consumer's figure shown. */
    void register(String consumer) {
        var waiting = new CachedGauge<>(() -> table.countWaiting(consumer, MAX_COUNTED));
        Gauge.builder("ates.inbox.dead.letters.waiting", () -> waiting.value(Integer::doubleValue))
                .description("What was set aside in the last 30 days and neither applied nor discarded, up to 10,000")
                .tag("consumer", consumer).register(meters);
    }

    /** Whether an admin has given up on it; none does any more until this transaction ends. */
    boolean isDiscarded(ConsumerRecord<byte[], byte[]> record, String consumer) {
        return table.lockIfDiscarded(DeadLetter.Key.of(record, consumer));
    }

    /** Whether the consumer has set a record of this fact aside, whatever became of it. */
    boolean isOf(UUID factId, String consumer) {
        return table.isOf(factId, consumer);
    }

    /** Removes the records of keys that are erased, within the transaction that applies the erasures. */
    void erase(Collection<String> keys, Collection<UUID> erasures) {
        table.erase(keys.stream().map(key -> key.getBytes(StandardCharsets.UTF_8)).toList(), erasures);
    }
}
