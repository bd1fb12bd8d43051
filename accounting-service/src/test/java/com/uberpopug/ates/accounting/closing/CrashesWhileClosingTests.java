package com.uberpopug.ates.accounting.closing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.uberpopug.ates.accounting.SettableClock;
import com.uberpopug.ates.accounting.check.LedgerCheck;
import com.uberpopug.ates.accounting.day.BusinessDays;
import com.uberpopug.ates.accounting.ledger.Ledger;
import com.uberpopug.ates.events.security.v1.SecurityRecorded;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.test.DatabaseCrashes;
import com.uberpopug.ates.platform.test.SecurityEntries;
import com.uberpopug.ates.platform.test.ServiceTest;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** A close that loses the database before each of its statements, and before and after each commit. */
@ServiceTest(database = "accounting", kafka = false, properties = {
        "ates.price-secret=a secret of the tests, long enough",
        "ates.close-delay=36500d", "db-scheduler.enabled=false"})
@Import({SettableClock.Setting.class, DatabaseCrashes.class})
class CrashesWhileClosingTests {

    private static final LocalDate FIRST_DAY = LocalDate.of(2020, 1, 1);

    private final UUID anna = Ids.next();
    private final UUID boris = Ids.next();

    @Autowired
    private CloseDay closeDay;
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

    @Test
    void crash_at_any_statement_pays_everyone_exactly_once() {
        int points = 0;
        for (boolean crashed = true; crashed; points++) {
            var day = FIRST_DAY.plusDays(points);
            clock.set(day.atTime(12, 0).toInstant(ZoneOffset.UTC));
            var earners = new Earners(ledger, db, transaction);
            earners.earn(clock.instant(), anna, boris, anna);
            int point = points;
            crashed = catchThrowable(() -> DatabaseCrashes.after(point, () -> closeAll(day))) != null;

            closeAll(day);

            assertThat(earners.isFinished(day)).as("after %d steps", points).isTrue();
            assertThat(earners.payouts(anna)).as("after %d steps", points).hasSize(points + 1)
                    .endsWith(day + " 4000");
            assertThat(earners.payouts(boris)).hasSize(points + 1).endsWith(day + " 2000");
            assertThat(count("emails where business_date = ?", day)).isEqualTo(2);
            assertThat(count("outbox where type = 'Users.DailyPaidAmount' and occurred_at = ?",
                    java.sql.Timestamp.from(clock.instant()))).isEqualTo(2);
            assertThat(count("outbox where type = 'BusinessDays.Closed' and key = ?", day.toString())).isOne();
            assertThat(SecurityEntries.in(db)).filteredOn(entry -> entry.getKind().equals("DAY_CLOSED"))
                    .extracting(SecurityRecorded::getSubject).containsOnlyOnce(day.toString());
            assertThat(check.ofTransfers().differences()).isEmpty();
        }
        assertThat(points).as("so many statements and commits a closing has").isGreaterThan(20);
        assertThat(days.today()).isEqualTo(FIRST_DAY.plusDays(points));
    }

    private void closeAll(LocalDate day) {
        boolean more = true;
        while (more) {
            more = closeDay.step(day);
        }
    }

    private long count(String what, Object parameter) {
        return db.sql("select count(*) from " + what).param(parameter).query(Long.class).single();
    }
}
