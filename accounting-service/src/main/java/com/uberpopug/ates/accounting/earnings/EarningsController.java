package com.uberpopug.ates.accounting.earnings;

import com.uberpopug.ates.accounting.day.BusinessDays;
import com.uberpopug.ates.platform.web.Period;
import com.uberpopug.ates.platform.web.security.Allowed;
import com.uberpopug.ates.platform.web.security.Role;
import io.swagger.v3.oas.annotations.Operation;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Managers' earnings over REST. */
@RestController
class EarningsController {

    private final Earnings earnings;
    private final BusinessDays businessDays;

    EarningsController(Earnings earnings, BusinessDays businessDays) {
        this.earnings = earnings;
        this.businessDays = businessDays;
    }

    @GetMapping("/api/earnings")
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    @Operation(summary = "Managers' earnings today and per day", description = "Accountants and admins.")
    EarningsView earnings(@RequestParam @Nullable LocalDate from, @RequestParam @Nullable LocalDate to) {
        return earnings.of(Period.of(from, to, businessDays.today()));
    }
}
