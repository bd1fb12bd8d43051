package com.uberpopug.ates.accounting.day;

import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * A business day.
 *
 * @param businessDate the date, in the company's time zone
 * @param status       {@code OPEN}; {@code CLOSING} from the request until all payouts are made; {@code CLOSED}
 * @param earnedCents  managers' earnings: the fees minus the rewards
 * @param payouts      number of payouts so far
 * @param paidCents    sum of the payouts so far
 * @param closedAt     time of the close, after which no transfer is dated this day; null while it is open
 * @param finishedAt   time of the last payout; null until then
 */
public record BusinessDayView(LocalDate businessDate, Status status, long earnedCents, long payouts, long paidCents,
        @Nullable Instant closedAt, @Nullable Instant finishedAt) {

    public enum Status {
        OPEN, CLOSING, CLOSED
    }
}
