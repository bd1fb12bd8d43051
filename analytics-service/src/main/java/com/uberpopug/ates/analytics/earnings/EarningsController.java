package com.uberpopug.ates.analytics.earnings;

import com.uberpopug.ates.analytics.day.BusinessDays;
import com.uberpopug.ates.analytics.earnings.Earnings.Earned;
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

/** The managers' earnings, for admins. */
@RestController
class EarningsController {

    private final Earnings earnings;
    private final BusinessDays businessDays;

    EarningsController(Earnings earnings, BusinessDays businessDays) {
        this.earnings = earnings;
        this.businessDays = businessDays;
    }

    /**
     * The managers' earnings.
     *
     * @param today on the current business date
     * @param days on every date of the period, in ascending order
     */
    record EarningsReport(Earned today, List<Earned> days) {
    }

    @Operation(summary = "The managers' earnings, today and on each date", description = "Admins only.")
    @GetMapping("/api/earnings")
    @Allowed(Role.ADMIN)
    EarningsReport earnings(@RequestParam @Nullable LocalDate from, @RequestParam @Nullable LocalDate to) {
        var today = businessDays.today();
        var period = Period.of(from, to, today);
        return new EarningsReport(earnings.of(new Period(today, today)).getFirst(), earnings.of(period));
    }
}
