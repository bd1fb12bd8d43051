package com.uberpopug.ates.accounting.ledger;

import java.time.LocalDate;
import java.util.List;

/**
 * What managers earned on a business date, after a batch.
 *
 * @param businessDate the date
 * @param earnedCents  the fees minus the rewards of the date so far
 * @param transfers    how many transfers that is the sum of
 * @param added        those of the batch, in their order
 */
record DayEarnings(LocalDate businessDate, long earnedCents, long transfers, List<Transfer> added) {

    /** By how much the batch changed it: what popugs lose, managers earn. */
    long changeCents() {
        return changeCents(added);
    }

    static long changeCents(List<Transfer> transfers) {
        return -transfers.stream().mapToLong(Transfer::changeCents).reduce(0, Math::addExact);
    }
}
