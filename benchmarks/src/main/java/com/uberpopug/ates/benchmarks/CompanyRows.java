package com.uberpopug.ates.benchmarks;

import com.uberpopug.ates.localstack.parts.PostgresServer;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/**
 * A large company in the databases of a running demo: its workers, their tasks and the money of some days, the same in
 * each service. {@link LedgerRows} writes the ledger; the other services hold its newest tasks, and today's open ones.
 * Ids follow from numbers; worker 4 is the demo's anna.
 */
final class CompanyRows {

    /** The number of the newest tasks that are assigned to anna and open. */
    private static final int ANNAS = 100;
    private static final int EMAILS_GIVEN_UP = 60;
    private static final String TITLE = """
            (array['Repaint the button', 'Feed the parrots', 'Count the feathers', 'Answer the letters about beaks',
                   'Move the perch', 'Sharpen the claws', 'Describe the beak'])[1 + number % 7] || ' ' || number""";
    private static final String WORKERS = """
              from generate_series(0, {workers} - 1) as number
             cross join lateral (
               select pg_temp.id('7000', number) as id, 'popug-' || lpad(number::text, 5, '0') as login,
                      'Popug ' || number as name) as worker
            on conflict do nothing;
            """;

    private final PostgresServer postgres;
    private final int workers;
    private final int transfers;
    private final int newestAssigned;
    private final int feesOfToday;
    private final Map<String, Integer> sizes;

    /**
     * @param workers all with anna's password
     * @param tasks four fifths of them are completed, and most of the others assigned
     * @param transfers the minimum number
     */
    CompanyRows(PostgresServer postgres, int workers, int tasks, int transfers) {
        this.postgres = postgres;
        this.workers = workers;
        this.transfers = transfers;
        int days = LedgerRows.days(transfers, workers);
        int open = days * workers * 5;
        int end = open + tasks / 5;
        int ready = end - tasks / 200;
        newestAssigned = ready - 1;
        feesOfToday = days * workers * 11;
        sizes = Map.of("workers", workers, "tasks", tasks, "days", days, "first", end - tasks, "open", open,
                "ready", ready, "end", end, "annas", ANNAS, "given_up", EMAILS_GIVEN_UP);
    }

    void store() throws SQLException {
        users();
        tasks();
        books();
        projections();
        for (var database : List.of("auth", "tasks", "accounting", "analytics")) {
            try (var rows = new Rows(postgres, database)) {
                rows.settle();
            }
        }
    }

    /** The newest assigned task, with more assignments than a page shows. */
    String busyTask() {
        return id("0200", newestAssigned);
    }

    /** Anna's fee of today. */
    String fee() {
        return id("0100", feesOfToday + 4);
    }

    static String anna() {
        return TaskMoney.worker(4).toString();
    }

    private static String id(String kind, int number) {
        return "00000000-0000-%s-8000-%012x".formatted(kind, number);
    }

    private void users() throws SQLException {
        run("auth", """
                insert into users (id, version, login, display_name, email, language, role, active, password_hash,
                                   sequence, created_at)
                select worker.id, 0, login, name, login || '@uberpopug.example', 'EN', 'POPUG', true,
                       (select password_hash from users where login = 'anna'), 1, now()
                """ + WORKERS);
    }

    private void tasks() throws SQLException {
        run("tasks", """
                insert into users (id, login, display_name, language, role, active, sequence)
                select worker.id, login, name, 'en', 'popug', true, 1
                """ + WORKERS);
        run("tasks", """
                insert into tasks (id, title, description, status, created_by, created_at, priced_at, fee_cents,
                                   amount_cents, assignee_id, assignment_number, assigned_at, completed_at, facts,
                                   version)
                select pg_temp.id('0200', number), {title}, 'Before the parrots wake up', status,
                       pg_temp.id('7000', number * 31 % {workers}), created_at, created_at, {fee}, {reward},
                       case when is_assigned then pg_temp.id('7000', assignee) end,
                       case when is_assigned then assignments else 0 end,
                       case when is_assigned then created_at + interval '2 hours' end,
                       case when status = 'COMPLETED' then created_at + interval '3 hours' end,
                       2 + assignments, 2 + assignments
                  from generate_series({first}, {end} - 1) as number
                 cross join lateral (
                   select case when number < {open} then 'COMPLETED' when number < {ready} then 'ASSIGNED'
                               else 'READY' end as status,
                          number < {ready} as is_assigned,
                          now() - interval '3 hours' - ({end} - number) * interval '10 days' / {tasks}
                            as created_at,
                          case when number = {ready} - 1 then 60 else 1 + number % 3 end as assignments,
                          case when number >= {ready} - {annas} then 4 else number % {workers} end as assignee
                   ) as task;
                insert into assignments (task_id, number, assignee_id, assigned_at)
                select id, number,
                       case when number = assignment_number then assignee_id
                            else pg_temp.id('7000', number * 37 % {workers}) end,
                       assigned_at - (assignment_number - number) * interval '1 minute'
                  from tasks cross join generate_series(1, assignment_number) as number;
                insert into shuffles (id, requested_by, requested_at, tasks_total, tasks_done, finished_at)
                select pg_temp.id('0400', number), pg_temp.id('7000', 2), now() - interval '1 day', 1000, 1000, now()
                  from generate_series(1, 60) as number;
                """);
    }

    private void books() throws SQLException {
        try (var rows = new LedgerRows(postgres, "accounting")) {
            // The demo's workers have empty accounts already.
            rows.run("delete from accounts where kind = 'WORKER'");
            rows.store(transfers, workers);
        }
        run("accounting", """
                insert into users (id, login, display_name, email, language, role, active, sequence)
                select worker.id, login, name, login || '@uberpopug.example', 'en', 'popug', true, 1
                """ + WORKERS);
        run("accounting", """
                insert into tasks (id, title)
                select pg_temp.id('0200', number), {title} from generate_series({first}, {end} - 1) as number;
                insert into business_days (business_date) values (current_date) on conflict do nothing;
                insert into transfers (id, kind, debit_account, credit_account, worker_id, cents, business_date,
                                       occurred_at, task_id, assignment_number, fact_id, place, balance_after_cents)
                select pg_temp.id('0100', {days} * {workers} * 11 + number), 'FEE', pg_temp.id('7000', number),
                       {company}, pg_temp.id('7000', number), {fee}, current_date, now(),
                       pg_temp.id('0200', {open} + number), 1,
                       pg_temp.id('0300', {days} * {workers} * 11 + number), {days} * 11 + 1, -{fee}
                  from generate_series(0, {workers} - 1) as number;
                update accounts set debits_cents = debits_cents + {fee}, log_length = log_length + 1
                 where kind = 'WORKER';
                update accounts set credits_cents = credits_cents + {workers} * {fee} where kind = 'TASKS';
                insert into earnings (business_date, earned_cents, transfers)
                values (current_date, {workers} * {fee}, {workers});
                insert into emails (fact_id, worker_id, business_date, paid_cents, fees_cents, rewards_cents,
                                    carried_over_cents, status, attempts, next_attempt_at, sent_at)
                select fact_id, worker_id, business_date, cents, 5 * {fee}, 5 * {reward}, 0, 'SENT', 1, occurred_at,
                       occurred_at
                  from transfers where kind = 'PAYOUT';
                update emails set status = 'GIVEN_UP', sent_at = null, last_error = 'No such mailbox'
                 where fact_id in (select fact_id from emails
                                    order by business_date desc, fact_id desc limit {given_up});
                insert into ledger_checks (checked_at, differences) values (now(), 0);
                """);
    }

    private void projections() throws SQLException {
        run("analytics", """
                insert into users (user_id, sequence, role, active, language)
                select worker.id, 1, 'popug', true, 'en'
                """ + WORKERS);
        run("analytics", """
                insert into closed_days (business_date)
                select current_date - day from generate_series(1, {days}) as day on conflict do nothing;
                insert into earnings (business_date, sequence, earned_cents)
                select current_date - day, {workers} * 10, {workers}::bigint * -5 * {net}
                  from generate_series(1, {days}) as day
                union all select current_date, {workers}, {workers} * {fee};
                insert into tasks (task_id, title, assignee_id, completed_at, reward_transfer_id, amount_cents,
                                   business_date)
                select pg_temp.id('0200', number), {title}, pg_temp.id('7000', number % {workers}),
                       business_date + time '12:00',
                       pg_temp.id('0100', (2 * (number / {workers}) + 1 + number / ({workers} * 5)) * {workers}
                                          + number % {workers}),
                       2000 + number % 21 * 100, business_date
                  from generate_series({first}, {open} - 1) as number
                 cross join lateral (
                   select current_date - {days} + number / ({workers} * 5) as business_date) as task;
                insert into balances (worker_id, counted, balance_cents)
                select pg_temp.id('7000', number), int8multirange(int8range(1, {days} * 11 + 2)), -{fee}
                  from generate_series(0, {workers} - 1) as number;
                insert into daily_balances (worker_id, business_date, balance_cents)
                select pg_temp.id('7000', number), current_date - day, case day when 0 then -{fee} else 0 end
                  from generate_series(0, {days}) as day cross join generate_series(0, {workers} - 1) as number;
                insert into below_zero_changes (business_date, workers) values (current_date, {workers});
                """);
    }

    private void run(String database, String sql) throws SQLException {
        try (var rows = new Rows(postgres, database)) {
            rows.run(LedgerRows.filled(sql.replace("{title}", TITLE), sizes));
        }
    }
}
