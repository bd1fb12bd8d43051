package com.uberpopug.ates.accounting.day;

import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * A business day.
 *
 * @param businessDate the date, in the company's time zone
 * @param status       {@code OPEN}; {@code CLOSING} from the request until everybody is paid; {@code CLOSED}
 * @param earnedCents  what managers earned: the fees minus the rewards
 * @param payouts      how many workers were paid so far
 * @param paidCents    what they were paid
 * @param closedAt     since when nothing is dated this day any more; null while it is open
 * @param finishedAt   when everybody was paid; null until then
 */
public record BusinessDayView(LocalDate businessDate, Status status, long earnedCents, long payouts, long paidCents,
        @Nullable Instant closedAt, @Nullable Instant finishedAt) {

    public enum Status {
        OPEN, CLOSING, CLOSED
    }
}
