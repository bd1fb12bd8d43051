package com.uberpopug.ates.accounting.closing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.uberpopug.ates.accounting.SettableClock;
import com.uberpopug.ates.accounting.check.LedgerCheck;
import com.uberpopug.ates.accounting.day.BusinessDays;
import com.uberpopug.ates.accounting.ledger.Ledger;
import com.uberpopug.ates.events.security.v1.SecurityRecorded;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.test.SecurityEntries;
import com.uberpopug.ates.platform.test.ServiceTest;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.transaction.support.TransactionTemplate;

/** A close that loses the database before each of its statements, and before and after each commit. */
@ServiceTest(database = "accounting", kafka = false, properties = {
        "ates.price-secret=a secret of the tests, long enough",
        "ates.close-delay=36500d", "db-scheduler.enabled=false"})
@Import(SettableClock.Setting.class)
class CrashesWhileClosingTests {

    private static final ScopedValue<Countdown> CRASHING = ScopedValue.newInstance();
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

    /** The number of further calls of the database before the crash. */
    private static final class Countdown {
        private int left;

        private Countdown(int left) {
            this.left = left;
        }

        static void step() throws SQLException {
            if (CRASHING.isBound() && --CRASHING.get().left < 0) {
                throw new SQLException("The database is away", "08006");
            }
        }
    }

    @TestConfiguration
    static class Crashes {
        @Bean
        static BeanPostProcessor losesTheDatabase() {
            return new BeanPostProcessor() {
                @Override
                public Object postProcessAfterInitialization(Object bean, String name) {
                    return bean instanceof DataSource database ? losing(database) : bean;
                }
            };
        }

        private static DataSource losing(DataSource database) {
            return new DelegatingDataSource(database) {
                @Override
                public Connection getConnection() throws SQLException {
                    return losing(super.getConnection());
                }
            };
        }

        private static Connection losing(Connection connection) {
            return (Connection) Proxy.newProxyInstance(Connection.class.getClassLoader(),
                    new Class<?>[]{Connection.class}, (_, method, arguments) -> {
                        if (method.getName().equals("prepareStatement") || method.getName().equals("commit")) {
                            Countdown.step();
                        }
                        try {
                            return method.invoke(connection, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        } finally {
                            if (method.getName().equals("commit")) {
                                Countdown.step();
                            }
                        }
                    });
        }
    }

    @Test
    void crash_at_any_statement_pays_everyone_exactly_once() {
        int points = 0;
        for (boolean crashed = true; crashed; points++) {
            var day = FIRST_DAY.plusDays(points);
            clock.set(day.atTime(12, 0).toInstant(ZoneOffset.UTC));
            var earners = new Earners(ledger, db, transaction);
            earners.earn(clock.instant(), anna, boris, anna);
            int point = points;
            crashed = catchThrowable(() -> ScopedValue.where(CRASHING, new Countdown(point))
                    .run(() -> closeAll(day))) != null;

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
