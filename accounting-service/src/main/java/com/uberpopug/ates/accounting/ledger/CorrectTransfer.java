package com.uberpopug.ates.accounting.ledger;

import static java.util.Objects.requireNonNull;

import com.uberpopug.ates.accounting.day.BusinessDays;
import com.uberpopug.ates.accounting.ledger.Transfer.Correction;
import com.uberpopug.ates.accounting.ledger.Transfer.Kind;
import com.uberpopug.ates.platform.events.security.SecurityEntry;
import com.uberpopug.ates.platform.events.security.SecurityKind;
import com.uberpopug.ates.platform.events.security.SecurityLog;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** Reverses a whole fee or reward, once; the correction is dated today, and both transfers stay in the ledger. */
@Component
public class CorrectTransfer {

    /** SQLSTATE "numeric value out of range". */
    private static final String OUT_OF_RANGE = "22003";

    private final JdbcClient db;
    private final BusinessDays days;
    private final Accounts accounts;
    private final Ledger ledger;
    private final SecurityLog securityLog;
    private final Clock clock;
    private final TransactionTemplate savepoint;

    CorrectTransfer(JdbcClient db, BusinessDays days, Accounts accounts, Ledger ledger,
            SecurityLog securityLog, Clock clock, PlatformTransactionManager transactions) {
        this.db = db;
        this.days = days;
        this.accounts = accounts;
        this.ledger = ledger;
        this.securityLog = securityLog;
        this.clock = clock;
        savepoint = new TransactionTemplate(transactions);
        savepoint.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
    }

    /** The transfer to reverse. */
    record Original(UUID id, Kind kind, UUID debitAccount, UUID creditAccount, UUID workerId, long cents, UUID taskId,
            int assignmentNumber) {
    }

    /** The result of a correction. */
    public sealed interface Outcome {

        record Corrected(UUID transferId) implements Outcome {
        }

        record CorrectedAlready(UUID transferId) implements Outcome {
        }

        /** The transfer is unknown. */
        record Unknown() implements Outcome {
        }

        record NotCorrectable(String kind) implements Outcome {
        }

        /** The worker's or the company's account would overflow. */
        record Overflow() implements Outcome {
        }
    }

    /**
     * @param transferId  a fee or a reward
     * @param correctedBy the user who corrects it
     */
    @Transactional
    public Outcome correct(UUID transferId, String reason, UUID correctedBy) {
        var kind = db.sql("select kind from transfers where id = ?").param(transferId).query(Kind.class).optional();
        if (kind.isEmpty()) {
            return new Outcome.Unknown();
        }
        if (kind.get() != Kind.FEE && kind.get() != Kind.REWARD) {
            return new Outcome.NotCorrectable(kind.get().name());
        }
        var original = db.sql("""
                select id, kind, debit_account, credit_account, worker_id, cents, task_id, assignment_number
                  from transfers where id = ?
                """).param(transferId).query(Original.class).single();
        var now = clock.instant();
        var date = requireNonNull(days.lockOpenDates(List.of(now)).get(now));
        var log = new WorkerLog(
                requireNonNull(accounts.lock(List.of(original.workerId())).get(original.workerId())));
        // The lock on the worker's account excludes a concurrent correction.
        var earlier = correctionOf(transferId);
        if (earlier.isPresent()) {
            return new Outcome.CorrectedAlready(earlier.get());
        }
        try {
            var correction = log.correction(original, new Correction(transferId, reason, correctedBy), date, now);
            // The company's account is locked last, so only the database detects its overflow; the savepoint undoes it.
            savepoint.executeWithoutResult(_ -> ledger.write(List.of(correction), List.of(log)));
            securityLog.record(SecurityEntry.done(SecurityKind.TRANSFER_CORRECTED).by(correctedBy)
                    .about(original.workerId()).of(transferId));
            return new Outcome.Corrected(correction.id());
        } catch (ArithmeticException _) {
            return new Outcome.Overflow();
        } catch (DataIntegrityViolationException e) {
            if (e.getMostSpecificCause() instanceof SQLException sql && OUT_OF_RANGE.equals(sql.getSQLState())) {
                return new Outcome.Overflow();
            }
            throw e;
        }
    }

    private Optional<UUID> correctionOf(UUID transferId) {
        return db.sql("select id from transfers where kind = 'CORRECTION' and corrects_transfer_id = ?")
                .param(transferId).query(UUID.class).optional();
    }
}
