package com.uberpopug.ates.accounting.account;

import com.uberpopug.ates.accounting.account.AccountView.Today;
import com.uberpopug.ates.accounting.day.BusinessDays;
import com.uberpopug.ates.platform.web.Cursor;
import com.uberpopug.ates.platform.web.Page;
import com.uberpopug.ates.platform.web.Period;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The read model of workers' accounts; the audit log is the ledger itself. */
@Component
public class AuditLog {

    private static final int PAGE_SIZE = 1_000;

    private static final String LINES = """
            select line.id, line.place, line.kind, line.change_cents, line.balance_after_cents, line.business_date,
                   line.occurred_at, line.task_id, task.jira_id, task.title as task_title,
                   line.assignment_number,
                   line.corrects_transfer_id, correction.id as corrected_by_transfer_id,
                   coalesce(line.reason, correction.reason) as correction_reason
              from worker_log line
              left join tasks task on task.id = line.task_id
              left join transfers correction
                on correction.kind = 'CORRECTION' and correction.corrects_transfer_id = line.id
            """;

    private final JdbcClient db;
    private final BusinessDays days;

    AuditLog(JdbcClient db, BusinessDays days) {
        this.db = db;
        this.days = days;
    }

    /** The order of a list of accounts; equal ones, and those with an unknown login, are ordered by id. */
    enum Order {

        LOGIN("coalesce(login, '~') collate \"C\"", "text"), LOWEST_BALANCE("credits_cents - debits_cents",
                "bigint"),
        HIGHEST_BALANCE("debits_cents - credits_cents", "bigint");

        /** Sorts behind every login, as none has this character. */
        private static final String UNKNOWN = "~";

        private final String key;
        private final String type;

        Order(String key, String type) {
            this.key = key;
            this.type = type;
        }

        private Cursor after(AccountView account) {
            return Cursor.of(switch (this) {
                case LOGIN -> account.login() == null ? UNKNOWN : account.login();
                case LOWEST_BALANCE -> account.balanceCents();
                case HIGHEST_BALANCE -> -account.balanceCents();
            }, account.userId());
        }

        After parse(List<String> parts) {
            var value = parts.getFirst();
            if (this != LOGIN) {
                Cursor.cents(value);
            } else if (value.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("Not a login");
            }
            return new After(value, Cursor.uuid(parts.getLast()));
        }
    }

    /** The last account of a page, by the key of the order. */
    record After(String key, UUID userId) {
    }

    boolean isAccount(UUID userId) {
        return db.sql("select exists (select from accounts where id = ? and kind = 'WORKER')").param(userId)
                .query(Boolean.class).single();
    }

    Optional<AccountView> account(UUID userId) {
        return accounts("account.id = :userId", Order.LOGIN, Map.of("userId", userId), 1).stream().findFirst();
    }

    /**
     * A page of the accounts in an order.
     *
     * @param text  a part of the login or name; null for all accounts
     * @param after the last account of the page before, in the same order
     */
    Page<AccountView> accounts(@Nullable String text, Order order, Optional<After> after, int limit) {
        var condition = new StringBuilder("true");
        var parameters = new HashMap<String, Object>();
        if (text != null) {
            condition.append(" and (strpos(login, (select folded(:text))) > 0"
                    + " or strpos(name_folded, (select folded(:text))) > 0)");
            parameters.put("text", text);
        }
        after.ifPresent(last -> {
            condition.append(" and (%s, account.id) > (:after::%s, :afterId::uuid)".formatted(order.key, order.type));
            parameters.put("after", last.key());
            parameters.put("afterId", last.userId());
        });
        return Page.of(accounts(condition.toString(), order, parameters, limit + 1), limit, order::after);
    }

    private List<AccountView> accounts(String condition, Order order, Map<String, Object> parameters, int rows) {
        var today = days.today();
        return db.sql("""
                select account.*, today.*
                  from (
                    select account.id, login, display_name, credits_cents - debits_cents as balance_cents, %1$s as key
                      from accounts account left join users on users.id = account.id
                     where account.kind = 'WORKER' and %2$s
                     order by key, account.id
                     limit :rows
                  ) account cross join lateral (
                    select coalesce(sum(change_cents) filter (where counts_as = 'REWARD'), 0) as rewards_cents,
                           coalesce(-sum(change_cents) filter (where counts_as = 'FEE'), 0) as fees_cents
                      from worker_log where worker_id = account.id and business_date = :today
                  ) today
                 order by key, id
                """.formatted(order.key, condition))
                .params(parameters).param("today", today).param("rows", rows)
                .query((row, _) -> new AccountView(row.getObject("id", UUID.class), row.getString("login"),
                        row.getString("display_name"), row.getLong("balance_cents"),
                        new Today(today, row.getLong("rewards_cents"), row.getLong("fees_cents"))))
                .list();
    }

    /** A worker's transfers, the newest first. */
    Page<TransferView> transfers(UUID workerId, Optional<Long> beforeLogPosition, int limit) {
        var rows = db.sql(LINES + """
                 where line.worker_id = :workerId and line.place < :before
                 order by line.place desc limit :rows
                """)
                .param("workerId", workerId).param("before", beforeLogPosition.orElse(Long.MAX_VALUE))
                .param("rows", limit + 1)
                .query(TransferView.class).list();
        return Page.of(rows, limit, transfer -> Cursor.of(transfer.place()));
    }

    /** A transfer, as in its worker's log. */
    public Optional<TransferView> transfer(UUID id) {
        return db.sql(LINES + " where line.id = ?").param(id).query(TransferView.class).optional();
    }

    /** The worker of a transfer, and the current balance; the name is null if unknown. */
    public record Holder(UUID userId, @Nullable String displayName, long balanceCents) {
    }

    public Holder holderOf(UUID transferId) {
        return workerOf(transferId).flatMap(this::account)
                .map(account -> new Holder(account.userId(), account.displayName(), account.balanceCents()))
                .orElseThrow();
    }

    Optional<UUID> workerOf(UUID transferId) {
        return db.sql("select worker_id from transfers where id = ?").param(transferId).query(UUID.class).optional();
    }

    /** A consumer of log lines. */
    interface Line {
        void add(TransferView line) throws IOException;
    }

    /**
     * Passes on a worker's transfers of a period, the oldest first. It reads page by page and holds no connection in
     * between, because the consumer may be slow. The log only grows at its end, so the pages are consistent.
     */
    public void statement(UUID workerId, Period period, Line line) throws IOException {
        for (Optional<Long> logPosition = Optional.of(0L); logPosition.isPresent();) {
            var lines = db.sql(LINES + """
                     where line.worker_id = :workerId and line.business_date between :from and :to
                       and line.place > :after
                     order by line.place limit :rows
                    """)
                    .param("workerId", workerId).param("from", period.from()).param("to", period.to())
                    .param("after", logPosition.get()).param("rows", PAGE_SIZE)
                    .query(TransferView.class).list();
            for (var each : lines) {
                line.add(each);
            }
            logPosition = lines.size() < PAGE_SIZE ? Optional.empty() : Optional.of(lines.getLast().place());
        }
    }
}
