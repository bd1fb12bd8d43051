package com.uberpopug.ates.accounting.ledger;

import com.uberpopug.ates.accounting.ledger.Accounts.Movement;
import com.uberpopug.ates.accounting.ledger.CorrectTransfer.Original;
import com.uberpopug.ates.accounting.ledger.Transfer.Assignment;
import com.uberpopug.ates.accounting.ledger.Transfer.Correction;
import com.uberpopug.ates.accounting.ledger.Transfer.Kind;
import com.uberpopug.ates.platform.events.Ids;
import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;

/** A worker's log in a transaction that has locked the account: each transfer takes the next log position. */
final class WorkerLog {

    private final Accounts.Locked account;
    private final UUID workerId;
    private long debits;
    private long credits;
    private long balance;
    private long logPosition;

    WorkerLog(Accounts.Locked account) {
        this.account = account;
        workerId = account.id();
        debits = account.debitsCents();
        credits = account.creditsCents();
        balance = credits - debits;
        logPosition = account.logLength();
    }

    Transfer fee(Posting posting, LocalDate date) {
        charge(posting.cents());
        return of(posting, Kind.FEE, workerId, Accounts.TASKS, date);
    }

    Transfer reward(Posting posting, LocalDate date) {
        credit(posting.cents());
        return of(posting, Kind.REWARD, Accounts.TASKS, workerId, date);
    }

    /** A payout; its fact id is derived from worker and date, so that a repeated payout is the same fact. */
    Transfer payout(long cents, LocalDate date, Instant now) {
        charge(cents);
        var factId = Ids.derived(workerId, "Users.DailyPaidAmount/" + date);
        return new Transfer(Ids.derived(now, factId), Kind.PAYOUT, workerId, Accounts.CASH, workerId, cents, date, now,
                null, null, factId, null, next(), balance);
    }

    /** A correction; its fact id is derived from the original, so that a repeated correction is the same fact. */
    Transfer correction(Original original, Correction correction, LocalDate date, Instant now) {
        if (original.kind() == Kind.FEE) {
            credit(original.cents());
        } else {
            charge(original.cents());
        }
        var factId = Ids.derived(original.id(), "Users.BalanceChanged");
        return new Transfer(Ids.derived(now, factId), Kind.CORRECTION, original.creditAccount(),
                original.debitAccount(), workerId, original.cents(), date, now,
                new Assignment(original.taskId(), original.assignmentNumber()), correction, factId, null, next(),
                balance);
    }

    private Transfer of(Posting posting, Kind kind, UUID debitAccount, UUID creditAccount, LocalDate date) {
        return new Transfer(posting.transferId(), kind, debitAccount, creditAccount, workerId, posting.cents(), date,
                posting.occurredAt(), new Assignment(posting.taskId(), posting.assignmentNumber()), null,
                posting.cause().factId(), posting.cause(), next(), balance);
    }

    private void charge(long cents) {
        debits = Math.addExact(debits, cents);
        balance -= cents;
    }

    private void credit(long cents) {
        credits = Math.addExact(credits, cents);
        balance += cents;
    }

    private long next() {
        return ++logPosition;
    }

    /** The amounts that the transaction adds to the worker's account. */
    Movement movement() {
        return new Movement(workerId, debits - account.debitsCents(), credits - account.creditsCents(),
                logPosition - account.logLength());
    }
}
