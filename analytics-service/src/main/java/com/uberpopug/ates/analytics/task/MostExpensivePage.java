package com.uberpopug.ates.analytics.task;

import com.uberpopug.ates.platform.web.Period;
import com.uberpopug.ates.platform.web.security.Allowed;
import com.uberpopug.ates.platform.web.security.Role;
import java.time.LocalDate;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.validation.BindingResult;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.servlet.ModelAndView;

/** The most expensive task of any day, week or month, for admins. */
@Controller
class MostExpensivePage {

    private final MostExpensiveTasks tasks;

    MostExpensivePage(MostExpensiveTasks tasks) {
        this.tasks = tasks;
    }

    /** The requested period; by default the day of today. */
    record Wanted(@Nullable CalendarPeriod period, @Nullable LocalDate date) {
    }

    @GetMapping("/most-expensive")
    @Allowed(Role.ADMIN)
    ModelAndView mostExpensive(@ModelAttribute("wanted") Wanted wanted, BindingResult errors) {
        if (wanted.date() != null && !Period.isOnCalendar(wanted.date())) {
            errors.rejectValue("date", "typeMismatch.java.time.LocalDate");
        }
        var period = wanted.period() == null ? CalendarPeriod.DAY : wanted.period();
        var report = tasks.report(period, errors.hasErrors() ? null : wanted.date());
        return new ModelAndView("most-expensive",
                Map.of("report", report, "periods", CalendarPeriod.values()),
                errors.hasErrors() ? HttpStatus.UNPROCESSABLE_CONTENT : HttpStatus.OK);
    }
}
