package com.uberpopug.ates.accounting.check;

import com.uberpopug.ates.accounting.check.LedgerCheck.Difference;
import com.uberpopug.ates.platform.web.Problems;
import com.uberpopug.ates.platform.web.security.Allowed;
import com.uberpopug.ates.platform.web.security.Role;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The proof of the ledger. */
@RestController
class LedgerCheckController {

    /** Each holds a connection for as long as it takes, and there are twenty for everything. */
    private static final int MAX_CHECKS = 2;
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final LedgerCheck check;
    private final Clock clock;
    private final Semaphore free = new Semaphore(MAX_CHECKS);

    LedgerCheckController(LedgerCheck check, Clock clock) {
        this.check = check;
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
    record LedgerCheckView(Instant checkedAt, boolean clean, @Nullable Long events,
            @Schema(example = "The events of ates.tasks cannot be read now: the broker is away") @Nullable String notCompared,
            boolean allListed, List<Difference> differences, List<Difference> discarded) {
    }

    @GetMapping("/api/ledger/check")
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    @Operation(summary = "Prove the ledger", description = "Accountants and admins. Recomputes every account, log, balance and day's earnings from the transfers alone,"
            + " compares fees and rewards with the events of ates.tasks, and names every difference. It reads the whole"
            + " ledger and the whole topic: some seconds for each million transfers. Each instance runs two at once;"
            + " whoever comes then is answered 503.")
    LedgerCheckView check(
            @Parameter(description = "Whether the transfers are compared with the events they came from, too") @RequestParam(defaultValue = "true") boolean events) {
        if (!free.tryAcquire()) {
            throw Problems.notNow(MAX_CHECKS + " checks are running here; try again later", PAUSE);
        }
        try {
            var now = clock.instant();
            var result = events ? check.run() : check.ofTransfers();
            return new LedgerCheckView(now, result.isClean(), result.events(), result.notCompared(),
                    result.allListed(), result.differences(), result.discarded());
        } finally {
            free.release();
        }
    }
}
