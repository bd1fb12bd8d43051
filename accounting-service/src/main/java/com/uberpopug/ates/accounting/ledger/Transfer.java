package com.uberpopug.ates.accounting.ledger;

import java.time.LocalDate;
import java.util.UUID;

/** A posting that has found its business date and its place in its worker's log. */
record Transfer(UUID id, Posting posting, LocalDate businessDate, long place, long balanceAfterCents) {

    UUID debitAccount() {
        return switch (posting.kind()) {
            case FEE -> posting.workerId();
            case REWARD -> Accounts.TASKS;
        };
    }

    UUID creditAccount() {
        return switch (posting.kind()) {
            case FEE -> Accounts.TASKS;
            case REWARD -> posting.workerId();
        };
    }
}
