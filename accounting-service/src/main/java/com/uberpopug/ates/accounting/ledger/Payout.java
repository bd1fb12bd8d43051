package com.uberpopug.ates.accounting.ledger;

import java.time.LocalDate;
import java.util.UUID;

/**
 * A worker's pay for a business day: what was carried over, plus the day's rewards, minus its fees.
 *
 * @param transfer         the money
 * @param feesCents        the day's fees, less what of fees was taken back that day; below zero where that is more
 * @param rewardsCents     the day's rewards, less what of rewards was taken back that day
 * @param carriedOverCents the balance at the end of the day before; zero or below, as what was above was paid then
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
