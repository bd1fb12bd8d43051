package com.uberpopug.ates.platform.events.inbox;

import static java.util.Objects.requireNonNull;

import com.uberpopug.ates.events.serde.AvroDeserializer;
import com.uberpopug.ates.platform.events.inbox.DeadLetter.Id;
import com.uberpopug.ates.platform.events.inbox.DeadLetterTable.Kept;
import com.uberpopug.ates.platform.events.inbox.Subscription.Replay;
import com.uberpopug.ates.platform.events.security.SecurityEntry;
import com.uberpopug.ates.platform.events.security.SecurityKind;
import com.uberpopug.ates.platform.events.security.SecurityLog;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionTemplate;

/** The dead letters of the last 30 days: admins list and read them, replay each once, or discard it. */
public final class StoredDeadLetters {

    private static final Logger log = LoggerFactory.getLogger(StoredDeadLetters.class);

    private final DeadLetterTable table;
    private final Inbox inbox;
    private final AvroDeserializer deserializer;
    private final SecurityLog securityLog;
    private final TransactionTemplate transaction;

    StoredDeadLetters(DeadLetterTable table, Inbox inbox, AvroDeserializer deserializer,
            SecurityLog securityLog, TransactionTemplate transaction) {
        this.table = table;
        this.inbox = inbox;
        this.deserializer = deserializer;
        this.securityLog = securityLog;
        this.transaction = transaction;
    }

    /** The position in the list after which the next page starts: the last letter of the page before. */
    public record Before(Instant failedAt, long sortId) {
    }

    /**
     * A dead letter with its record.
     *
     * @param record       as it came; without key, value and headers where it was too large to be stored
     * @param event        the decoded value; null where there is none or it cannot be decoded
     * @param reason       why the value cannot be decoded; null where it can
     * @param leftOutBytes the size of a record that was too large to be stored; 0 for all others
     */
    public record Content(DeadLetter letter, ConsumerRecord<byte[], byte[]> record, @Nullable SpecificRecord event,
            @Nullable String reason, long leftOutBytes) {
    }

    /** The result of a replay or a discard. */
    public sealed interface Outcome {

        /** Replayed; in a dry run, it would succeed. */
        record Applied() implements Outcome {
        }

        record Discarded(DeadLetter letter) implements Outcome {
        }

        /** The fact has been applied before. */
        record AppliedBefore() implements Outcome {
        }

        /** An admin has discarded the letter before. */
        record DiscardedBefore() implements Outcome {
        }

        /** This service has no such consumer, or the consumer does not handle the event type. */
        record NotHandled(String reason) implements Outcome {
        }

        /** The record was too large to be stored; it is still in its topic. */
        record NotStored(String reason) implements Outcome {
        }

        record FailedAgain(RuntimeException cause) implements Outcome {
        }

        /** There is no dead letter of this id. */
        record Unknown() implements Outcome {
        }
    }

    /** At most {@code limit} letters, the newest first. */
    public List<DeadLetter> list(Optional<Before> before, int limit) {
        return table.list(before, limit);
    }

    /** The letter with its record; empty where there is no such letter. */
    public Optional<Content> find(Id id) {
        return table.find(id).flatMap(letter -> table.record(letter.key()).map(kept -> content(letter, kept)));
    }

    private Content content(DeadLetter letter, Kept kept) {
        var record = kept.record();
        if (!kept.isWhole()) {
            return new Content(letter, record, null, notStored(kept), kept.leftOutBytes());
        }
        if (record.value() == null) {
            return new Content(letter, record, null, null, 0);
        }
        try {
            return new Content(letter, record,
                    deserializer.deserialize(record.topic(), record.headers(), record.value()), null, 0);
        } catch (RuntimeException e) {
            return new Content(letter, record, null, String.valueOf(e.getMessage()), 0);
        }
    }

    /**
     * Applies the record by the consumer that could not apply it before.
     *
     * @param dryRun whether the transaction is rolled back, whatever its result
     */
    public Outcome replay(Id id, boolean dryRun, UUID admin) {
        var outcome = table.find(id).map(letter -> replay(letter, dryRun, admin)).orElseGet(Outcome.Unknown::new);
        log.info("{} requested a {}replay of dead letter {}: {}", admin, dryRun ? "dry " : "", id, outcome);
        return outcome;
    }

    private Outcome replay(DeadLetter letter, boolean dryRun, UUID admin) {
        if (letter.state().equals(DeadLetter.DISCARDED)) {
            return new Outcome.DiscardedBefore();
        }
        var name = letter.key().consumer();
        var consumer = inbox.subscription(name).orElse(null);
        if (consumer == null) {
            return new Outcome.NotHandled("There is no consumer " + name + " here any more");
        }
        var kept = table.record(letter.key()).orElse(null);
        if (kept == null) {
            return new Outcome.Unknown();
        }
        if (!kept.isWhole()) {
            return new Outcome.NotStored(notStored(kept));
        }
        return switch (consumer.replay(kept.record(), dryRun,
                () -> securityLog.record(SecurityEntry.done(SecurityKind.DEAD_LETTER_REPLAYED).by(admin)
                        .of(letter.id())))) {
            case Replay.Applied() -> new Outcome.Applied();
            case Replay.AppliedBefore() -> new Outcome.AppliedBefore();
            case Replay.Discarded() -> new Outcome.DiscardedBefore();
            case Replay.NotHandled() -> new Outcome.NotHandled(name + " does not handle this event type");
            case Replay.Refused(var cause) -> new Outcome.FailedAgain(cause);
        };
    }

    /** Marks the letter as discarded: it does not wait any longer, and is not replayed any more. */
    public Outcome discard(Id id, UUID admin) {
        return requireNonNull(transaction.execute(status -> {
            var letter = table.find(id);
            if (letter.isEmpty()) {
                return new Outcome.Unknown();
            }
            if (!table.discard(letter.get().key(), admin)) {
                return new Outcome.DiscardedBefore();
            }
            // Read again under the row's lock: a replay in another transaction has ended by now.
            var now = table.find(id);
            if (now.isEmpty() || now.get().state().equals(DeadLetter.PROCESSED)) {
                status.setRollbackOnly();
                return now.isEmpty() ? new Outcome.Unknown() : new Outcome.AppliedBefore();
            }
            securityLog.record(SecurityEntry.done(SecurityKind.DEAD_LETTER_DISCARDED).by(admin).of(id));
            log.info("{} has discarded dead letter {}", admin, id);
            return new Outcome.Discarded(now.get());
        }));
    }

    private static String notStored(Kept kept) {
        return "The record has %d bytes, more than the %d that are kept of one; it is where it came from"
                .formatted(kept.leftOutBytes(), DeadLetterTable.MAX_KEPT_BYTES);
    }
}
