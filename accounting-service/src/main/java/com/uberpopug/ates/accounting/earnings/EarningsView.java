package com.uberpopug.ates.accounting.earnings;

import java.time.LocalDate;
import java.util.List;

/**
 * Managers' earnings: the fees of a day's assignments minus the rewards of its completions.
 *
 * @param today the current business date so far
 * @param days  every date of the period, the first one first
 */
record EarningsView(Day today, List<Day> days) {

    /**
     * A business date's earnings.
     *
     * @param businessDate the date
     * @param earnedCents  negative if popugs earned more than they were charged
     */
    record Day(LocalDate businessDate, long earnedCents) {
    }
}
