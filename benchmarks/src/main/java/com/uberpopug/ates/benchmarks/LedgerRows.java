package com.uberpopug.ates.benchmarks;

import com.uberpopug.ates.localstack.parts.PostgresServer;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Map;

/** Prepares an accounting database for a measurement. */
final class LedgerRows extends Rows {

    private static final long NET_CENTS = TaskMoney.REWARD_CENTS - TaskMoney.FEE_CENTS;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    LedgerRows(PostgresServer postgres, String database) throws SQLException {
        super(postgres, database);
    }

    /**
     * Empties all tables. They are not analyzed, as in a new database: plans for a table that is known to be empty
     * would be kept, and stay bad when it grows.
     */
    void clear() throws SQLException {
        run("""
                truncate transfers, earnings, business_days, accounts, prices, tasks, users, emails, inbox, outbox;
                insert into accounts (id, kind) values ('00000000-0000-0000-0000-000000000001', 'TASKS'),
                                                       ('00000000-0000-0000-0000-000000000002', 'CASH');
                """);
        run("checkpoint");
    }

    /**
     * A history of closed days up to yesterday, on each of which every worker was assigned five tasks, completed them
     * and was paid. A day has 11 transfers of each worker, the payout included, in the order of time.
     */
    void store(int transfers, int workers) throws SQLException {
        int days = days(transfers, workers);
        for (int day = 0; day < days; day++) {
            run(filled("""
                    insert into transfers (id, kind, debit_account, credit_account, worker_id, cents, business_date,
                                           occurred_at, posted_at, task_id, assignment_number, fact_id, place,
                                           balance_after_cents)
                    select pg_temp.id('0100', n), kind,
                           case kind when 'REWARD' then company else worker end,
                           case kind when 'REWARD' then worker else company end, worker,
                           case kind when 'FEE' then {fee} when 'REWARD' then {reward} else {net} * 5 end,
                           date, date + time '12:00', date + time '12:00',
                           case when kind <> 'PAYOUT'
                                then pg_temp.id('0200', {day} * {workers} * 5 + line / 2 * {workers} + number) end,
                           case when kind <> 'PAYOUT' then 1 end, pg_temp.id('0300', n), {day} * 11 + line + 1,
                           case kind when 'FEE' then line / 2 * {net} - {fee}
                                     when 'REWARD' then (line / 2 + 1) * {net} else 0 end
                      from generate_series(0, 10) as line cross join generate_series(0, {workers} - 1) as number
                     cross join lateral (
                       select pg_temp.id('7000', number) as worker, current_date - {days} + {day} as date,
                              {day} * {workers} * 11 + line * {workers} + number as n,
                              case when line = 10 then 'PAYOUT' when line % 2 = 0 then 'FEE' else 'REWARD' end as kind,
                              case line when 10 then {cash} else {company} end as company) as details
                     order by line, number
                    """, Map.of("workers", workers, "days", days, "day", day)));
        }
        run(filled("""
                insert into accounts (id, kind, debits_cents, credits_cents, log_length)
                select pg_temp.id('7000', number), 'WORKER', {days} * 5 * {reward}, {days} * 5 * {reward}, {days} * 11
                  from generate_series(0, {workers} - 1) as number;
                update accounts set debits_cents = {days}::bigint * {workers} * 5 * {reward},
                                    credits_cents = {days}::bigint * {workers} * 5 * {fee} where kind = 'TASKS';
                update accounts set credits_cents = {days}::bigint * {workers} * 5 * {net} where kind = 'CASH';
                insert into business_days (business_date, closed_at, finished_at, payouts, paid_cents)
                select current_date - day, current_date - day + 1, current_date - day + 1, {workers},
                       {workers}::bigint * 5 * {net}
                  from generate_series(1, {days}) as day;
                insert into earnings (business_date, earned_cents, transfers)
                select current_date - day, {workers}::bigint * -5 * {net}, {workers} * 10
                  from generate_series(1, {days}) as day;
                insert into prices (task_id, fee_cents, amount_cents, drawn_at)
                select pg_temp.id('0200', task), {fee}, {reward}, now()
                  from generate_series(0, {days} * {workers} * 5 - 1) as task;
                insert into inbox (consumer, fact_id)
                select 'accounting.tasks', fact_id from transfers where kind <> 'PAYOUT' order by id;
                """, Map.of("workers", workers, "days", days)));
    }

    /** The number of days of a history with at least this many transfers. */
    static int days(int transfers, int workers) {
        return Math.ceilDiv(transfers, 11 * workers);
    }

    /** Workers with a number of completed tasks each and no payout, on the open days before a date. */
    void owe(int workers, int tasks, int days, LocalDate until) throws SQLException {
        run(filled(
                """
                        insert into business_days (business_date)
                        select '{until}'::date - day from generate_series(1, {days}) as day;
                        insert into transfers (id, kind, debit_account, credit_account, worker_id, cents, business_date,
                                               occurred_at, task_id, assignment_number, fact_id, place, balance_after_cents)
                        select pg_temp.id('0100', line * {workers} + number), kind,
                               case kind when 'REWARD' then {company} else worker end,
                               case kind when 'REWARD' then worker else {company} end, worker,
                               case kind when 'FEE' then {fee} else {reward} end, date, date,
                               pg_temp.id('0200', line / 2 * {workers} + number), 1,
                               pg_temp.id('0300', line * {workers} + number), line + 1,
                               case kind when 'FEE' then line / 2 * {net} - {fee} else (line / 2 + 1) * {net} end
                          from generate_series(0, 2 * {tasks} - 1) as line
                         cross join generate_series(0, {workers} - 1) as number
                         cross join lateral (
                           select pg_temp.id('7000', number) as worker, case line % 2 when 0 then 'FEE' else 'REWARD' end as kind,
                                  '{until}'::date - {days} + line / 2 * {days} / {tasks} as date) as details
                         order by line, number;
                        insert into accounts (id, kind, debits_cents, credits_cents, log_length)
                        select pg_temp.id('7000', number), 'WORKER', {tasks} * {fee}, {tasks} * {reward}, 2 * {tasks}
                          from generate_series(0, {workers} - 1) as number;
                        update accounts set debits_cents = {workers}::bigint * {tasks} * {reward},
                                            credits_cents = {workers}::bigint * {tasks} * {fee} where kind = 'TASKS';
                        insert into earnings (business_date, earned_cents, transfers)
                        select business_date, -sum(change_cents), count(*) from worker_log group by business_date;
                        insert into prices (task_id, fee_cents, amount_cents, drawn_at)
                        select pg_temp.id('0200', task), {fee}, {reward}, now()
                          from generate_series(0, {workers} * {tasks} - 1) as task;
                        """
                        .replace("{until}", until.toString()),
                Map.of("workers", workers, "tasks", tasks, "days", days)));
    }

    /** Prices of tasks without a Tasks.Created event. */
    void price() throws SQLException {
        run("""
                insert into prices (task_id, fee_cents, amount_cents, drawn_at)
                select task_id, min(cents) filter (where kind = 'FEE'), min(cents) filter (where kind = 'REWARD'), now()
                  from transfers where kind in ('FEE', 'REWARD') group by task_id on conflict do nothing
                """);
    }

    /** Disables a job of the service, once it is not running. */
    void hold(String job) throws SQLException, InterruptedException {
        schedule(job, "infinity");
    }

    /** Enables the job again, and makes it due at once. */
    void release(String job) throws SQLException, InterruptedException {
        schedule(job, "now");
    }

    private void schedule(String job, String time) throws SQLException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (number("""
                with scheduled as (
                    update scheduled_tasks set execution_time = '%s', version = version + 1
                     where task_name = '%s' and not picked returning 1)
                select count(*) from scheduled
                """.formatted(time, job)) == 0) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException(job + " does not end");
            }
            Thread.sleep(20);
        }
    }

    /** The number of posted fees and rewards, by a query of constant cost. */
    long posted() throws SQLException {
        return number("select coalesce(sum(transfers), 0) from earnings");
    }

    static String filled(String sql, Map<String, Integer> numbers) {
        var filled = sql;
        for (var each : numbers.entrySet()) {
            filled = filled.replace("{" + each.getKey() + "}", each.getValue().toString());
        }
        return filled.replace("{company}", "'00000000-0000-0000-0000-000000000001'::uuid")
                .replace("{cash}", "'00000000-0000-0000-0000-000000000002'::uuid")
                .replace("{fee}", Long.toString(TaskMoney.FEE_CENTS))
                .replace("{reward}", Long.toString(TaskMoney.REWARD_CENTS)).replace("{net}", Long.toString(NET_CENTS));
    }
}
