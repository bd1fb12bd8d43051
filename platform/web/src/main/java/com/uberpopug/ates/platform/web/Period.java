package com.uberpopug.ates.platform.web;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * A period of dates, both ends included.
 *
 * @param from the first date
 * @param to   the last date; where each date is a line of the answer, at most {@value #MAX_DAYS} days on
 */
public record Period(LocalDate from, LocalDate to) {

    public static final int MAX_DAYS = 400;
    public static final int DEFAULT_DAYS = 30;
    private static final LocalDate EARLIEST = LocalDate.of(1970, 1, 1);
    private static final LocalDate LATEST = LocalDate.of(9999, 12, 31);

    /**
     * The period that the parameters {@code from} and {@code to} ask for: up to today, and the last
     * {@value #DEFAULT_DAYS} days, where they are left out.
     *
     * @throws org.springframework.web.ErrorResponseException 400 where it is turned round or too long
     */
    public static Period of(@Nullable LocalDate from, @Nullable LocalDate to, LocalDate today) {
        var period = ofAnyLength(from, to, today);
        if (ChronoUnit.DAYS.between(period.from, period.to) > MAX_DAYS) {
            throw Problems.badRequest("from", "must be at most " + MAX_DAYS + " days before to");
        }
        return period;
    }

    /**
     * The same for an answer that does not grow with the days of the period.
     *
     * @throws org.springframework.web.ErrorResponseException 400 where it is turned round
     */
    public static Period ofAnyLength(@Nullable LocalDate from, @Nullable LocalDate to, LocalDate today) {
        var last = onCalendar("to", to == null ? today : to);
        var first = from == null ? last.minusDays(DEFAULT_DAYS - 1) : onCalendar("from", from);
        if (first.isAfter(last)) {
            throw Problems.badRequest("from", "must not be after to");
        }
        return new Period(first, last);
    }

    /** Whether the databases' calendars have a date, and people are likely to mean it. */
    public static boolean isOnCalendar(LocalDate date) {
        return !date.isBefore(EARLIEST) && !date.isAfter(LATEST);
    }

    /**
     * A date that a parameter gives.
     *
     * @throws org.springframework.web.ErrorResponseException 400, naming the parameter, where it is not
     *                                                        {@linkplain #isOnCalendar on the calendar}
     */
    public static LocalDate onCalendar(String parameter, LocalDate date) {
        if (!isOnCalendar(date)) {
            throw Problems.badRequest(parameter, "must be between " + EARLIEST + " and " + LATEST);
        }
        return date;
    }
}
