package com.uberpopug.ates.accounting.email;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The email of a payout.
 *
 * @param id            the payout's fact id
 * @param userId        the worker
 * @param businessDate  the business day of the payout
 * @param paidCents     the amount of the payout
 * @param status        {@code PENDING} until the mail server accepts it; {@code SENT}; {@code GIVEN_UP}
 * @param attempts      number of attempts since it was recorded or retried by hand
 * @param nextAttemptAt time of the next attempt; null unless it is pending
 * @param lastError     the error of the last attempt; null without one, once sent, or if the worker is erased
 * @param sentAt        time of acceptance by the mail server; null until then
 */
record EmailView(UUID id, UUID userId, LocalDate businessDate, long paidCents, Status status, int attempts,
        @Nullable Instant nextAttemptAt,
        @Schema(example = "The mail server does not answer") @Nullable String lastError, @Nullable Instant sentAt) {

    enum Status {
        PENDING, SENT, GIVEN_UP
    }
}
