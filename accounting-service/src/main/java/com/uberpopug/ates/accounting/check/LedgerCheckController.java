package com.uberpopug.ates.accounting.check;

import com.uberpopug.ates.accounting.check.LedgerCheck.Difference;
import com.uberpopug.ates.platform.security.Caller;
import com.uberpopug.ates.platform.security.Role;
import io.swagger.v3.oas.annotations.Operation;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The proof of the ledger. */
@RestController
class LedgerCheckController {

    private final LedgerCheck check;
    private final Clock clock;

    LedgerCheckController(LedgerCheck check, Clock clock) {
        this.check = check;
        this.clock = clock;
    }

    /**
     * What a check of the ledger has found.
     *
     * @param checkedAt   when it began
     * @param clean       whether there is no difference
     * @param differences what is not as it follows from the transfers; at most 1,000 of each rule
     */
    record LedgerCheckView(Instant checkedAt, boolean clean, List<Difference> differences) {
    }

    @GetMapping("/api/ledger/check")
    @Operation(summary = "Prove the ledger", description = "Accountants and admins. Recomputes every account, log, balance and day's earnings from the transfers alone,"
            + " and names every difference. It reads the whole ledger: a second or so for each million transfers.")
    LedgerCheckView check(Caller caller) {
        caller.mustBe(Role.ACCOUNTANT, Role.ADMIN);
        var now = clock.instant();
        var differences = check.run();
        return new LedgerCheckView(now, differences.isEmpty(), differences);
    }
}
