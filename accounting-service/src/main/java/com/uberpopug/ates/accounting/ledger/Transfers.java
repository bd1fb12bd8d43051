package com.uberpopug.ates.accounting.ledger;

import com.uberpopug.ates.platform.jdbc.SqlArray;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Writes transfers; nothing ever changes them. */
@Repository
class Transfers {

    private final JdbcClient db;

    Transfers(JdbcClient db) {
        this.db = db;
    }

    void insert(List<Transfer> transfers) {
        db.sql("""
                insert into transfers (id, kind, debit_account, credit_account, worker_id, cents, business_date,
                                       occurred_at, task_id, assignment_number, fact_id, place, balance_after_cents)
                select * from unnest(:ids, :kinds, :debitAccounts, :creditAccounts, :workerIds, :cents, :businessDates,
                                     :occurredAts, :taskIds, :assignmentNumbers, :factIds, :places, :balancesAfter)
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
                .param("factIds", SqlArray.uuids(transfers, Transfer::factId))
                .param("places", SqlArray.longs(transfers, Transfer::place))
                .param("balancesAfter", SqlArray.longs(transfers, Transfer::balanceAfterCents))
                .update();
    }

    private static <T> Function<Transfer, @Nullable T> ofTask(Function<Transfer.Assignment, T> column) {
        return transfer -> transfer.task() == null ? null : column.apply(transfer.task());
    }
}
