package com.uberpopug.ates.acceptance;

import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.ACCOUNTING;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Compares the databases of the services with each other and with themselves: copies and sums must match. */
final class Books {

    /** One service's facts from its database, one line each. */
    private record Facts(String database, String sql) {
        List<String> lines() {
            try (var connection = ApplicationUnderTest.database(database);
                    var query = connection.createStatement();
                    var row = query.executeQuery(sql)) {
                var lines = new ArrayList<String>();
                while (row.next()) {
                    lines.add(row.getString(1));
                }
                return lines;
            } catch (SQLException e) {
                throw new AssertionError(database + " cannot be queried: " + sql, e);
            }
        }
    }

    private Books() {
    }

    /** By the service's own check, which recomputes every account and compares fees and rewards with the events. */
    static void followFromTheEvents() {
        var proof = Company.admin().gets(ACCOUNTING, "/api/ledger/check").is(200).json();

        assertThat(proof.path("not_compared").isNull()).isTrue();
        assertThat(proof.path("events").asLong()).isPositive();
        // Other tests leave dead letters on purpose, and the check reports these, too.
        assertThat(proof.path("differences").values())
                .allSatisfy(difference -> assertThat(difference.path("rule").asString()).isEqualTo("EVENT_SET_ASIDE"));
    }

    static void agree() {
        same("one price a task",
                new Facts("tasks",
                        "select format('task %s: fee %s, amount %s', id, fee_cents, amount_cents) from tasks"),
                new Facts("accounting",
                        "select format('task %s: fee %s, amount %s', task_id, fee_cents, amount_cents) from prices"));
        same("a fee for each assignment", new Facts("tasks", """
                select format('task %s, assignment %s: %s pays %s', task_id, number, assignments.assignee_id, fee_cents)
                  from assignments join tasks on tasks.id = task_id
                """), new Facts("accounting", """
                select format('task %s, assignment %s: %s pays %s', task_id, assignment_number, debit_account, cents)
                  from transfers where kind = 'FEE'
                """));
        var rewards = new Facts("accounting", """
                select format('task %s: %s gets %s', task_id, credit_account, cents)
                  from transfers where kind = 'REWARD'
                """);
        same("a reward for each completion", new Facts("tasks", """
                select format('task %s: %s gets %s', id, assignee_id, amount_cents)
                  from tasks where status = 'COMPLETED'
                """), rewards);
        same("each reward in analytics", rewards, new Facts("analytics", """
                select format('task %s: %s gets %s', task_id, assignee_id, amount_cents)
                  from tasks where completed_at is not null
                """));
        var balances = new Facts("accounting", """
                select format('worker %s has %s', id, credits_cents - debits_cents) from accounts where kind = 'WORKER'
                """);
        same("balances are the sums of transfers", balances, new Facts("accounting", """
                select format('worker %s has %s', worker_id,
                              sum(case when credit_account = worker_id then cents else -cents end))
                  from transfers group by worker_id
                """));
        same("balances equal the last lines of the logs", balances, new Facts("accounting", """
                select distinct on (worker_id) format('worker %s has %s', worker_id, balance_after_cents)
                  from transfers order by worker_id, place desc
                """));
        same("balances in analytics", balances,
                new Facts("analytics", "select format('worker %s has %s', worker_id, balance_cents) from balances"));
        var earnings = new Facts("accounting",
                "select format('managers earned %s on %s', earned_cents, business_date) from earnings");
        same("earnings are the sums of transfers", earnings, new Facts("accounting", """
                select format('managers earned %s on %s',
                              sum(case kind when 'FEE' then cents when 'REWARD' then -cents else 0 end), business_date)
                  from transfers group by business_date having bool_or(kind in ('FEE', 'REWARD'))
                """));
        same("earnings in analytics", earnings, new Facts("analytics",
                "select format('managers earned %s on %s', earned_cents, business_date) from earnings"));
    }

    /** Counts events that are unsent or that Kafka rejected. */
    static List<String> unsent() {
        return Stream.of("auth", "tasks", "accounting", "analytics").flatMap(database -> Stream.of("outbox",
                "outbox_dead_letters").flatMap(
                        table -> new Facts(database,
                                "select format('%s of %s, %s %s', type, key, current_database(), '" + table + "') from "
                                        + table)
                                .lines().stream()))
                .toList();
    }

    /** A column of tasks-service's database. */
    static List<String> tasks(String sql) {
        return new Facts("tasks", sql).lines();
    }

    /** A column of accounting-service's database. */
    static List<String> accounting(String sql) {
        return new Facts("accounting", sql).lines();
    }

    private static void same(String claim, Facts one, Facts other) {
        same(claim, one.database, one.lines(), other.database, other.lines());
    }

    /** Both sides must hold the same lines, each once; the message names missing lines and the side that lacks them. */
    static void same(String claim, String one, List<String> lines, String other, List<String> others) {
        assertThat(twice(lines)).as("%s: twice in %s", claim, one).isEmpty();
        assertThat(twice(others)).as("%s: twice in %s", claim, other).isEmpty();
        assertThat(missing(lines, others)).as("%s: missing in %s", claim, other).isEmpty();
        assertThat(missing(others, lines)).as("%s: missing in %s", claim, one).isEmpty();
    }

    private static List<String> twice(List<String> lines) {
        var once = new TreeSet<String>();
        return lines.stream().filter(line -> !once.add(line)).toList();
    }

    private static List<String> missing(List<String> lines, List<String> others) {
        var there = new TreeSet<>(others);
        return lines.stream().filter(line -> !there.contains(line)).toList();
    }
}
