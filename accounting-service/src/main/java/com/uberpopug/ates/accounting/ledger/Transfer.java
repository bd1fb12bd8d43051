package com.uberpopug.ates.accounting.ledger;

import com.uberpopug.ates.platform.events.inbox.Received;
import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A transfer of money from one account to another, and a line of its worker's log.
 *
 * @param task             the task and its assignment; null for a payout
 * @param correction       the corrected transfer and the reason; null unless it is a correction
 * @param factId           the fact that it follows from
 * @param cause            the event that it follows from; null for payouts and corrections
 * @param logPosition      its position in the worker's log, from 1 without gaps
 * @param balanceAfterCents the worker's balance after it
 */
record Transfer(UUID id, Kind kind, UUID debitAccount, UUID creditAccount, UUID workerId, long cents,
        LocalDate businessDate, Instant occurredAt, @Nullable Assignment task, @Nullable Correction correction,
        UUID factId, @Nullable Received cause, long logPosition, long balanceAfterCents) {

    enum Kind {
        FEE, REWARD, PAYOUT, CORRECTION
    }

    record Assignment(UUID taskId, int number) {
    }

    /** The corrected transfer, the reason, and the user who corrected it. */
    record Correction(UUID transferId, String reason, UUID correctedBy) {
    }

    /** The change of the worker's balance. */
    long changeCents() {
        return workerId.equals(creditAccount) ? cents : -cents;
    }
}
