package com.uberpopug.ates.accounting.check;

import com.uberpopug.ates.accounting.check.LedgerCheck.Difference;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Checks of the ledger on demand, at most two at once on an instance, and the result of the last nightly one. */
@Component
class LedgerChecks {

    /** A check holds one of the twenty database connections for its whole duration. */
    static final int MAX_CHECKS = 2;
    static final Duration PAUSE = Duration.ofSeconds(10);

    private final LedgerCheck check;
    private final JdbcClient db;
    private final Clock clock;
    private final Semaphore free = new Semaphore(MAX_CHECKS);

    LedgerChecks(LedgerCheck check, JdbcClient db, Clock clock) {
        this.check = check;
        this.db = db;
        this.clock = clock;
    }

    /**
     * What a check of the ledger has found.
     *
     * @param checkedAt   when it began
     * @param clean       whether there is no difference, and nothing that could not be compared
     * @param events      how many fees and rewards events told of; null where they were not compared with
     * @param notCompared why the events could not be compared with; null where they were, or nobody asked for it
     * @param allListed   whether there are no more differences than are listed: of each rule, the first 1,000
     * @param differences what is not as it should be
     * @param discarded   events of which nothing came because an admin has discarded them as dead letters, which is no
     *                    difference; at most 1,000
     */
    record LedgerCheckResult(Instant checkedAt, boolean clean, @Nullable Long events,
            @Schema(example = "The events of ates.tasks cannot be read now: the broker is away") @Nullable String notCompared,
            boolean allListed, List<Difference> differences, List<Difference> discarded) {
    }

    /**
     * The result of a nightly check.
     *
     * @param notCompared why transfers could not be compared with the events; null where they were
     */
    record Nightly(Instant checkedAt, int differences, @Nullable String notCompared) {
    }

    /**
     * Checks the ledger now; empty where two checks run already.
     *
     * @param events whether transfers are compared with the events that they were posted for
     */
    Optional<LedgerCheckResult> run(boolean events) {
        if (!free.tryAcquire()) {
            return Optional.empty();
        }
        try {
            var now = clock.instant();
            var result = events ? check.run() : check.ofTransfers();
            return Optional.of(new LedgerCheckResult(now, result.isClean(), result.events(), result.notCompared(),
                    result.allListed(), result.differences(), result.discarded()));
        } finally {
            free.release();
        }
    }

    Optional<Nightly> lastNightly() {
        return db
                .sql("select checked_at, differences, not_compared from ledger_checks order by checked_at desc limit 1")
                .query(Nightly.class).optional();
    }
}
