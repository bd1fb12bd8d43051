package com.uberpopug.ates.accounting.closing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.accounting.SettableClock;
import com.uberpopug.ates.accounting.check.LedgerCheck;
import com.uberpopug.ates.accounting.ledger.Ledger;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.test.ServiceTest;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.transaction.support.TransactionTemplate;

/** The first close of all, before which any date may be opened; it happens once, so nobody gets the context afterwards. */
@DirtiesContext
@ServiceTest(database = "accounting", kafka = false, properties = {"db-scheduler.enabled=false",
        "ates.price-secret=a secret of the tests, long enough", "ates.close-delay=36500d"})
@Import(SettableClock.Setting.class)
class FirstCloseTests {

    private static final LocalDate DAY = LocalDate.parse("2026-03-10");
    private static final Instant NOON = Instant.parse("2026-03-10T12:00:00Z");

    private final UUID anna = Ids.next();
    private final UUID boris = Ids.next();

    @Autowired
    private CloseDay closeDay;
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
    void posting_that_waits_for_the_first_close_opens_no_older_day() {
        var earners = new Earners(ledger, db, transaction);
        clock.set(NOON);
        earners.earn(NOON, anna);

        var late = transaction.execute(_ -> {
            db.sql("set local idle_in_transaction_session_timeout = 0").update();
            closeDay.step(DAY);
            var waiting = CompletableFuture.runAsync(() -> earners.earn(NOON.minus(Duration.ofDays(3)), boris));
            await().until(() -> db.sql("""
                    select exists (select from pg_stat_activity
                                    where datname = current_database() and wait_event_type = 'Lock')
                    """).query(Boolean.class).single());
            return waiting;
        });
        late.join();
        for (var date = DAY; date.isBefore(DAY.plusDays(2)); date = date.plusDays(1)) {
            while (closeDay.step(date)) {
                // Until the day is finished.
            }
        }

        assertThat(earners.payouts(anna)).containsExactly(DAY + " 2000");
        assertThat(earners.payouts(boris)).containsExactly(DAY.plusDays(1) + " 2000");
        assertThat(db.sql("select min(business_date) from business_days").query(LocalDate.class).single())
                .isEqualTo(DAY);
        assertThat(check.ofTransfers().differences()).isEmpty();
    }
}
