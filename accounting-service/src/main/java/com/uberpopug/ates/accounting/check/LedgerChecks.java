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
     * The result of a ledger check.
     *
     * @param checkedAt   start of the check
     * @param clean       whether the check is complete and found no difference
     * @param events      number of events compared with; null without a comparison
     * @param notCompared the reason why no events were compared; null if they were, or if none was requested
     * @param allListed   whether {@code differences} is complete; it holds the first 1,000 of each rule
     * @param differences the differences
     * @param discarded   events that an admin discarded as dead letters, which are no differences; at most 1,000
     */
    record LedgerCheckResult(Instant checkedAt, boolean clean, @Nullable Long events,
            @Schema(example = "The events of ates.tasks cannot be read now: the broker is away") @Nullable String notCompared,
            boolean allListed, List<Difference> differences, List<Difference> discarded) {
    }

    /**
     * The result of a nightly check.
     *
     * @param notCompared the reason why no events were compared; null if they were
     */
    record Nightly(Instant checkedAt, int differences, @Nullable String notCompared) {
    }

    /**
     * Checks the ledger now; empty while {@value #MAX_CHECKS} checks run.
     *
     * @param events whether transfers are compared with their events
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
