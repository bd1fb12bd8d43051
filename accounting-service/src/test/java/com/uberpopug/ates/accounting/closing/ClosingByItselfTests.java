package com.uberpopug.ates.accounting.closing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.github.kagkarlsson.scheduler.SchedulerState.SettableSchedulerState;
import com.uberpopug.ates.accounting.SettableClock;
import com.uberpopug.ates.accounting.check.LedgerCheck;
import com.uberpopug.ates.accounting.closing.RequestClose.Outcome;
import com.uberpopug.ates.accounting.day.BusinessDays;
import com.uberpopug.ates.accounting.ledger.CorrectTransfer;
import com.uberpopug.ates.accounting.ledger.Ledger;
import com.uberpopug.ates.accounting.ledger.TasksListener;
import com.uberpopug.ates.accounting.price.PricedTasks;
import com.uberpopug.ates.events.Amounts;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.tasks.v1.TaskCompleted;
import com.uberpopug.ates.platform.events.ConsumerProgress;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.test.Events;
import com.uberpopug.ates.platform.test.ServiceTest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.transaction.support.TransactionTemplate;

/** Days that are closed by the clock. Each test begins on the first day that earlier tests left open. */
@ServiceTest(database = "accounting", properties = {"ates.price-secret=a secret of the tests, long enough",
        "ates.close-delay=10m", "db-scheduler.enabled=false"})
@Import(SettableClock.Setting.class)
class ClosingByItselfTests {

    private static final LocalTime NOON = LocalTime.NOON;
    private static final LocalTime DUE = LocalTime.of(0, 10);

    private final UUID anna = Ids.next();
    private final UUID boris = Ids.next();

    @Autowired
    private RequestClose requestClose;
    @Autowired
    private CloseDay closeDay;
    @Autowired
    private CloseDays closeDays;
    @Autowired
    private BusinessDays days;
    @Autowired
    private LedgerCheck check;
    @Autowired
    private Ledger ledger;
    @Autowired
    private CorrectTransfer correctTransfer;
    @Autowired
    private TransactionTemplate transaction;
    @Autowired
    private JdbcClient db;
    @Autowired
    private SettableClock clock;
    @Autowired
    private Events events;
    @Autowired
    private KafkaListenerEndpointRegistry listeners;
    @Autowired
    private ConsumerProgress consumers;

    private Earners earners;
    private LocalDate day;

    @BeforeEach
    void setClockToNoon() {
        earners = new Earners(ledger, db, transaction);
        clock.set(Instant.now());
        day = days.today();
        clock.set(at(day, NOON));
    }

    @AfterEach
    void verifyLedger() {
        assertThat(check.ofTransfers().differences()).filteredOn(difference -> !List.of("PRICE", "REWARD_WITHOUT_FEE")
                .contains(difference.rule())).isEmpty();
    }

    @Test
    void day_is_closed_ten_minutes_after_midnight() {
        earners.earn(at(day, NOON), anna);
        clock.set(at(day.plusDays(1), DUE).minusNanos(1_000));
        closeDue();
        assertThat(earners.isFinished(day)).isFalse();

        clock.set(at(day.plusDays(1), DUE));
        closeWhatIsDueUpTo(day);
        assertThat(earners.payouts(anna)).containsExactly(day + " 2000");
    }

    @Test
    void repeated_request_reports_the_progress() {
        assertThat(requestClose.request(day, anna)).isEqualTo(Outcome.REQUESTED);
        assertThat(closeDay.step(day)).isTrue();
        assertThat(requestClose.request(day, boris)).isEqualTo(Outcome.BEING_CLOSED);
        closeDue();
        assertThat(requestClose.request(day, boris)).isEqualTo(Outcome.CLOSED_ALREADY);
    }

    @Test
    void event_within_ten_minutes_counts_for_its_day_and_later_ones_for_the_next() {
        clock.set(at(day.plusDays(1), DUE).minusSeconds(1));
        earners.earn(at(day, NOON), anna);
        clock.set(at(day.plusDays(1), DUE));
        closeWhatIsDueUpTo(day);
        earners.earn(at(day, NOON), anna);

        assertThat(earners.log(anna)).containsExactly(day + " FEE 1000", day + " REWARD 3000", day + " PAYOUT 2000",
                day.plusDays(1) + " FEE 1000", day.plusDays(1) + " REWARD 3000");
    }

    @Test
    void future_event_is_paid_today_once() {
        earners.earn(at(day.plusDays(1), NOON), anna);
        clock.set(at(day.plusDays(3), DUE));
        closeWhatIsDueUpTo(day.plusDays(2));
        assertThat(earners.payouts(anna)).containsExactly(day + " 2000");
    }

    @Test
    void missed_days_are_closed_oldest_first_with_their_own_payouts() {
        earners.earn(at(day, NOON), anna);
        clock.set(at(day.plusDays(40), NOON));
        earners.earn(at(day.plusDays(2), NOON), anna, boris);
        earners.earn(at(day.plusDays(39), NOON), boris);
        closeWhatIsDueUpTo(day.plusDays(39));

        assertThat(earners.payouts(anna)).containsExactly(day + " 2000", day.plusDays(2) + " 2000");
        assertThat(earners.payouts(boris)).containsExactly(day.plusDays(2) + " 2000", day.plusDays(39) + " 2000");
        assertThat(earners.isFinished(day.plusDays(40))).isFalse();
    }

    @Test
    void day_stays_open_while_its_events_wait_in_the_topic() {
        var listener = Objects.requireNonNull(listeners.getListenerContainer(TasksListener.CONSUMER));
        listener.stop();
        var task = PricedTasks.ofReward(3_000);
        events.send(Fact.of(Ids.next(), task, 4, at(day, NOON),
                new TaskCompleted(task, anna, 1, 3_000L, at(day, NOON), Amounts.CURRENCY)));
        clock.set(at(day.plusDays(1), DUE));
        closeDue();
        assertThat(earners.isFinished(day)).isFalse();

        listener.start();
        closeWhatIsDueUpTo(day);
        assertThat(earners.log(anna)).containsExactly(day + " REWARD 3000", day + " PAYOUT 3000");
    }

    @Test
    void days_closed_by_a_fast_clock_stay_closed_and_pay_once() {
        earners.earn(at(day, NOON), anna);
        clock.set(at(day.plusDays(5), DUE));
        closeWhatIsDueUpTo(day.plusDays(4));

        clock.set(at(day, LocalTime.of(13, 0)));
        assertThat(days.today()).isEqualTo(day.plusDays(5));
        earners.earn(at(day, LocalTime.of(13, 0)), anna);
        for (int passed = 1; passed <= 5; passed++) {
            clock.set(at(day.plusDays(passed), DUE));
            closeDue();
        }
        assertThat(earners.payouts(anna)).containsExactly(day + " 2000");

        clock.set(at(day.plusDays(6), DUE));
        closeWhatIsDueUpTo(day.plusDays(5));
        assertThat(earners.payouts(anna)).containsExactly(day + " 2000", day.plusDays(5) + " 2000");
    }

    @Test
    void host_with_a_wrong_clock_closes_no_day() {
        earners.earn(at(day, NOON), anna);
        clock.set(at(day.plusDays(1), DUE));
        awaitConsumed();
        for (var apart : List.of(Duration.ofMinutes(2), Duration.ofMinutes(-2), Duration.ofDays(365))) {
            var wrong = new HostClock(db, Clock.offset(Clock.systemUTC(), apart));
            new CloseDays(db, days, closeDay, consumers, wrong, Duration.ofMinutes(10))
                    .closeDue(new SettableSchedulerState());
            assertThat(earners.isFinished(day)).as("%s apart", apart).isFalse();
        }
        closeWhatIsDueUpTo(day);
    }

    @Test
    void slow_clock_opens_no_closed_day() {
        clock.set(at(day.plusDays(1), DUE));
        closeWhatIsDueUpTo(day);
        clock.set(at(day.minusDays(10), NOON));
        earners.earn(at(day.plusDays(1), NOON), anna);
        closeDue();

        assertThat(days.today()).isEqualTo(day.plusDays(1));
        assertThat(earners.log(anna)).containsExactly(day.plusDays(1) + " FEE 1000", day.plusDays(1) + " REWARD 3000");
    }

    @Test
    void older_day_is_paid_before_the_next_close() {
        clock.set(at(day.plusDays(1), NOON));
        awaitConsumed();
        earners.earn(at(day, NOON), anna);
        earners.earn(at(day.plusDays(1), NOON), anna);
        clock.set(at(day.plusDays(2), NOON));
        assertThat(closeDay.step(day)).isTrue();

        // As another instance with an outdated read: no older day is open.
        assertThat(closeDay.step(day.plusDays(1))).isFalse();
        assertThatThrownBy(() -> db.sql("update business_days set closed_at = now() where business_date = ?")
                .param(day.plusDays(1)).update()).hasMessageContaining("days_are_finished_in_order");

        closeWhatIsDueUpTo(day.plusDays(1));
        assertThat(earners.payouts(anna)).containsExactly(day + " 2000", day.plusDays(1) + " 2000");
    }

    @Test
    void two_instances_closing_at_once_pay_everyone_once() throws Exception {
        var workers = Stream.generate(Ids::next).limit(1_200).toArray(UUID[]::new);
        earners.earn(at(day, NOON), workers);
        clock.set(at(day.plusDays(1), DUE));
        awaitConsumed();
        atOnce(this::closeDue, this::closeDue);

        assertThat(earners.isFinished(day)).isTrue();
        assertThat(Stream.of(workers).flatMap(worker -> earners.payouts(worker).stream())).hasSize(workers.length)
                .containsOnly(day + " 2000");
        assertThat(db.sql("select count(*) from emails where business_date = ?").param(day).query(Long.class).single())
                .isEqualTo(db.sql("select payouts from business_days where business_date = ?").param(day)
                        .query(Long.class).single())
                .isGreaterThanOrEqualTo(workers.length);
    }

    @Test
    void posting_that_races_the_close_counts_for_one_of_both_days() throws Exception {
        var workers = Stream.generate(Ids::next).limit(20).toArray(UUID[]::new);
        clock.set(at(day.plusDays(1), DUE));
        awaitConsumed();
        var closed = new AtomicBoolean();
        Runnable earn = untilSomeTimesAfter(closed, () -> earners.earn(at(day, NOON), workers));
        atOnce(earn, earn, closeOnceHasEarned(workers[0], closed));

        for (var worker : workers) {
            long inTime = earners.log(worker).stream().filter((day + " REWARD 3000")::equals).count();
            assertThat(earners.payouts(worker)).containsExactly(day + " " + inTime * Earners.NET_CENTS);
            assertThat(earners.log(worker)).filteredOn((day.plusDays(1) + " REWARD 3000")::equals)
                    .hasSizeGreaterThanOrEqualTo(10);
        }
    }

    @Test
    void ledger_check_during_postings_and_closes_finds_no_difference() throws Exception {
        var workers = Stream.generate(Ids::next).limit(20).toArray(UUID[]::new);
        clock.set(at(day.plusDays(1), DUE));
        awaitConsumed();
        var closed = new AtomicBoolean();
        atOnce(untilSomeTimesAfter(closed, () -> earners.earn(at(day, NOON), workers)),
                untilSomeTimesAfter(closed, this::verifyLedger), closeOnceHasEarned(workers[0], closed));
        assertThat(earners.isFinished(day)).isTrue();
    }

    @Test
    void correction_that_races_the_close_counts_for_one_of_both_days() throws Exception {
        var workers = Stream.generate(Ids::next).limit(200).toArray(UUID[]::new);
        awaitConsumed();
        earners.earn(at(day, NOON), workers);
        requestClose.request(day, anna);
        var begun = new AtomicBoolean();
        atOnce(() -> {
            for (var worker : workers) {
                correctTransfer.correct(db.sql("select id from transfers where worker_id = ? and kind = 'FEE'")
                        .param(worker).query(UUID.class).single(), "A slip", boris);
                begun.compareAndSet(false, worker == workers[50]);
            }
        }, () -> {
            await().untilTrue(begun);
            closeDue();
        });

        assertThat(earners.isFinished(day)).isTrue();
        for (var worker : workers) {
            boolean isInTime = earners.log(worker).contains(day + " CORRECTION 1000");
            assertThat(earners.log(worker)).containsOnlyOnce((isInTime ? day : day.plusDays(1)) + " CORRECTION 1000");
            assertThat(earners.payouts(worker)).containsExactly(day + " " + (isInTime ? 3_000 : 2_000));
        }
        assertThat(earners.log(workers[0])).contains(day + " CORRECTION 1000");
    }

    private void closeDue() {
        closeDays.closeDue(new SettableSchedulerState());
    }

    /** Waits for the events of other tests, which keep a day open until they are consumed. */
    private void closeWhatIsDueUpTo(LocalDate date) {
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            closeDue();
            return earners.isFinished(date);
        });
    }

    /** Waits until no event of another test keeps the day open. */
    private void awaitConsumed() {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> consumers.hasConsumed(TasksListener.CONSUMER, Topics.TASKS, days.endOf(day)));
    }

    /** Repeats until the end of the close, and then five times more. */
    private static Runnable untilSomeTimesAfter(AtomicBoolean closed, Runnable action) {
        return () -> {
            for (int after = 0; after < 5; after += closed.get() ? 1 : 0) {
                action.run();
            }
        };
    }

    private Runnable closeOnceHasEarned(UUID worker, AtomicBoolean closed) {
        return () -> {
            await().until(() -> !earners.log(worker).isEmpty());
            closeDue();
            closed.set(true);
        };
    }

    private static void atOnce(Runnable... all) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = new ArrayList<Future<?>>();
            for (var each : all) {
                Callable<?> task = Executors.callable(each);
                running.add(threads.submit(task));
            }
            for (var each : running) {
                each.get();
            }
        }
    }

    private static Instant at(LocalDate date, LocalTime time) {
        return date.atTime(time).toInstant(ZoneOffset.UTC);
    }
}
