package com.uberpopug.ates.accounting.check;

import com.uberpopug.ates.platform.web.Problems;
import com.uberpopug.ates.platform.web.security.Allowed;
import com.uberpopug.ates.platform.web.security.Role;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The ledger check over REST. */
@RestController
class LedgerCheckController {

    private final LedgerChecks checks;

    LedgerCheckController(LedgerChecks checks) {
        this.checks = checks;
    }

    @GetMapping("/api/ledger/check")
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    @Operation(summary = "Check the ledger", description = "Accountants and admins. Recomputes every account, log, balance and day's earnings from the transfers alone,"
            + " compares fees and rewards with the events of ates.tasks, and lists every difference. It reads the whole"
            + " ledger and the whole topic: some seconds for each million transfers. An instance runs two checks at once;"
            + " a third request is answered with 503.")
    LedgerChecks.LedgerCheckResult check(
            @Parameter(description = "Whether the transfers are compared with their events") @RequestParam(defaultValue = "true") boolean events) {
        return checks.run(events).orElseThrow(() -> Problems.notNow(LedgerChecks.MAX_CHECKS
                + " checks are running on this instance; try again later", LedgerChecks.PAUSE));
    }
}
