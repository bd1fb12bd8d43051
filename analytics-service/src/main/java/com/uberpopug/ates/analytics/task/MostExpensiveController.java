package com.uberpopug.ates.analytics.task;

import com.uberpopug.ates.analytics.day.BusinessDays;
import com.uberpopug.ates.analytics.task.Tasks.MostExpensive;
import com.uberpopug.ates.platform.web.Period;
import com.uberpopug.ates.platform.web.security.Allowed;
import com.uberpopug.ates.platform.web.security.Role;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The most expensive completed task, for admins. */
@RestController
class MostExpensiveController {

    private final Tasks tasks;
    private final BusinessDays businessDays;

    MostExpensiveController(Tasks tasks, BusinessDays businessDays) {
        this.tasks = tasks;
        this.businessDays = businessDays;
    }

    /**
     * The most expensive completed task of a period.
     *
     * @param period what tasks were compared over
     * @param from the period's first date
     * @param to   its last date
     * @param task null where no task was completed in it
     */
    record MostExpensiveReport(CalendarPeriod period, LocalDate from, LocalDate to, @Nullable MostExpensive task) {
    }

    @Operation(summary = "The most expensive task completed in the day, ISO week or month around a date", description = "Admins only.")
    @GetMapping("/api/most-expensive")
    @Allowed(Role.ADMIN)
    MostExpensiveReport mostExpensive(
            @Parameter(description = "What tasks are compared over") @Schema(allowableValues = {"day", "week",
                    "month"}) @RequestParam(defaultValue = "day") String period,
            @Parameter(description = "A date in it; left out, it is today") @RequestParam @Nullable LocalDate date) {
        var asked = CalendarPeriod.of(period);
        var dates = asked.around(date == null ? businessDays.today() : Period.onCalendar("date", date));
        return new MostExpensiveReport(asked, dates.from(), dates.to(), tasks.mostExpensive(dates).orElse(null));
    }
}
