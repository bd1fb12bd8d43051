package com.uberpopug.ates.accounting.ledger;

import static java.util.Objects.requireNonNull;

import com.uberpopug.ates.platform.events.SqlArray;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Inserts transfers, which are immutable. */
@Repository
class Transfers {

    private final JdbcClient db;
    private final Map<Transfer.Kind, Counter> inserted = new EnumMap<>(Transfer.Kind.class);
    private final Map<Transfer.Kind, Counter> cents = new EnumMap<>(Transfer.Kind.class);

    Transfers(JdbcClient db, MeterRegistry meters) {
        this.db = db;
        for (var kind : Transfer.Kind.values()) {
            inserted.put(kind, Counter.builder("ates.ledger.transfers").description("Posted transfers")
                    .tag("kind", kind.name()).register(meters));
            cents.put(kind, Counter.builder("ates.ledger.cents").description("Cents moved by posted transfers")
                    .tag("kind", kind.name()).register(meters));
        }
    }

    void insert(List<Transfer> transfers) {
        db.sql("""
                insert into transfers (id, kind, debit_account, credit_account, worker_id, cents, business_date,
                                       occurred_at, task_id, assignment_number, corrects_transfer_id, reason, corrected_by,
                                       fact_id, place, balance_after_cents)
                select * from unnest(:ids, :kinds, :debitAccounts, :creditAccounts, :workerIds, :cents, :businessDates,
                                     :occurredAts, :taskIds, :assignmentNumbers, :corrected, :reasons, :correctedBy,
                                     :factIds, :logPositions, :balancesAfter)
                """)
                .param("ids", SqlArray.uuids(transfers, Transfer::id))
                .param("kinds", SqlArray.texts(transfers, transfer -> transfer.kind().name()))
                .param("debitAccounts", SqlArray.uuids(transfers, Transfer::debitAccount))
                .param("creditAccounts", SqlArray.uuids(transfers, Transfer::creditAccount))
                .param("workerIds", SqlArray.uuids(transfers, Transfer::workerId))
                .param("cents", SqlArray.longs(transfers, Transfer::cents))
                .param("businessDates", SqlArray.dates(transfers, Transfer::businessDate))
                .param("occurredAts", SqlArray.instants(transfers, Transfer::occurredAt))
                .param("taskIds", SqlArray.uuids(transfers, ofTask(Transfer.Assignment::taskId)))
                .param("assignmentNumbers", SqlArray.integers(transfers, ofTask(Transfer.Assignment::number)))
                .param("corrected", SqlArray.uuids(transfers, ofCorrection(Transfer.Correction::transferId)))
                .param("reasons", SqlArray.texts(transfers, ofCorrection(Transfer.Correction::reason)))
                .param("correctedBy", SqlArray.uuids(transfers, ofCorrection(Transfer.Correction::correctedBy)))
                .param("factIds", SqlArray.uuids(transfers, Transfer::factId))
                .param("logPositions", SqlArray.longs(transfers, Transfer::logPosition))
                .param("balancesAfter", SqlArray.longs(transfers, Transfer::balanceAfterCents))
                .update();
    }

    /** Counts transfers after the commit. Call it last, because a rollback to a savepoint would not undo it. */
    void count(List<Transfer> transfers) {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                transfers.forEach(transfer -> {
                    requireNonNull(inserted.get(transfer.kind())).increment();
                    requireNonNull(cents.get(transfer.kind())).increment(transfer.cents());
                });
            }
        });
    }

    private static <T> Function<Transfer, @Nullable T> ofTask(Function<Transfer.Assignment, T> column) {
        return transfer -> transfer.task() == null ? null : column.apply(transfer.task());
    }

    private static <T> Function<Transfer, @Nullable T> ofCorrection(Function<Transfer.Correction, T> column) {
        return transfer -> transfer.correction() == null ? null : column.apply(transfer.correction());
    }
}
