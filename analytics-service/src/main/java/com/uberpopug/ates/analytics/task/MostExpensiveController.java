package com.uberpopug.ates.analytics.task;

import com.uberpopug.ates.analytics.task.MostExpensiveTasks.MostExpensiveReport;
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

    private final MostExpensiveTasks tasks;

    MostExpensiveController(MostExpensiveTasks tasks) {
        this.tasks = tasks;
    }

    @Operation(summary = "The most expensive task completed in the day, ISO week or month around a date", description = "Admins only.")
    @GetMapping("/api/most-expensive")
    @Allowed(Role.ADMIN)
    MostExpensiveReport mostExpensive(
            @Parameter(description = "Kind of period in which tasks are compared") @Schema(allowableValues = {"day",
                    "week",
                    "month"}) @RequestParam(defaultValue = "day") String period,
            @Parameter(description = "A date in it; by default today") @RequestParam @Nullable LocalDate date) {
        return tasks.report(CalendarPeriod.of(period), date == null ? null : Period.onCalendar("date", date));
    }
}
