package com.uberpopug.ates.accounting.account;

import com.uberpopug.ates.accounting.ledger.BusinessDays;
import com.uberpopug.ates.platform.web.Cursor;
import com.uberpopug.ates.platform.web.Page;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads workers' accounts; the audit log is the ledger itself. */
@Component
class AuditLog {

    private final JdbcClient db;
    private final BusinessDays days;

    AuditLog(JdbcClient db, BusinessDays days) {
        this.db = db;
        this.days = days;
    }

    Optional<AccountView> account(UUID workerId) {
        var today = days.today();
        return db.sql("""
                select account.id, account.credits_cents - account.debits_cents as balance_cents,
                       coalesce(sum(transfer.cents) filter (where transfer.kind = 'REWARD'), 0) as rewards_cents,
                       coalesce(sum(transfer.cents) filter (where transfer.kind = 'FEE'), 0) as fees_cents
                  from accounts account
                  left join transfers transfer
                    on transfer.worker_id = account.id and transfer.business_date = :today
                 where account.id = :workerId and account.kind = 'WORKER'
                 group by account.id
                """)
                .param("workerId", workerId).param("today", today)
                .query((row, _) -> new AccountView(row.getObject("id", UUID.class), row.getLong("balance_cents"),
                        new AccountView.Today(today, row.getLong("rewards_cents"), row.getLong("fees_cents"))))
                .optional();
    }

    /** A worker's transfers, the newest first. */
    Page<TransferView> transfers(UUID workerId, Optional<Long> beforePlace, int limit) {
        var rows = db.sql("""
                select transfer.*, task.title as task_title
                  from transfers transfer left join tasks task on task.id = transfer.task_id
                 where transfer.worker_id = :workerId and transfer.place < :before
                 order by transfer.place desc
                 limit :rows
                """)
                .param("workerId", workerId).param("before", beforePlace.orElse(Long.MAX_VALUE))
                .param("rows", limit + 1)
                .query(AuditLog::view).list();
        return Page.of(rows, limit, transfer -> Cursor.of(transfer.place()));
    }

    private static TransferView view(ResultSet row, int number) throws SQLException {
        long cents = row.getLong("cents");
        boolean charged = row.getObject("debit_account", UUID.class).equals(row.getObject("worker_id", UUID.class));
        return new TransferView(row.getObject("id", UUID.class), row.getLong("place"), row.getString("kind"),
                charged ? -cents : cents, row.getLong("balance_after_cents"),
                row.getObject("business_date", LocalDate.class),
                row.getTimestamp("occurred_at").toInstant(), row.getObject("task_id", UUID.class),
                row.getString("task_title"), row.getObject("assignment_number", Integer.class));
    }
}
