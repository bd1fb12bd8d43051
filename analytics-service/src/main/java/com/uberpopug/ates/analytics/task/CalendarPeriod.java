package com.uberpopug.ates.analytics.task;

import com.fasterxml.jackson.annotation.JsonValue;
import com.uberpopug.ates.platform.web.Period;
import com.uberpopug.ates.platform.web.Problems;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.temporal.TemporalAdjusters;
import java.util.Arrays;
import java.util.Locale;

/** The kinds of period in which tasks are compared. */
public enum CalendarPeriod {

    DAY, WEEK, MONTH;

    /**
     * The kind of period by its name in the API, such as {@code day}.
     *
     * @throws org.springframework.web.ErrorResponseException 400 for any other name
     */
    static CalendarPeriod of(String name) {
        return Arrays.stream(values()).filter(period -> period.wire().equals(name)).findFirst()
                .orElseThrow(() -> Problems.badRequest("period", "must be day, week or month"));
    }

    @JsonValue
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The period around a date; weeks are ISO 8601's, Monday to Sunday. */
    public Period around(LocalDate date) {
        return switch (this) {
            case DAY -> new Period(date, date);
            case WEEK -> new Period(date.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY)),
                    date.with(TemporalAdjusters.nextOrSame(DayOfWeek.SUNDAY)));
            case MONTH -> new Period(date.withDayOfMonth(1), date.with(TemporalAdjusters.lastDayOfMonth()));
        };
    }
}
