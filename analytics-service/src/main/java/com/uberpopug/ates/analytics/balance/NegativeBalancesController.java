package com.uberpopug.ates.analytics.balance;

import com.uberpopug.ates.analytics.balance.BelowZero.DayEnd;
import com.uberpopug.ates.analytics.day.BusinessDays;
import com.uberpopug.ates.platform.web.Period;
import com.uberpopug.ates.platform.web.security.Allowed;
import com.uberpopug.ates.platform.web.security.Role;
import io.swagger.v3.oas.annotations.Operation;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The number of popugs below zero, for admins. */
@RestController
class NegativeBalancesController {

    private final BelowZero belowZero;
    private final BusinessDays businessDays;

    NegativeBalancesController(BelowZero belowZero, BusinessDays businessDays) {
        this.belowZero = belowZero;
        this.businessDays = businessDays;
    }

    /**
     * The number of popugs below zero.
     *
     * @param now after all postings so far
     * @param days at the end of every date of the period, in ascending order
     */
    record NegativeBalancesReport(long now, List<DayEnd> days) {
    }

    @Operation(summary = "Number of popugs below zero, now and at the end of each date", description = "Admins only.")
    @GetMapping("/api/negative-balances")
    @Allowed(Role.ADMIN)
    NegativeBalancesReport negativeBalances(@RequestParam @Nullable LocalDate from,
            @RequestParam @Nullable LocalDate to) {
        var period = Period.of(from, to, businessDays.today());
        return new NegativeBalancesReport(belowZero.now(), belowZero.atTheEndOf(period));
    }
}
