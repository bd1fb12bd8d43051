package com.uberpopug.ates.analytics.projection;

import static com.uberpopug.ates.analytics.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.analytics.WorkerLog;
import com.uberpopug.ates.analytics.projection.CheckProjections.ProjectionCheckResult;
import com.uberpopug.ates.analytics.projection.Projections.Difference;
import com.uberpopug.ates.analytics.projection.Projections.Table;
import com.uberpopug.ates.analytics.projection.RebuildView.State;
import com.uberpopug.ates.events.Amounts;
import com.uberpopug.ates.events.managers.v1.BusinessDayClosed;
import com.uberpopug.ates.events.managers.v1.ManagersBalanceChanged;
import com.uberpopug.ates.events.tasks.v1.TaskCompleted;
import com.uberpopug.ates.events.tasks.v1.TaskCreated;
import com.uberpopug.ates.platform.events.ConsumerProgress;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.test.Events;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A company's events and the projections of them. Topics are shared with other tests, so that a first rebuild fetches
 * the events of earlier contexts.
 */
abstract class RebuildTest {

    static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    @Autowired
    protected Events events;
    @Autowired
    protected JdbcClient db;
    @Autowired
    protected Rebuilds rebuilds;
    @Autowired
    protected RunRebuild runRebuild;
    @Autowired
    protected CheckProjections check;
    @Autowired
    private ConsumerProgress progress;

    /** A worker's two days: fees, a reward, corrections, payouts, and what accounting announced of them. */
    static List<Fact> company(LocalDate date) {
        var task = Ids.next();
        var other = Ids.next();
        var anna = new WorkerLog();
        var fee = anna.fee(date, 1_500);
        var reward = anna.reward(task, date, 2_400);
        var facts = new ArrayList<>(List.of(fee, reward, anna.payout(date), anna.fee(date.plusDays(1), 1_100),
                anna.reward(other, date.plusDays(1), 900), anna.correction(reward, date.plusDays(2))));
        for (var id : List.of(task, other)) {
            var creator = Ids.next();
            facts.add(Fact.of(Ids.next(), id, 1, NOW,
                    new com.uberpopug.ates.events.tasks.v2.TaskCreated(id, "CAT-1", "Feed the cat", null, creator, NOW),
                    new TaskCreated(id, "[CAT-1] - Feed the cat", null, creator, NOW)));
            facts.add(Fact.of(Ids.next(), id, 2, NOW,
                    new TaskCompleted(id, anna.workerId(), 1, 2_400L, NOW, Amounts.CURRENCY)));
        }
        facts.add(Fact.of(Ids.next(), date, 1, NOW,
                new ManagersBalanceChanged(date, 1_500L, 1_500L, 1, Instant.EPOCH, Amounts.CURRENCY)));
        facts.add(Fact.of(Ids.next(), date, 2, NOW,
                new ManagersBalanceChanged(date, -2_400L, -900L, 2, Instant.EPOCH, Amounts.CURRENCY)));
        facts.add(Fact.of(Ids.next(), date, 2, NOW,
                new BusinessDayClosed(date, -900L, 1, 900L, NOW, NOW, Amounts.CURRENCY)));
        return facts;
    }

    void send(List<Fact> facts) {
        events.send(facts.toArray(Fact[]::new));
        awaitAllApplied();
    }

    /** In any order, and each up to twice. */
    static List<Fact> shuffledAndDoubled(List<Fact> facts, Random random) {
        var sent = new ArrayList<>(facts);
        facts.stream().filter(_ -> random.nextBoolean()).forEach(sent::add);
        Collections.shuffle(sent, random);
        return sent;
    }

    void awaitAllApplied() {
        eventually(() -> assertThat(progress.lags()).allSatisfy((_, lag) -> assertThat(lag.records()).isZero()));
    }

    /** The rows of each serving table, in no order. A date without a change may have a row of zero, or none. */
    Map<String, List<String>> projections() {
        return Projections.TABLES.stream().map(Table::name).collect(Collectors.toMap(Function.identity(),
                table -> db.sql("select t::text from public." + table + " as t"
                        + (table.equals("below_zero_changes") ? " where workers <> 0" : "") + " order by 1")
                        .query(String.class).list()));
    }

    void breakEveryTable() {
        Stream.of("delete from tasks where task_id = (select task_id from tasks order by task_id desc limit 1)",
                "update tasks set title = 'Broken', amount_cents = amount_cents + 1",
                "insert into corrected_transfers (transfer_id) values (gen_random_uuid())",
                "update balances set balance_cents = balance_cents + 1",
                "delete from daily_balances where business_date = (select max(business_date) from daily_balances)",
                "insert into below_zero_changes (business_date, workers) values ('1980-01-01', 7)",
                "update earnings set earned_cents = earned_cents + 1, sequence = 1",
                "delete from closed_days").forEach(statement -> db.sql(statement).update());
    }

    /** Without the scheduler, until it is finished. */
    RebuildView rebuild() {
        var id = requested();
        assertThat(runRebuild.run(id, () -> true)).isTrue();
        return finished(id);
    }

    UUID requested() {
        var id = Ids.next();
        assertThat(rebuilds.request(id, Ids.next())).isTrue();
        return id;
    }

    RebuildView finished(UUID id) {
        var rebuild = rebuilds.latest().orElseThrow();
        assertThat(rebuild.id()).isEqualTo(id);
        assertThat(rebuild.problem()).isNull();
        assertThat(rebuild.state()).isEqualTo(State.SWITCHED);
        return rebuild;
    }

    ProjectionCheckResult checked() {
        return check.run(true).orElseThrow();
    }

    /** Other tests announce totals of days that they do not send the balances of. */
    static List<Difference> ofTables(ProjectionCheckResult result) {
        assertThat(result.notCompared()).isNull();
        return result.differences().stream().filter(difference -> !difference.rule().equals("DAY_TOTAL")).toList();
    }
}
