package com.uberpopug.ates.accounting.ledger;

import com.uberpopug.ates.platform.events.inbox.Received;
import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Money on its way from one account to another, which is also a line of its worker's log.
 *
 * @param task             the task it is for, and which of its assignments; null where it is for none
 * @param correction       what it takes back, and why; null where it is no correction
 * @param factId           what it follows from
 * @param cause            the event it follows from; null where no event came in
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

    /** Which transfer is taken back, why, and by whom. */
    record Correction(UUID transferId, String reason, UUID correctedBy) {
    }

    /** By how much it changes the worker's balance. */
    long changeCents() {
        return workerId.equals(creditAccount) ? cents : -cents;
    }
}
