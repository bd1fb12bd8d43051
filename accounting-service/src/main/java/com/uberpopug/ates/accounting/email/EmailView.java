package com.uberpopug.ates.accounting.email;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An email that tells a worker of a payout.
 *
 * @param id            the payout's fact
 * @param userId        the worker
 * @param businessDate  the day that was paid
 * @param paidCents     what was paid
 * @param status        {@code PENDING} until the mail server has taken it; {@code SENT}; {@code GIVEN_UP}
 * @param attempts      how often it was tried since it was recorded, or asked for again
 * @param nextAttemptAt when it is tried next; null unless it is pending
 * @param lastError     why it could not be sent the last time; null where that is not known, it was sent, or the worker was erased
 * @param sentAt        when the mail server took it; null until then
 */
record EmailView(UUID id, UUID userId, LocalDate businessDate, long paidCents, Status status, int attempts,
        @Nullable Instant nextAttemptAt,
        @Schema(example = "The mail server does not answer") @Nullable String lastError, @Nullable Instant sentAt) {

    enum Status {
        PENDING, SENT, GIVEN_UP
    }
}
