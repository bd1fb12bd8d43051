package com.uberpopug.ates.analytics.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.uberpopug.ates.platform.test.ServiceTest;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** A rebuild that loses the database before each of its statements, and before and after each commit. */
@ServiceTest(database = "analytics")
@Import(CrashesWhileRebuildingTests.Crashes.class)
class CrashesWhileRebuildingTests extends RebuildTest {

    private static final ScopedValue<Countdown> CRASHING = ScopedValue.newInstance();

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
    void crash_at_any_statement_leaves_all_rows_before_or_all_rows_after() {
        rebuild();
        send(company(LocalDate.of(1998, 7, 7)));
        var whole = projections();
        var count = new Countdown(Integer.MAX_VALUE);
        ScopedValue.where(CRASHING, count).run(this::rebuild);
        int steps = Integer.MAX_VALUE - count.left;
        assertThat(steps).as("so many statements and commits a rebuild has").isGreaterThan(40);
        breakEveryTable();
        var broken = projections();
        int switched = 0;
        for (int point : points(steps)) {
            var id = requested();
            var crash = catchThrowable(() -> ScopedValue.where(CRASHING, new Countdown(point))
                    .run(() -> runRebuild.run(id, () -> true)));
            boolean isSwitched = rebuilds.unfinished().isEmpty();
            assertThat(projections()).as("after %d steps of %d", point, steps).isEqualTo(isSwitched ? whole : broken);
            if (isSwitched) {
                switched += crash == null ? 0 : 1;
            } else {
                // Another instance begins it again.
                assertThat(runRebuild.run(id, () -> true)).isTrue();
                assertThat(projections()).as("after %d steps of %d", point, steps).isEqualTo(whole);
            }
            breakEveryTable();
            broken = projections();
        }
        assertThat(switched).as("so many crashes came after the switch").isPositive();
    }

    /**
     * All of the beginning and of the switch, and some while the records of other tests are read, whose number differs.
     */
    private static int[] points(int steps) {
        return IntStream.rangeClosed(0, steps + 3)
                .filter(step -> step < 10 || step % 97 == 0 || step > steps - 45).toArray();
    }
}
