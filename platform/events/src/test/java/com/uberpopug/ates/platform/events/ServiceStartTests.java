package com.uberpopug.ates.platform.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.TimeoutException;
import org.flywaydb.core.api.FlywayException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.UnsatisfiedDependencyException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.transaction.CannotCreateTransactionException;

class ServiceStartTests {

    static Stream<Throwable> away() {
        return Stream.of(new SQLException("terminating connection due to administrator command", "57P01"),
                new SQLException("the database system is starting up", "57P03"),
                new SQLException("Connection refused", "08001", new ConnectException("Connection refused")),
                new SQLException("An I/O error occurred", "08006", new java.io.EOFException()),
                new SQLException("Connection is closed"),
                new DataAccessResourceFailureException("no connection"),
                new CannotCreateTransactionException("no connection"),
                new IllegalStateException("Unable to determine Dialect without JDBC metadata (please set …)"),
                new IllegalStateException(
                        "Number of retries exceeded while attempting to acquire PostgreSQL advisory lock"),
                new UnknownHostException("postgres"), new ConnectException("Connection refused"),
                new TimeoutException("no broker"),
                new ConfigException("No resolvable bootstrap urls given in bootstrap.servers"));
    }

    @ParameterizedTest
    @MethodSource("away")
    void start_begins_anew_while_something_is_away(Throwable away) {
        var pauses = new ArrayList<Duration>();
        var failures = new ArrayDeque<>(List.of(deep(away), deep(away), deep(away), deep(away), deep(away)));
        assertThat(ServiceStart.untilStarted(() -> started(failures), pauses::add)).isEqualTo("started");
        assertThat(pauses).extracting(Duration::toSeconds).containsExactly(1L, 2L, 4L, 5L, 5L);
    }

    static Stream<Throwable> permanent() {
        return Stream.of(new IllegalStateException("ATES_KEY_SECRET is not set"),
                new SQLException("password authentication failed", "28P01"),
                new SQLException("database does not exist", "3D000"),
                new SQLException("permission denied for table users", "42501"),
                new IllegalStateException(new BindException("Address already in use")),
                new IllegalStateException(new FileNotFoundException("keystore.p12")),
                new IllegalStateException("Schema validation: missing table [users]"),
                new ConfigException("Invalid value all of configuration acks"),
                new DatabaseMigration.OtherVersionException("events_schema_history",
                        new FlywayException("Found non-empty schema(s)")));
    }

    @ParameterizedTest
    @MethodSource("permanent")
    void start_ends_at_once_with_what_waiting_does_not_mend(Throwable permanent) {
        var failures = new ArrayDeque<>(List.of(deep(permanent)));
        assertThatThrownBy(() -> ServiceStart.untilStarted(() -> started(failures), _ -> {
            throw new AssertionError("There is nothing to wait for");
        })).hasRootCause(permanent.getCause() == null ? permanent : permanent.getCause());
    }

    @Test
    void interrupted_wait_ends_the_start() {
        var failures = new ArrayDeque<>(List.of(deep(new SQLException("no connection", "08001"))));
        assertThatThrownBy(() -> ServiceStart.untilStarted(() -> started(failures), _ -> {
            throw new InterruptedException();
        })).isInstanceOf(BeanCreationException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    private static String started(Deque<RuntimeException> failures) {
        if (!failures.isEmpty()) {
            throw failures.pop();
        }
        return "started";
    }

    /** As Spring hands it on, of a bean that is needed by one that is needed, and so on. */
    private static RuntimeException deep(Throwable cause) {
        var failure = new BeanCreationException("bean", "cannot be made", cause);
        for (int level = 0; level < 30; level++) {
            failure = new UnsatisfiedDependencyException("a resource", "bean " + level, "", failure);
        }
        return failure;
    }
}
