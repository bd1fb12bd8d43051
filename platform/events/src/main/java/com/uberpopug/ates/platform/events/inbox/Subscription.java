package com.uberpopug.ates.platform.events.inbox;

import static java.util.Objects.requireNonNull;

import com.uberpopug.ates.events.EventType;
import com.uberpopug.ates.events.serde.UnknownSchemaException;
import com.uberpopug.ates.platform.events.Failure;
import com.uberpopug.ates.platform.events.LoggedFact;
import com.uberpopug.ates.platform.events.Traces;
import com.uberpopug.ates.platform.events.inbox.DeadLetters.Failed;
import com.uberpopug.ates.platform.events.inbox.EventReader.Reading;
import com.uberpopug.ates.platform.events.inbox.Received.Erased;
import io.micrometer.tracing.Span;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.DefaultTransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * One consumer of one topic: applies each fact once, a batch in one transaction.
 *
 * <p>A batch that fails for its content is tried again record by record; a record that fails alone becomes a dead
 * letter and the rest goes on. What fails because something is away is thrown, and the container retries the batch for
 * ever: the inbox drops what was applied before.
 */
public final class Subscription {

    private static final Logger log = LoggerFactory.getLogger(Subscription.class);
    /** Decoded records that are applied together, so that a batch of large ones fits into the heap. */
    private static final int MAX_BATCH_BYTES = 16 << 20;
    /** Between two attempts, with what an attempt itself may take. */
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(2);

    private final String consumer;
    private final EventReader reader;
    private final SchemaPatience patience;
    private final Consumer<List<Received>> apply;
    private final AppliedFacts applied;
    private final DeadLetters deadLetters;
    private final TransactionTemplate transaction;
    private final Traces traces;
    private final ConsumerCounters counters;
    private final Map<Thread, Waiting> waiting = new ConcurrentHashMap<>();
    /** Since when each thread works on the batch that it has. */
    private final Map<Thread, Long> working = new ConcurrentHashMap<>();

    Subscription(String consumer, EventReader reader, SchemaPatience patience, Consumer<List<Received>> apply,
            AppliedFacts applied, DeadLetters deadLetters, TransactionTemplate transaction, Traces traces,
            ConsumerCounters counters) {
        this.consumer = consumer;
        this.reader = reader;
        this.patience = patience;
        this.apply = apply;
        this.applied = applied;
        this.deadLetters = deadLetters;
        this.transaction = transaction;
        this.traces = traces;
        this.counters = counters;
    }

    /** A batch that cannot be applied now: since when, the last attempt, and why. */
    private record Waiting(long sinceNanos, long lastNanos, String reason) {
    }

    /** A record with its fact, the version in which it came, and the span of its processing where it is traced. */
    private record Readable(ConsumerRecord<byte[], byte[]> record, @Nullable EventType version, boolean isRepeated,
            Received fact, @Nullable Span span) {

        void end() {
            if (span != null) {
                span.end();
            }
        }
    }

    /**
     * Applies a batch.
     *
     * @param records as polled, at most a few thousand; their order within a partition is kept
     * @throws RuntimeException where something is away: nothing of the batch, or a part of it, was applied, and the
     *                          same batch is to be given again
     */
    public void receive(List<ConsumerRecord<byte[], byte[]>> records) {
        var thread = Thread.currentThread();
        working.put(thread, System.nanoTime());
        try {
            readAndApply(records);
            waiting.remove(thread);
        } catch (RuntimeException away) {
            long now = System.nanoTime();
            waiting.merge(thread, new Waiting(now, now, NestedExceptionUtils.getMostSpecificCause(away).toString()),
                    (before, latest) -> new Waiting(before.sinceNanos(), now, latest.reason()));
            log.warn("{} waits with {} records: {}", consumer, records.size(),
                    NestedExceptionUtils.getMostSpecificCause(away).toString());
            throw away;
        } finally {
            working.remove(thread);
        }
    }

    /**
     * Why a batch has waited for so long, because it is tried again and again or has not ended; empty where none does.
     */
    Optional<String> waitingFor(Duration atLeast) {
        long now = System.nanoTime();
        var longest = working.values().stream().mapToLong(since -> now - since).max().orElse(0);
        if (longest >= atLeast.toNanos()) {
            return Optional.of("a batch has been in progress for " + Duration.ofNanos(longest).toSeconds() + " s");
        }
        // Another instance may have got the partition, and tries there.
        waiting.values().removeIf(each -> now - each.lastNanos() > LONGEST_PAUSE.toNanos());
        return waiting.values().stream().filter(each -> now - each.sinceNanos() >= atLeast.toNanos())
                .map(Waiting::reason).findFirst();
    }

    private void readAndApply(List<ConsumerRecord<byte[], byte[]>> records) {
        var readable = new ArrayList<Readable>(records.size());
        var unreadable = new ArrayList<Failed>();
        long bytes = 0;
        for (var polled : records) {
            try {
                var record = LargeValueDeserializer.whole(polled);
                switch (reader.read(record)) {
                    case Reading.Fact fact -> {
                        readable.add(traced(record, fact));
                        bytes += Math.max(0, record.serializedValueSize());
                    }
                    case Reading.Skipped(var reason) -> skipped(record, reason);
                }
            } catch (RuntimeException e) {
                if (e instanceof UnknownSchemaException ? patience.isLeft() : Failure.willPass(e)) {
                    // The records before one that cannot be read now do not wait for it.
                    applyAll(readable, unreadable);
                    throw e;
                }
                unreadable.add(new Failed(polled, e));
            }
            if (bytes > MAX_BATCH_BYTES) {
                applyAll(readable, unreadable);
                readable.clear();
                unreadable.clear();
                bytes = 0;
            }
        }
        applyAll(readable, unreadable);
    }

    /** The result of the replay of a dead letter. */
    sealed interface Replay {

        /** It was applied, or in a dry run would have been. */
        record Applied() implements Replay {
        }

        /** The fact had been applied before. */
        record AppliedBefore() implements Replay {
        }

        /** An admin had given up on it. */
        record Discarded() implements Replay {
        }

        /** This consumer does not react to such a record, or not any more. */
        record NotHandled() implements Replay {
        }

        /** It fails for its content, as before or otherwise. */
        record Refused(RuntimeException cause) implements Replay {
        }
    }

    /**
     * Gives a record again that was set aside; it is applied once, and remembered as such, in one transaction.
     *
     * @param record as it once came
     * @param dryRun goes all the way, and back again
     * @param replayed is called in the transaction that applies it
     * @throws RuntimeException where something is away: nothing was applied
     */
    Replay replay(ConsumerRecord<byte[], byte[]> record, boolean dryRun, Runnable replayed) {
        try {
            return switch (reader.read(record)) {
                case Reading.Fact fact -> replay(traced(record, fact), dryRun, replayed);
                case Reading.Skipped _ -> new Replay.NotHandled();
            };
        } catch (RuntimeException e) {
            // A replay does not wait for a schema to be registered: it can be repeated.
            if (Failure.willPass(e) && !(e instanceof UnknownSchemaException)) {
                throw e;
            }
            return new Replay.Refused(e);
        }
    }

    private Replay replay(Readable readable, boolean dryRun, Runnable replayed) {
        try {
            return (dryRun ? apart() : transaction).execute(status -> {
                if (deadLetters.isDiscarded(readable.record(), consumer)) {
                    return new Replay.Discarded();
                }
                if (applied.remember(consumer, List.of(readable.fact().factId())).isEmpty()) {
                    return new Replay.AppliedBefore();
                }
                apply(List.of(readable.fact()));
                replayed.run();
                if (dryRun) {
                    status.flush();
                    status.setRollbackOnly();
                }
                return new Replay.Applied();
            });
        } finally {
            readable.end();
        }
    }

    /** A transaction that is rolled back without one that may be around it, such as that of an idempotency key. */
    private TransactionTemplate apart() {
        return new TransactionTemplate(requireNonNull(transaction.getTransactionManager()),
                new DefaultTransactionDefinition(TransactionDefinition.PROPAGATION_REQUIRES_NEW));
    }

    /**
     * Reads a record without applying it; empty where this consumer does not handle its type. A fact in several versions
     * comes as often: the newer one may be the one that cannot be read or applied.
     *
     * @throws RuntimeException where its content is wrong or something is away
     */
    Optional<Received> read(ConsumerRecord<byte[], byte[]> record) {
        return reader.read(LargeValueDeserializer.whole(record)).inAnyVersion();
    }

    /** Applies facts without the inbox, in the caller's transaction, each once. */
    void reapply(Collection<Received> facts) {
        var distinct = new LinkedHashMap<UUID, Received>();
        facts.forEach(fact -> distinct.putIfAbsent(fact.factId(), fact));
        if (!distinct.isEmpty()) {
            apply.accept(List.copyOf(distinct.values()));
        }
    }

    private Readable traced(ConsumerRecord<byte[], byte[]> record, Reading.Fact fact) {
        return traces.begin(record, consumer)
                .map(span -> new Readable(record, fact.version(), fact.isRepeated(),
                        fact.received().in(traces.traceparent(span)), span))
                .orElse(new Readable(record, fact.version(), fact.isRepeated(), fact.received(), null));
    }

    private void skipped(ConsumerRecord<byte[], byte[]> record, Reading.Reason reason) {
        counters.skipped(record, reason);
        log.trace("{} skips {}-{}@{}: {}", consumer, record.topic(), record.partition(), record.offset(), reason);
    }

    private void applyAll(List<Readable> batch, List<Failed> unreadable) {
        Set<Received> unseen = Collections.newSetFromMap(new IdentityHashMap<>());
        try {
            unseen.addAll(applyTogether(batch, unreadable));
        } catch (RuntimeException e) {
            if (Failure.willPass(e)) {
                throw e;
            }
            if (batch.size() > 1) {
                log.warn("A batch of {} records of {} failed and is tried record by record: {}", batch.size(), consumer,
                        e.toString());
            }
            applyTogether(List.of(), unreadable);
            batch.forEach(readable -> unseen.addAll(applyAlone(readable)));
        } finally {
            batch.forEach(Readable::end);
        }
        batch.forEach(readable -> {
            if (readable.isRepeated() && !unseen.contains(readable.fact())) {
                skipped(readable.record(), Reading.Reason.OTHER_VERSION);
            } else {
                counters.read(readable.version());
                logged(readable.fact());
            }
        });
    }

    /** For who follows a fact: the logger of this class on debug. */
    private void logged(Received fact) {
        if (log.isDebugEnabled()) {
            try (var _ = new LoggedFact(fact.factId(), fact.traceparent())) {
                log.debug("{} has applied {} of {}", consumer, fact.event().getClass().getSimpleName(), fact.key());
            }
        }
    }

    private List<Received> applyAlone(Readable readable) {
        try {
            return applyTogether(List.of(readable), List.of());
        } catch (RuntimeException e) {
            if (Failure.willPass(e)) {
                throw e;
            }
            // One letter of a fact: whoever discards it means all its versions.
            return readable.isRepeated() && deadLetters.isOf(readable.fact().factId(), consumer)
                    ? List.of()
                    : applyTogether(List.of(), List.of(new Failed(readable.record(), e)));
        }
    }

    /** The facts that were not applied before. */
    private List<Received> applyTogether(List<Readable> batch, List<Failed> failed) {
        if (batch.isEmpty() && failed.isEmpty()) {
            return List.of();
        }
        var facts = new LinkedHashMap<UUID, Received>();
        batch.forEach(readable -> facts.putIfAbsent(readable.fact().factId(), readable.fact()));
        var unseen = new ArrayList<Received>();
        var kept = requireNonNull(transaction.execute(_ -> {
            var letters = deadLetters.keep(failed, consumer);
            if (!facts.isEmpty()) {
                var fresh = new HashSet<>(applied.remember(consumer, facts.keySet()));
                facts.values().stream().filter(fact -> fresh.contains(fact.factId())).forEach(unseen::add);
                apply(unseen);
            }
            return letters;
        }));
        deadLetters.report(kept, consumer);
        kept.forEach(letter -> counters.deadLetter(letter.record(), letter.cause()));
        return unseen;
    }

    private void apply(List<Received> unseen) {
        if (unseen.isEmpty()) {
            return;
        }
        // Of a batch, no line is about one fact.
        var first = unseen.getFirst();
        try (var _ = unseen.size() == 1
                ? new LoggedFact(first.factId(), first.traceparent())
                : new LoggedFact(null, null)) {
            apply.accept(unseen);
        }
        var erased = unseen.stream().filter(fact -> fact.event() instanceof Erased).toList();
        if (!erased.isEmpty()) {
            deadLetters.erase(erased.stream().map(Received::key).toList(),
                    erased.stream().map(Received::factId).toList());
        }
    }

    /**
     * How long a consumer waits for schema ids that the registry does not know, because they may yet be registered.
     *
     * <p>All that come within ten times the patience share one wait: a tenth of the time at most is spent in waiting,
     * however many ids are sent. Half a minute at least, so that a short wait is over when the batch is tried again.
     */
    static final class SchemaPatience {

        private static final Duration LONGER_THAN_BETWEEN_ATTEMPTS = Duration.ofSeconds(30);

        private final Duration patience;
        private final Duration shared;
        private final Clock clock;
        private @Nullable Instant waitingSince;

        SchemaPatience(Duration patience, Clock clock) {
            this.patience = patience;
            this.clock = clock;
            var tenfold = patience.multipliedBy(10);
            shared = tenfold.compareTo(LONGER_THAN_BETWEEN_ATTEMPTS) > 0 ? tenfold : LONGER_THAN_BETWEEN_ATTEMPTS;
        }

        /** Whether to wait for an id that is unknown now. */
        synchronized boolean isLeft() {
            var now = clock.instant();
            if (waitingSince == null || !now.isBefore(waitingSince.plus(shared))) {
                waitingSince = now;
            }
            return now.isBefore(waitingSince.plus(patience));
        }
    }
}
