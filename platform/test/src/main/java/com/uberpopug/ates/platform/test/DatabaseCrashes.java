package com.uberpopug.ates.platform.test;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Takes the database away from one thread before any of its statements, and before and after each commit. A test
 * imports it.
 */
@TestConfiguration
public class DatabaseCrashes {

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

    /** Runs an action whose calls of the database fail after some that do not. */
    public static void after(int calls, Runnable action) {
        ScopedValue.where(CRASHING, new Countdown(calls)).run(action);
    }

    /** Runs an action without a crash, and counts its calls of the database. */
    public static int callsOf(Runnable action) {
        var count = new Countdown(Integer.MAX_VALUE);
        ScopedValue.where(CRASHING, count).run(action);
        return Integer.MAX_VALUE - count.left;
    }

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
        return (Connection) Proxy.newProxyInstance(Connection.class.getClassLoader(), new Class<?>[]{Connection.class},
                (_, method, arguments) -> {
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
