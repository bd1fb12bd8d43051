package com.uberpopug.ates.analytics.projection;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toSet;

import com.uberpopug.ates.platform.events.Failure;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.inbox.History;
import com.uberpopug.ates.platform.events.inbox.History.Chunk;
import com.uberpopug.ates.platform.events.inbox.History.Entry;
import com.uberpopug.ates.platform.events.inbox.History.Positions;
import com.uberpopug.ates.platform.events.inbox.History.Source;
import com.uberpopug.ates.platform.events.inbox.History.UnavailableException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Builds all projections anew from the topics, beside the serving tables, and then gives those the rows that differ.
 *
 * <p>It applies facts as the consumers do, but without the inbox, which remembers the facts of the serving tables. After
 * the switch these hold every fact of the inbox, because it reads the topics to their ends while no consumer applies a
 * fact. They may hold facts that a consumer is still to apply, and each counts once, as with any replay.
 */
@Component
class RunRebuild {

    private static final Logger log = LoggerFactory.getLogger(RunRebuild.class);
    /** More than single forged records: the schema registry may have lost its schemas. */
    private static final int MOST_FAILURES = 1_000;
    /** Records that are read in well under a second, while no consumer applies a fact. */
    private static final long FEW = 5_000;
    private static final int MOST_CATCH_UPS = 20;
    private static final int MOST_SWITCHES = 5;

    private final History history;
    private final Projections projections;
    private final Rebuilds rebuilds;
    private final TransactionTemplate transaction;

    RunRebuild(History history, Projections projections, Rebuilds rebuilds, TransactionTemplate transaction) {
        this.history = history;
        this.projections = projections;
        this.rebuilds = rebuilds;
        this.transaction = transaction;
    }

    /** One run from the topics' beginnings. */
    private static final class Attempt {
        private final UUID id = Ids.next();
        private final UUID rebuild;
        private final BooleanSupplier goesOn;
        /** Facts that the attempt before had left out, though a consumer has applied them. */
        private final Set<UUID> watched;
        private final Set<UUID> watchedAndApplied = new HashSet<>();
        /** The facts of the records that were left out, by consumer. */
        private final Map<String, Set<UUID>> leftOut = new HashMap<>();
        private Positions positions = Positions.NONE;
        private long read;
        private long total;
        private long deadLetters;
        private long failures;

        private Attempt(UUID rebuild, BooleanSupplier goesOn, Set<UUID> watched) {
            this.rebuild = rebuild;
            this.goesOn = goesOn;
            this.watched = watched;
        }
    }

    /** The instance shuts down, the server has crashed, or another instance has begun. */
    private static final class EndedException extends RuntimeException {
        EndedException(String message) {
            super(message);
        }
    }

    /**
     * A consumer has applied facts of records that were left out: from other records, or from a dead letter that was
     * replayed meanwhile.
     */
    private static final class AppliedException extends RuntimeException {

        private final Set<UUID> facts;

        AppliedException(Set<UUID> facts) {
            super(facts.size() + " facts of records that were left out are applied");
            this.facts = facts;
        }
    }

    /** The rebuild cannot succeed. */
    private static final class HopelessException extends RuntimeException {
        HopelessException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * Runs a rebuild to its end.
     *
     * @param goesOn is called between two transactions; false ends the call
     * @return whether the rebuild is finished; if not, it begins again with the next call
     * @throws RuntimeException where something is away
     */
    boolean run(UUID rebuild, BooleanSupplier goesOn) {
        try {
            runAttempts(rebuild, goesOn);
            return true;
        } catch (EndedException e) {
            log.info("Rebuild {} begins again: {}", rebuild, e.getMessage());
            return false;
        } catch (RuntimeException e) {
            if (!goesOn.getAsBoolean() || Thread.currentThread().isInterrupted()) {
                log.info("Rebuild {} begins again: this instance shuts down", rebuild, e);
                return false;
            }
            if (e instanceof UnavailableException away ? away.willPass() : Failure.willPass(e)) {
                report(e, problem -> rebuilds.waitBecause(rebuild, problem));
                throw e;
            }
            log.error("Rebuild {} has failed", rebuild, e);
            report(e, problem -> rebuilds.fail(rebuild, problem));
            return true;
        }
    }

    private void runAttempts(UUID rebuild, BooleanSupplier goesOn) {
        var watched = Set.<UUID>of();
        while (true) {
            var attempt = new Attempt(rebuild, goesOn, watched);
            try {
                if (start(attempt)) {
                    read(attempt);
                    switchOver(attempt);
                    emptyIfOwn(attempt);
                    log.info("Rebuild {} is finished", rebuild);
                }
                return;
            } catch (AppliedException e) {
                log.info("Rebuild {} begins again: {}", rebuild, e.getMessage());
                watched = Stream.concat(watched.stream(), e.facts.stream()).collect(toSet());
            }
        }
    }

    private static void report(RuntimeException failure, Consumer<String> report) {
        try {
            report.accept(failure instanceof UnavailableException || failure instanceof HopelessException
                    ? requireNonNull(failure.getMessage())
                    : Failure.describe(failure));
        } catch (RuntimeException databaseAway) {
            failure.addSuppressed(databaseAway);
            throw failure;
        }
    }

    private boolean start(Attempt attempt) {
        return requireNonNull(transaction.execute(status -> {
            // First the tables, then the rebuild's row, as each chunk locks them.
            projections.empty(attempt.id);
            boolean started = rebuilds.start(attempt.rebuild);
            if (!started) {
                status.setRollbackOnly();
            }
            return started;
        }));
    }

    /** Frees the space; after a failed or crashed rebuild the next one does. */
    private void emptyIfOwn(Attempt attempt) {
        transaction.executeWithoutResult(_ -> {
            if (projections.claim(attempt.id)) {
                projections.empty(Ids.next());
            }
        });
    }

    private void read(Attempt attempt) {
        for (int pass = 0; pass < MOST_CATCH_UPS; pass++) {
            long before = attempt.read;
            attempt.positions = ReadAhead.read(history, sources(), attempt.positions, chunk -> store(attempt, chunk));
            if (attempt.read - before <= FEW) {
                return;
            }
        }
    }

    private List<Source> sources() {
        return Projections.CONSUMERS.entrySet().stream()
                .map(each -> new Source(each.getValue(), history.mark(each.getKey()))).toList();
    }

    private void store(Attempt attempt, Chunk chunk) {
        try {
            transaction.executeWithoutResult(_ -> {
                claim(attempt);
                projections.commitWithoutWaiting();
                var counts = new Counts(attempt);
                applyAll(counts, chunk);
                rebuilds.progress(attempt.rebuild, chunk.read(), chunk.total(), counts.deadLetters, counts.failures);
                counts.keep(chunk);
            });
        } catch (RuntimeException e) {
            if (isFinal(e) || Failure.willPass(e)) {
                throw e;
            }
            storeInParts(attempt, chunk);
        }
    }

    private static boolean isFinal(RuntimeException e) {
        return e instanceof EndedException || e instanceof AppliedException || e instanceof HopelessException;
    }

    private void storeInParts(Attempt attempt, Chunk chunk) {
        var counts = new Counts(attempt);
        chunk.entries().forEach(
                (consumer, entries) -> storeHalves(counts, consumer, applicable(counts, consumer, entries)));
        transaction.executeWithoutResult(_ -> {
            claim(attempt);
            rebuilds.progress(attempt.rebuild, chunk.read(), chunk.total(), counts.deadLetters, counts.failures);
        });
        counts.keep(chunk);
    }

    /** Halves what fails until a single record does. */
    private void storeHalves(Counts counts, String consumer, List<Entry> entries) {
        try {
            transaction.executeWithoutResult(_ -> {
                claim(counts.attempt);
                projections.commitWithoutWaiting();
                history.apply(consumer, entries.stream().map(entry -> requireNonNull(entry.fact())).toList());
            });
        } catch (RuntimeException e) {
            if (isFinal(e) || Failure.willPass(e)) {
                throw e;
            }
            if (entries.size() == 1) {
                leaveOut(counts, consumer, entries.getFirst(), e);
            } else {
                int half = entries.size() / 2;
                storeHalves(counts, consumer, entries.subList(0, half));
                storeHalves(counts, consumer, entries.subList(half, entries.size()));
            }
        }
    }

    private void claim(Attempt attempt) {
        if (!attempt.goesOn.getAsBoolean()) {
            throw new EndedException("this instance shuts down");
        }
        if (!projections.claim(attempt.id)) {
            throw new EndedException("its tables were emptied, by another instance or by a crash of the server");
        }
        projections.buildAnew();
    }

    private void applyAll(Counts counts, Chunk chunk) {
        chunk.entries().forEach((consumer, entries) -> history.apply(consumer, applicable(counts, consumer, entries)
                .stream().map(entry -> requireNonNull(entry.fact())).toList()));
    }

    /** The serving tables lack dead letters, too; a record that no consumer has reached yet may become one. */
    private List<Entry> applicable(Counts counts, String consumer, List<Entry> entries) {
        return entries.stream().filter(entry -> {
            if (entry.isSetAside() || entry.isDiscarded()) {
                counts.deadLetters++;
                counts.remember(consumer, entry);
                return false;
            }
            if (entry.fact() != null) {
                if (counts.attempt.watched.contains(entry.fact().factId())) {
                    counts.attempt.watchedAndApplied.add(entry.fact().factId());
                }
                return true;
            }
            if (entry.isConsumed()) {
                leaveOut(counts, consumer, entry, null);
            } else {
                counts.remember(consumer, entry);
            }
            return false;
        }).toList();
    }

    private void leaveOut(Counts counts, String consumer, Entry entry, @Nullable RuntimeException cause) {
        counts.attempt.watchedAndApplied.remove(entry.factId());
        counts.remember(consumer, entry);
        counts.failures++;
        if (counts.failures > MOST_FAILURES) {
            throw new HopelessException("More than %,d records cannot be read or applied, %s among them".formatted(
                    MOST_FAILURES, entry.recordPosition()), cause);
        }
        log.warn("The rebuild leaves out {}, which {} cannot {}", entry.recordPosition(), consumer,
                cause == null ? "read" : "apply", cause);
    }

    private void switchOver(Attempt attempt) {
        for (int attempts = 1;; attempts++) {
            try {
                transaction.executeWithoutResult(_ -> {
                    claim(attempt);
                    projections.takeTime();
                    projections.stopConsumers();
                    var counts = new Counts(attempt);
                    // The server ends the transaction, and the consumers go on, where the broker sends nothing for five
                    // seconds.
                    history.read(sources(), attempt.positions, chunk -> {
                        applyAll(counts, chunk);
                        rebuilds.progress(attempt.rebuild, chunk.read(), chunk.total(), counts.deadLetters,
                                counts.failures);
                    });
                    requireAllApplied(attempt);
                    if (!rebuilds.finish(attempt.rebuild, projections.serveBuilt())) {
                        throw new EndedException("it was ended meanwhile");
                    }
                });
                return;
            } catch (RuntimeException e) {
                if (isFinal(e) || attempts == MOST_SWITCHES
                        || e instanceof UnavailableException away && !away.willPass()) {
                    throw e;
                }
                log.warn("Switch {} of rebuild {} is repeated: {}", attempts, attempt.rebuild, Failure.describe(e));
                read(attempt);
            }
        }
    }

    /** Every fact that the inbox remembers has to be in the rows that are served from now on. */
    private void requireAllApplied(Attempt attempt) {
        var missing = new HashSet<UUID>();
        attempt.leftOut.forEach((consumer, facts) -> missing.addAll(history.applied(consumer, facts)));
        missing.removeAll(attempt.watchedAndApplied);
        if (attempt.watched.stream().anyMatch(missing::contains)) {
            throw new HopelessException(
                    "%,d facts, %s among them, were applied once, and no record of them can be applied any more"
                            .formatted(missing.size(), missing.iterator().next()),
                    null);
        }
        if (!missing.isEmpty()) {
            throw new AppliedException(missing);
        }
    }

    /** What a transaction has left out, which counts once it is committed. */
    private static final class Counts {
        private final Attempt attempt;
        private long deadLetters;
        private long failures;

        private Counts(Attempt attempt) {
            this.attempt = attempt;
            deadLetters = attempt.deadLetters;
            failures = attempt.failures;
        }

        private void remember(String consumer, Entry entry) {
            if (entry.factId() != null) {
                attempt.leftOut.computeIfAbsent(consumer, _ -> new HashSet<>()).add(entry.factId());
            }
        }

        private void keep(Chunk chunk) {
            attempt.deadLetters = deadLetters;
            attempt.failures = failures;
            attempt.read = chunk.read();
            attempt.total = chunk.total();
        }
    }
}
