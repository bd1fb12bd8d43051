package com.uberpopug.ates.accounting.closing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.uberpopug.ates.accounting.SettableClock;
import com.uberpopug.ates.accounting.check.LedgerCheck;
import com.uberpopug.ates.accounting.closing.Books.Event;
import com.uberpopug.ates.accounting.closing.Books.Step;
import com.uberpopug.ates.accounting.ledger.Accounts;
import com.uberpopug.ates.accounting.day.BusinessDays;
import com.uberpopug.ates.accounting.ledger.CorrectTransfer;
import com.uberpopug.ates.accounting.ledger.Ledger;
import com.uberpopug.ates.accounting.ledger.Posting;
import com.uberpopug.ates.platform.events.inbox.Received;
import com.uberpopug.ates.platform.test.ServiceTest;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Random sequences of batches, duplicates and closes of days: the ledger equals a simple model without batches, and its
 * check is clean.
 *
 * <p>Each sequence runs in a transaction that is rolled back, so that each has days of its own. A failure prints its
 * seed and the shortest sequence that still fails: {@code -Dledger.seed=N} runs that one again.
 */
@ServiceTest(database = "accounting", kafka = false, properties = {"db-scheduler.enabled=false",
        "ates.price-secret=a secret of the tests, long enough", "ates.close-delay=36500d"})
@Import(SettableClock.Setting.class)
class LedgerPropertiesTests {

    private static final int SEEDS = Boolean.getBoolean("ates.long") ? 100_000 : 1_000;

    @Autowired
    private Ledger ledger;
    @Autowired
    private Accounts accounts;
    @Autowired
    private CorrectTransfer correctTransfer;
    @Autowired
    private BusinessDays days;
    @Autowired
    private CloseDay closeDay;
    @Autowired
    private LedgerCheck check;
    @Autowired
    private TransactionTemplate transaction;
    @Autowired
    private JdbcClient db;
    @Autowired
    private SettableClock clock;

    @Test
    void ledger_matches_its_model_for_random_sequences() {
        var only = Long.getLong("ledger.seed");
        if (only != null) {
            verify(only);
            return;
        }
        for (long seed = 1; seed <= SEEDS; seed++) {
            verify(seed);
        }
    }

    /** Possible only before the first close: later the oldest open day follows the last closed one. */
    @Test
    void older_day_opened_during_a_close_is_closed_first() {
        transaction.executeWithoutResult(status -> {
            status.setRollbackOnly();
            var day = LocalDate.parse("2026-01-10");
            db.sql("insert into business_days (business_date) values (?)").param(day).update();
            assertThat(days.oldestOpen()).contains(day);
            db.sql("insert into business_days (business_date) values (?)").param(day.minusDays(3)).update();

            assertThat(closeDay.step(day)).isFalse();
            assertThat(days.oldestOpen()).contains(day.minusDays(3));
            assertThat(closeDay.step(day.minusDays(3))).isTrue();
            assertThat(days.oldestOpen()).contains(day.minusDays(2));
        });
    }

    private void verify(long seed) {
        var steps = Books.steps(new Random(seed));
        var failure = failureOf(steps);
        if (failure.isPresent()) {
            var shortest = shortest(steps, failure.get().kind());
            fail("Seed %d: %s%nThe shortest sequence that fails so:%n%s%n%s", seed, failure.get(),
                    shortest.stream().map(step -> "  " + step).collect(Collectors.joining("\n")),
                    failureOf(shortest).map(Failure::toString).orElse("(it does not fail any more)"));
        }
    }

    /**
     * The failure of a sequence.
     *
     * @param kind the first broken rule of the check, "log", or the class of the exception
     */
    private record Failure(String kind, String text) {
    }

    /** Removes steps and events one by one while the rest still fails for the same reason. */
    private List<Step> shortest(List<Step> failing, String kind) {
        var shortest = failing;
        for (boolean shorter = true; shorter;) {
            shorter = false;
            for (var candidate : Books.shortened(shortest)) {
                if (failureOf(candidate).filter(failure -> failure.kind().equals(kind)).isPresent()) {
                    shortest = candidate;
                    shorter = true;
                    break;
                }
            }
        }
        return shortest;
    }

    private Optional<Failure> failureOf(List<Step> steps) {
        return transaction.execute(status -> {
            status.setRollbackOnly();
            try {
                var model = new Books();
                steps.forEach(step -> {
                    take(step);
                    model.take(step);
                });
                closeUpTo(LocalDate.MIN, Integer.MAX_VALUE);
                model.finish();
                var differences = check.ofTransfers().differences();
                if (!differences.isEmpty()) {
                    return Optional.of(new Failure(differences.getFirst().rule(), differences.toString()));
                }
                return lines().equals(model.lines())
                        ? Optional.empty()
                        : Optional.of(new Failure("log", "%s%nexpected: %s".formatted(lines(), model.lines())));
            } catch (RuntimeException e) {
                return Optional.of(new Failure(e.getClass().getName(), e.toString()));
            }
        });
    }

    private void take(Step step) {
        switch (step) {
            case Step.Tick(var now) -> clock.set(now);
            case Step.Hear(var workers) -> accounts.open(workers);
            case Step.Post(var events) -> {
                remember(events);
                ledger.post(events.stream().map(LedgerPropertiesTests::posting).toList());
            }
            case Step.Correct(var event) -> transferOf(event)
                    .ifPresent(id -> correctTransfer.correct(id, "A slip", new UUID(0, 9)));
            case Step.Close(var date, var steps) -> closeUpTo(date, steps);
        }
    }

    private void closeUpTo(LocalDate date, int steps) {
        for (var next = next(date); next.isPresent() && steps > 0; next = next(date)) {
            while (steps > 0 && closeDay.step(next.get())) {
                steps--;
            }
        }
    }

    /** Continues like {@link CloseDays}: first interrupted days, then the oldest one. */
    private Optional<LocalDate> next(LocalDate upTo) {
        return db.sql("select business_date from business_days where closed_at is not null and finished_at is null")
                .query(LocalDate.class).optional().or(() -> days.oldestOpen().filter(date -> !date.isAfter(upTo)));
    }

    /** Inserts a price for each task, which the ledger check needs. */
    private void remember(List<Event> events) {
        events.forEach(event -> db.sql("""
                insert into prices (task_id, fee_cents, amount_cents, drawn_at) values (?, ?, ?, now())
                on conflict do nothing
                """).params(event.task(), event.feeCents(), event.amountCents()).update());
    }

    private static Posting posting(Event event) {
        var cause = new Received(event.factId(), event.task().toString(), event.assignment(), event.at(), null, event);
        return new Posting(event.kind(), event.worker(), event.cents(), event.task(), event.assignment(), event.at(),
                cause);
    }

    private Optional<UUID> transferOf(Event event) {
        return db.sql("select id from transfers where fact_id = ?").param(event.factId()).query(UUID.class).optional();
    }

    /** Each worker's log, line by line, with the email of each payout. */
    private List<String> lines() {
        return db.sql("""
                select line.worker_id || ' ' || place || ' ' || kind || ' ' || line.business_date || ' ' || change_cents
                    || ' -> ' || balance_after_cents || case kind when 'PAYOUT'
                       then format(' = %s - %s + %s', carried_over_cents, fees_cents, rewards_cents) else '' end
                  from worker_log line left join emails using (fact_id) order by line.worker_id, place
                """).query(String.class).list();
    }
}
