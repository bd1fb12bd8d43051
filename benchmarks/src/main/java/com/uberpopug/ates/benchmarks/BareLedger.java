package com.uberpopug.ates.benchmarks;

import static java.util.Objects.requireNonNull;

import com.uberpopug.ates.events.Amounts;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.balances.v1.UserBalanceCharged;
import com.uberpopug.ates.events.balances.v1.UserDailyPaidAmount;
import com.uberpopug.ates.events.serde.AvroSerializer;
import com.uberpopug.ates.localstack.parts.PostgresServer;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.SqlArray;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.SqlTypeValue;

/**
 * The ceiling of the ledger: accounting-service's statements for a batch of fees and rewards, and for a chunk of
 * payouts, in the same order and transactions, from one bare connection. There is no Kafka, no Avro, no Spring and no
 * derivation of ids; the outbox rows were serialized before.
 */
final class BareLedger implements AutoCloseable {

    /** The largest batch of a listener, and the number of workers that are paid in one transaction. */
    static final int BATCH = 500;

    private static final UUID TASKS = new UUID(0, 1);
    private static final UUID CASH = new UUID(0, 2);
    private static final UUID ANYBODY = new UUID(7, 7);
    private static final String TRACE = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01";

    private static final String REMEMBER = """
            insert into inbox (consumer, fact_id)
            select 'accounting.tasks', fact_id from unnest(?::uuid[]) as fact_id order by fact_id
            on conflict do nothing
            returning fact_id
            """;
    private static final String USE_INDEXES = "set local enable_seqscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off";
    private static final String LAST_CLOSED = "select max(business_date) from business_days where closed_at is not null";
    private static final String LOCK_DAYS = """
            select business_date, closed_at is not null as closed
              from business_days
             where business_date = any(?::date[])
               and (select count(*) from business_days where business_date = any(?::date[])) = 1
             order by business_date for share
            """;
    private static final String OPEN_ACCOUNTS = """
            insert into accounts (id, kind)
            select id, 'WORKER' from unnest(?::uuid[]) as worker (id)
             where not exists (select from accounts where accounts.id = worker.id)
             group by id order by id
            on conflict (id) do nothing
            """;
    private static final String LOCK_ACCOUNTS = """
            select id, debits_cents, credits_cents, log_length
              from accounts where id = any(?::uuid[]) order by id for update
            """;
    private static final String ALREADY_POSTED = """
            select wanted.kind, wanted.task_id, wanted.assignment_number
              from unnest(?::text[], ?::uuid[], ?::int[]) as wanted (kind, task_id, assignment_number)
             cross join lateral (
                (select from transfers
                  where wanted.kind = 'FEE' and kind = 'FEE' and task_id = wanted.task_id
                    and assignment_number = wanted.assignment_number limit 1)
                union all
                (select from transfers
                  where wanted.kind = 'REWARD' and kind = 'REWARD' and task_id = wanted.task_id limit 1)
             ) as posted
            """;
    private static final String INSERT_TRANSFERS = """
            insert into transfers (id, kind, debit_account, credit_account, worker_id, cents, business_date,
                                   occurred_at, task_id, assignment_number, corrects_transfer_id, reason, corrected_by,
                                   fact_id, place, balance_after_cents)
            select * from unnest(?::uuid[], ?::text[], ?::uuid[], ?::uuid[], ?::uuid[], ?::int8[], ?::date[],
                                 ?::timestamptz[], ?::uuid[], ?::int[], ?::uuid[], ?::text[], ?::uuid[],
                                 ?::uuid[], ?::int8[], ?::int8[])
            """;
    private static final String MOVE = """
            update accounts
               set debits_cents = accounts.debits_cents + movement.debits_cents,
                   credits_cents = accounts.credits_cents + movement.credits_cents,
                   log_length = accounts.log_length + movement.transfers
              from unnest(?::uuid[], ?::int8[], ?::int8[], ?::int8[])
                   as movement (id, debits_cents, credits_cents, transfers)
             where accounts.id = movement.id
            """;
    private static final String ADD_TO_EARNINGS = """
            insert into earnings as so_far (business_date, earned_cents, transfers)
            select business_date, change_cents, transfers
              from unnest(?::date[], ?::int8[], ?::int8[]) as change (business_date, change_cents, transfers)
             order by business_date
            on conflict (business_date) do update
               set earned_cents = so_far.earned_cents + excluded.earned_cents,
                   transfers = so_far.transfers + excluded.transfers
            returning business_date, earned_cents, transfers
            """;
    private static final String APPEND = """
            insert into outbox (event_id, fact_id, topic, key, type, version, data_versions, sequence,
                                occurred_at, traceparent, payload)
            select event_id, fact_id, topic, key, type, version, data_versions, sequence,
                   occurred_at, traceparent, payload
              from unnest(?::uuid[], ?::uuid[], ?::text[], ?::text[], ?::text[], ?::int[], ?::text[], ?::int8[],
                          ?::timestamptz[], ?::text[], ?::bytea[])
                   with ordinality
                   as fact (event_id, fact_id, topic, key, type, version, data_versions, sequence,
                            occurred_at, traceparent, payload, place)
             order by place
            """;
    private static final String NEXT_WORKERS = """
            select id from accounts
             where kind = 'WORKER' and (?::uuid is null or id > ?::uuid) order by id limit 500
            """;
    private static final String DUE = """
            select worker_id, due_cents, fees_cents, rewards_cents
              from (
                select account.id as worker_id,
                       account.credits_cents - account.debits_cents - since.later_cents as due_cents,
                       since.fees_cents, since.rewards_cents
                  from accounts account cross join lateral (
                    select coalesce(sum(change_cents) filter (where business_date > day), 0) as later_cents,
                           coalesce(-sum(change_cents) filter (where business_date = day and counts_as = 'FEE'), 0) as fees_cents,
                           coalesce(sum(change_cents) filter (where business_date = day and counts_as = 'REWARD'), 0) as rewards_cents
                      from worker_log, (values (?::date)) as the (day)
                     where worker_id = account.id and business_date >= day
                  ) since
                 where account.id = any(?::uuid[])
              ) owed
             where due_cents > 0
             order by worker_id
            """;
    private static final String RECORD_EMAILS = """
            insert into emails (fact_id, worker_id, business_date, paid_cents, fees_cents, rewards_cents,
                                carried_over_cents, next_attempt_at)
            select payout.*, now()
              from unnest(?::uuid[], ?::uuid[], ?::date[], ?::int8[], ?::int8[], ?::int8[], ?::int8[]) as payout
            on conflict do nothing
            """;

    private final Connection connection;
    private final Map<String, PreparedStatement> statements = new HashMap<>();
    private final byte[] charged;
    private final byte[] paid;

    /** A worker's account, as it changes within a transaction. */
    private static final class Account {
        private final UUID worker;
        private long balance;
        private long place;
        private long debits;
        private long credits;
        private long added;

        private Account(ResultSet row) throws SQLException {
            worker = row.getObject(1, UUID.class);
            balance = row.getLong(3) - row.getLong(2);
            place = row.getLong(4);
        }

        Line add(UUID id, String kind, UUID other, boolean toWorker, long cents, LocalDate date, Instant at,
                @Nullable UUID task, UUID factId) {
            balance += toWorker ? cents : -cents;
            debits += toWorker ? 0 : cents;
            credits += toWorker ? cents : 0;
            added++;
            return new Line(id, kind, toWorker ? other : worker, toWorker ? worker : other, worker, cents, date, at,
                    task, factId, ++place, balance);
        }
    }

    private record Line(UUID id, String kind, UUID debit, UUID credit, UUID worker, long cents, LocalDate date,
            Instant at, @Nullable UUID task, UUID factId, long place, long balance) {
    }

    private record Payout(Line line, long fees, long rewards) {
    }

    BareLedger(PostgresServer.Database database) throws SQLException {
        connection = DriverManager.getConnection(database.jdbcUrl(), database.service().user(),
                database.service().password());
        connection.setAutoCommit(false);
        var now = Instant.now();
        var today = LocalDate.EPOCH;
        charged = AvroSerializer
                .encode(new UserBalanceCharged(ANYBODY, ANYBODY, ANYBODY, 1, 1_500L, -1_500L, 1_500L, today, now,
                        Amounts.CURRENCY));
        paid = AvroSerializer.encode(new UserDailyPaidAmount(ANYBODY, ANYBODY, 1_500L, -1_500L, 0L, today, 1_500L,
                3_000L, 0L, now, Amounts.CURRENCY));
    }

    /** Posts a batch on an open day, to accounts that may be new. */
    void post(List<TaskMoney> batch, LocalDate date) throws SQLException {
        drain(REMEMBER, SqlArray.uuids(batch, TaskMoney::factId));
        update(USE_INDEXES);
        drain(LAST_CLOSED);
        var day = SqlArray.dates(List.of(date));
        drain(LOCK_DAYS, day, day);
        var workers = batch.stream().map(TaskMoney::worker).distinct().toList();
        var accounts = lock(workers);
        drain(ALREADY_POSTED, SqlArray.texts(batch, BareLedger::kind), SqlArray.uuids(batch, TaskMoney::task),
                ones(batch));
        var lines = new ArrayList<Line>(batch.size());
        long earned = 0;
        for (var money : batch) {
            lines.add(requireNonNull(accounts.get(money.worker())).add(Ids.next(), kind(money), TASKS, !money.isFee(),
                    money.cents(),
                    date, money.at(), money.task(), money.factId()));
            earned += money.isFee() ? money.cents() : -money.cents();
        }
        insert(lines);
        move(accounts.values());
        drain(ADD_TO_EARNINGS, day, SqlArray.longs(List.of(earned), cents -> cents),
                SqlArray.longs(lines.subList(0, 1), _ -> (long) lines.size()));
        moveAgainst(accounts.values(), TASKS);
        append(lines, "Users.BalanceCharged", charged, 1);
        connection.commit();
    }

    private static String kind(TaskMoney money) {
        return money.isFee() ? "FEE" : "REWARD";
    }

    /** Opens a day for postings. */
    void open(LocalDate date) throws SQLException {
        update("insert into business_days (business_date) values (?::date) on conflict do nothing", date.toString());
        connection.commit();
    }

    /** Closes an open day and pays every worker; returns the number of payouts. */
    int close(LocalDate date) throws SQLException {
        lockDay(date);
        update("update business_days set closed_at = now() where business_date <= ?::date and closed_at is null",
                date.toString());
        connection.commit();
        int payouts = 0;
        UUID last = null;
        while (true) {
            lockDay(date);
            update(USE_INDEXES);
            var workers = query(NEXT_WORKERS, row -> row.getObject(1, UUID.class), last, last);
            if (workers.isEmpty()) {
                update("update business_days set finished_at = now() where business_date = ?::date", date.toString());
                connection.commit();
                return payouts;
            }
            payouts += pay(workers, date);
            last = workers.getLast();
            connection.commit();
        }
    }

    private void lockDay(LocalDate date) throws SQLException {
        update("lock table business_days in share row exclusive mode");
        update("insert into business_days (business_date) values (?::date) on conflict do nothing", date.toString());
        drain("select closed_at, paid_until, finished_at from business_days where business_date = ?::date for update",
                date.toString());
    }

    private int pay(List<UUID> workers, LocalDate date) throws SQLException {
        var accounts = lock(workers);
        var now = Instant.now();
        var payouts = query(DUE,
                row -> new Payout(requireNonNull(accounts.get(row.getObject(1, UUID.class))).add(Ids.next(), "PAYOUT",
                        CASH, false, row.getLong(2), date, now, null, Ids.next()), row.getLong(3), row.getLong(4)),
                date.toString(), SqlArray.uuids(workers, id -> id));
        var lines = payouts.stream().map(Payout::line).toList();
        insert(lines);
        move(accounts.values());
        moveAgainst(accounts.values(), CASH);
        append(lines, "Users.DailyPaidAmount", paid, 0);
        update(RECORD_EMAILS, SqlArray.uuids(lines, Line::factId), SqlArray.uuids(lines, Line::worker),
                dates(lines), SqlArray.longs(lines, Line::cents),
                SqlArray.longs(payouts, Payout::fees), SqlArray.longs(payouts, Payout::rewards),
                SqlArray.longs(lines, _ -> 0L));
        update("""
                update business_days
                   set paid_until = ?::uuid, payouts = payouts + ?, paid_cents = paid_cents + ?
                 where business_date = ?::date
                """, workers.getLast(), lines.size(), lines.stream().mapToLong(Line::cents).sum(), date.toString());
        return lines.size();
    }

    private Map<UUID, Account> lock(List<UUID> workers) throws SQLException {
        update(OPEN_ACCOUNTS, SqlArray.uuids(workers, id -> id));
        var accounts = new TreeMap<UUID, Account>();
        query(LOCK_ACCOUNTS, Account::new, SqlArray.uuids(workers, id -> id))
                .forEach(account -> accounts.put(account.worker, account));
        return accounts;
    }

    private void insert(List<Line> lines) throws SQLException {
        update(INSERT_TRANSFERS, SqlArray.uuids(lines, Line::id), SqlArray.texts(lines, Line::kind),
                SqlArray.uuids(lines, Line::debit),
                SqlArray.uuids(lines, Line::credit), SqlArray.uuids(lines, Line::worker),
                SqlArray.longs(lines, Line::cents),
                dates(lines), SqlArray.instants(lines, Line::at),
                SqlArray.uuids(lines, Line::task), SqlArray.integers(lines, line -> line.task() == null ? null : 1),
                SqlArray.<Line>uuids(lines, _ -> null), SqlArray.<Line>texts(lines, _ -> null),
                SqlArray.<Line>uuids(lines, _ -> null),
                SqlArray.uuids(lines, Line::factId), SqlArray.longs(lines, Line::place),
                SqlArray.longs(lines, Line::balance));
    }

    private void move(Collection<Account> accounts) throws SQLException {
        var moved = List.copyOf(accounts);
        update(MOVE, SqlArray.uuids(moved, account -> account.worker), SqlArray.longs(moved, account -> account.debits),
                SqlArray.longs(moved, account -> account.credits), SqlArray.longs(moved, account -> account.added));
    }

    private void moveAgainst(Collection<Account> accounts, UUID company) throws SQLException {
        update(MOVE, SqlArray.uuids(List.of(company), id -> id),
                SqlArray.longs(List.of(company), _ -> accounts.stream().mapToLong(account -> account.credits).sum()),
                SqlArray.longs(List.of(company), _ -> accounts.stream().mapToLong(account -> account.debits).sum()),
                SqlArray.longs(List.of(company), _ -> 0L));
    }

    /** One row for each line, and a number of further rows for the managers. */
    private void append(List<Line> lines, String type, byte[] payload, int more) throws SQLException {
        var rows = new ArrayList<>(lines);
        rows.addAll(lines.subList(0, more));
        update(APPEND, SqlArray.uuids(rows, _ -> Ids.next()), SqlArray.uuids(rows, Line::factId),
                SqlArray.texts(rows, _ -> Topics.BALANCES),
                SqlArray.texts(rows, row -> row.worker().toString()), SqlArray.texts(rows, _ -> type), ones(rows),
                SqlArray.texts(rows, _ -> "1"),
                SqlArray.longs(rows, Line::place), SqlArray.instants(rows, Line::at), SqlArray.texts(rows, _ -> TRACE),
                SqlArray.bytes(rows, _ -> payload));
    }

    private interface RowMapper<T> {
        T map(ResultSet row) throws SQLException;
    }

    private <T> List<T> query(String sql, RowMapper<T> mapper, @Nullable Object... parameters) throws SQLException {
        try (var rows = prepared(sql, parameters).executeQuery()) {
            var found = new ArrayList<T>();
            while (rows.next()) {
                found.add(mapper.map(rows));
            }
            return found;
        }
    }

    private void drain(String sql, @Nullable Object... parameters) throws SQLException {
        query(sql, row -> row.getObject(1), parameters);
    }

    private void update(String sql, @Nullable Object... parameters) throws SQLException {
        prepared(sql, parameters).execute();
    }

    private PreparedStatement prepared(String sql, @Nullable Object... parameters) throws SQLException {
        var statement = statements.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            statements.put(sql, statement);
        }
        for (int i = 0; i < parameters.length; i++) {
            if (parameters[i] instanceof SqlArray array) {
                array.setTypeValue(statement, i + 1, SqlTypeValue.TYPE_UNKNOWN, null);
            } else {
                statement.setObject(i + 1, parameters[i]);
            }
        }
        return statement;
    }

    private static SqlArray ones(List<?> rows) {
        return SqlArray.integers(rows, _ -> 1);
    }

    private static SqlArray dates(List<Line> lines) {
        return SqlArray.dates(lines, Line::date);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
