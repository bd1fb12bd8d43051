package com.uberpopug.ates.accounting.closing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.kagkarlsson.scheduler.SchedulerState.SettableSchedulerState;
import com.uberpopug.ates.accounting.SettableClock;
import com.uberpopug.ates.accounting.check.LedgerCheck;
import com.uberpopug.ates.accounting.day.BusinessDays;
import com.uberpopug.ates.accounting.ledger.Ledger;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.test.ServiceTest;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** The close of days of 23 or 25 hours, and of days that begin at one o'clock. */
class ClockChangesTests {

    @Nested
    @ServiceTest(database = "accounting", properties = {
            "ates.price-secret=a secret of the tests, long enough",
            "ates.close-delay=10m", "db-scheduler.enabled=false", "ates.time-zone=Europe/Berlin"})
    @Import(SettableClock.Setting.class)
    class InBerlin extends Closing {

        @ParameterizedTest
        @CsvSource({"2026-03-29, 2026-03-28T23:00:00Z, 23", "2026-10-25, 2026-10-24T22:00:00Z, 25"})
        void day_is_paid_from_its_first_to_its_last_instant(LocalDate day, Instant begin, long hours) {
            verify(day, begin, hours);
        }
    }

    /** The clock goes on at midnight: the day begins at one o'clock. */
    @Nested
    @ServiceTest(database = "accounting", properties = {
            "ates.price-secret=a secret of the tests, long enough",
            "ates.close-delay=10m", "db-scheduler.enabled=false", "ates.time-zone=America/Santiago"})
    @Import(SettableClock.Setting.class)
    class InSantiago extends Closing {

        @ParameterizedTest
        @CsvSource({"2026-04-04, 2026-04-04T03:00:00Z, 25", "2026-09-06, 2026-09-06T04:00:00Z, 23"})
        void day_is_paid_from_its_first_to_its_last_instant(LocalDate day, Instant begin, long hours) {
            verify(day, begin, hours);
        }
    }

    @Nested
    @ServiceTest(database = "accounting", properties = {
            "ates.price-secret=a secret of the tests, long enough",
            "ates.close-delay=10m", "db-scheduler.enabled=false", "ates.time-zone=Africa/Cairo"})
    @Import(SettableClock.Setting.class)
    class InCairo extends Closing {

        @ParameterizedTest
        @CsvSource({"2026-04-24, 2026-04-23T22:00:00Z, 23", "2026-10-29, 2026-10-28T21:00:00Z, 25"})
        void day_is_paid_from_its_first_to_its_last_instant(LocalDate day, Instant begin, long hours) {
            verify(day, begin, hours);
        }
    }

    abstract static class Closing {

        private static final Duration DELAY = Duration.ofMinutes(10);
        private static final Duration TICK = Duration.ofNanos(1_000);

        private final UUID anna = Ids.next();

        @Autowired
        private CloseDays closeDays;
        @Autowired
        private BusinessDays days;
        @Autowired
        private LedgerCheck check;
        @Autowired
        private Ledger ledger;
        @Autowired
        private TransactionTemplate transaction;
        @Autowired
        private JdbcClient db;
        @Autowired
        private SettableClock clock;

        /** Anna does three tasks on the day and one on each day beside it. */
        void verify(LocalDate day, Instant begin, long hours) {
            var earners = new Earners(ledger, db, transaction);
            var end = begin.plus(Duration.ofHours(hours));
            clock.set(end.plus(DELAY).minus(TICK));
            for (var at : new Instant[]{begin.minus(TICK), begin, begin.plus(Duration.ofHours(hours / 2)),
                    end.minus(TICK), end}) {
                earners.earn(at, anna);
            }
            closeDue(day.minusDays(1), earners);
            assertThat(earners.isFinished(day)).isFalse();
            assertThat(days.endOf(day)).isEqualTo(end);

            clock.set(end.plus(DELAY));
            closeDue(day, earners);

            assertThat(earners.payouts(anna)).containsExactly(day.minusDays(1) + " 2000", day + " 6000");
            assertThat(earners.log(anna)).contains(day.plusDays(1) + " REWARD 3000");
            assertThat(earners.isFinished(day.plusDays(1))).isFalse();
            // Events of other tests arrive here too, dated by other clocks.
            var annas = db.sql("select id::text from transfers where worker_id = ?").param(anna).query(String.class)
                    .set();
            assertThat(check.ofTransfers().differences()).filteredOn(difference -> difference.rule()
                    .equals("BUSINESS_DATE") && annas.contains(difference.subject())).isEmpty();
        }

        private void closeDue(LocalDate upTo, Earners earners) {
            await().atMost(Duration.ofSeconds(30)).until(() -> {
                closeDays.closeDue(new SettableSchedulerState());
                return earners.isFinished(upTo);
            });
        }
    }
}
