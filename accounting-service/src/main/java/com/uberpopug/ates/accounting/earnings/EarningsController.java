package com.uberpopug.ates.accounting.earnings;

import com.uberpopug.ates.accounting.earnings.EarningsView.Day;
import com.uberpopug.ates.accounting.ledger.BusinessDays;
import com.uberpopug.ates.platform.web.Period;
import com.uberpopug.ates.platform.web.security.Allowed;
import com.uberpopug.ates.platform.web.security.Role;
import io.swagger.v3.oas.annotations.Operation;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What managers earn. */
@RestController
class EarningsController {

    private final JdbcClient db;
    private final BusinessDays businessDays;

    EarningsController(JdbcClient db, BusinessDays businessDays) {
        this.db = db;
        this.businessDays = businessDays;
    }

    @GetMapping("/api/earnings")
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    @Operation(summary = "What managers earned today and per day", description = "Accountants and admins.")
    EarningsView earnings(@RequestParam @Nullable LocalDate from, @RequestParam @Nullable LocalDate to) {
        var today = businessDays.today();
        var period = Period.of(from, to, today);
        return new EarningsView(days(new Period(today, today)).getFirst(), days(period));
    }

    private List<Day> days(Period period) {
        return db.sql("""
                select day::date as business_date, coalesce(earned_cents, 0) as earned_cents
                  from generate_series(:from::date, :to::date, interval '1 day') as day
                  left join earnings on business_date = day::date
                 order by day
                """).param("from", period.from()).param("to", period.to()).query(Day.class).list();
    }
}
