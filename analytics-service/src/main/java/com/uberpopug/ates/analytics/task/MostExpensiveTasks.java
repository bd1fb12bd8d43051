package com.uberpopug.ates.analytics.task;

import com.uberpopug.ates.analytics.day.BusinessDays;
import com.uberpopug.ates.analytics.task.Tasks.MostExpensive;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Reads the most expensive completed task of a day, week or month. */
@Component
class MostExpensiveTasks {

    private final Tasks tasks;
    private final BusinessDays businessDays;

    MostExpensiveTasks(Tasks tasks, BusinessDays businessDays) {
        this.tasks = tasks;
        this.businessDays = businessDays;
    }

    /**
     * The most expensive completed task of a period.
     *
     * @param period the kind of period
     * @param from the period's first date
     * @param to the period's last date
     * @param task null if no task was completed in the period
     */
    record MostExpensiveReport(CalendarPeriod period, LocalDate from, LocalDate to, @Nullable MostExpensive task) {
    }

    /** @param date a date of the period; null for today */
    MostExpensiveReport report(CalendarPeriod period, @Nullable LocalDate date) {
        var dates = period.around(date == null ? businessDays.today() : date);
        return new MostExpensiveReport(period, dates.from(), dates.to(), tasks.mostExpensive(dates).orElse(null));
    }
}
