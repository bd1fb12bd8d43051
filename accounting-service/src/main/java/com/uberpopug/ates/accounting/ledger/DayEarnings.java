package com.uberpopug.ates.accounting.ledger;

import java.time.LocalDate;
import java.util.List;

/**
 * Managers' earnings of a business date, after a batch.
 *
 * @param businessDate the date
 * @param earnedCents  the fees minus the rewards of the date so far
 * @param transfers    number of transfers in that sum
 * @param added        the transfers of the batch, in their order
 */
record DayEarnings(LocalDate businessDate, long earnedCents, long transfers, List<Transfer> added) {

    /** The change by the batch: managers earn the popugs' losses. */
    long changeCents() {
        return changeCents(added);
    }

    static long changeCents(List<Transfer> transfers) {
        return -transfers.stream().mapToLong(Transfer::changeCents).reduce(0, Math::addExact);
    }
}
