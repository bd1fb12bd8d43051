package com.uberpopug.ates.accounting.account;

import com.uberpopug.ates.accounting.account.AccountView.Today;
import com.uberpopug.ates.accounting.ledger.BusinessDays;
import com.uberpopug.ates.platform.jdbc.LikePattern;
import com.uberpopug.ates.platform.web.Cursor;
import com.uberpopug.ates.platform.web.Page;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
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

    /** Where an account stands in the list: by login, and those whose login is not known by id behind all others. */
    record Place(String login, UUID userId) {

        /** Sorts behind every login, as none has this character. */
        private static final String UNKNOWN = "~";

        static Place parse(List<String> parts) {
            if (parts.getFirst().chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("Not a login");
            }
            return new Place(parts.getFirst(), UUID.fromString(parts.getLast()));
        }

        static Cursor after(AccountView account) {
            return Cursor.of(account.login() == null ? UNKNOWN : account.login(), account.userId());
        }
    }

    Optional<AccountView> account(UUID userId) {
        return accounts("account.id = :userId", Map.of("userId", userId), 1).stream().findFirst();
    }

    /** The accounts by login, those with a text in login or name where one is given. */
    Page<AccountView> accounts(@Nullable String text, Optional<Place> after, int limit) {
        var condition = new StringBuilder("true");
        var parameters = new HashMap<String, Object>();
        if (text != null) {
            condition.append(" and (lower(login) like :pattern or lower(display_name) like :pattern)");
            parameters.put("pattern", LikePattern.containing(text));
        }
        after.ifPresent(place -> {
            condition.append(" and (coalesce(login, '~') collate \"C\", account.id) > (:afterLogin, :afterId::uuid)");
            parameters.put("afterLogin", place.login());
            parameters.put("afterId", place.userId());
        });
        return Page.of(accounts(condition.toString(), parameters, limit + 1), limit, Place::after);
    }

    private List<AccountView> accounts(String condition, Map<String, Object> parameters, int rows) {
        var today = days.today();
        return db.sql("""
                select account.*, today.*
                  from (
                    select account.id, login, display_name, credits_cents - debits_cents as balance_cents
                      from accounts account left join users on users.id = account.id
                     where account.kind = 'WORKER' and %s
                     order by coalesce(login, '~') collate "C", account.id
                     limit :rows
                  ) account cross join lateral (
                    select coalesce(sum(cents) filter (where kind = 'REWARD'), 0) as rewards_cents,
                           coalesce(sum(cents) filter (where kind = 'FEE'), 0) as fees_cents
                      from transfers where worker_id = account.id and business_date = :today
                  ) today
                 order by coalesce(login, '~') collate "C", id
                """.formatted(condition))
                .params(parameters).param("today", today).param("rows", rows)
                .query((row, _) -> new AccountView(row.getObject("id", UUID.class), row.getString("login"),
                        row.getString("display_name"), row.getLong("balance_cents"),
                        new Today(today, row.getLong("rewards_cents"), row.getLong("fees_cents"))))
                .list();
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
