package com.uberpopug.ates.accounting.ledger;

import java.time.LocalDate;
import java.util.UUID;

/**
 * A worker's payout for a business day: the carry-over, plus the day's rewards, minus its fees.
 *
 * @param transfer         the transfer that pays it
 * @param feesCents        the day's fees, minus the fees corrected that day; may be negative
 * @param rewardsCents     the day's rewards, minus the rewards corrected that day; may be negative
 * @param carriedOverCents the balance at the end of the day before; zero or negative, because a positive one was paid
 */
public record Payout(Transfer transfer, long feesCents, long rewardsCents, long carriedOverCents) {

    public UUID factId() {
        return transfer.factId();
    }

    public UUID workerId() {
        return transfer.workerId();
    }

    public LocalDate businessDate() {
        return transfer.businessDate();
    }

    public long paidCents() {
        return transfer.cents();
    }
}
