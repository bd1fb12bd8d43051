package com.uberpopug.ates.platform.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.transaction.CannotCreateTransactionException;

class FailureTests {

    static Stream<Exception> passing() {
        return Stream.of(new TimeoutException("the broker is away"),
                new SerializationException("the registry is away", new ConnectException()),
                new CannotCreateTransactionException("no connection",
                        new SQLTransientConnectionException("password", "28P01")),
                new CannotAcquireLockException("deadlock", sql("40P01")),
                new DataAccessResourceFailureException("shut down", sql("57P01")),
                new DataAccessResourceFailureException("connection broken", sql("08006")),
                new DataAccessResourceFailureException("no connection within 5 s", new SQLException()),
                new UncategorizedSQLException("rollback", null, new SQLException("Connection is closed")),
                new UncategorizedSQLException("this process was frozen", null, sql("25P03")),
                new UncategorizedSQLException("a standby", null, sql("25006")),
                new DataAccessResourceFailureException("a locked role", sql("28000")),
                new IllegalStateException(new DataAccessResourceFailureException("disk full", sql("53100"))));
    }

    static Stream<Exception> lasting() {
        return Stream.of(new SerializationException("not Avro"), new IllegalArgumentException("unknown"),
                new NullPointerException(), new ClassCastException(),
                new DataIntegrityViolationException("check", sql("23514")),
                new DataIntegrityViolationException("a zero byte", sql("22021")),
                new DuplicateKeyException("twice", sql("23505")),
                new DataAccessResourceFailureException("a row too large for its index", sql("54000")),
                new UncategorizedSQLException("went on after an error", null, sql("25P02")));
    }

    @Test
    void description_of_a_failure_is_that_of_the_cause_inside_springs_wrapping() {
        assertThat(Failure.describe(new DataIntegrityViolationException("SQL [a long statement]", sql("23514"))))
                .isEqualTo("java.sql.SQLException: said the database");
        assertThat(Failure.describe(new IllegalArgumentException("the header is spoiled", new NullPointerException())))
                .isEqualTo("java.lang.IllegalArgumentException: the header is spoiled");
    }

    private static SQLException sql(String state) {
        return new SQLException("said the database", state);
    }

    @ParameterizedTest
    @MethodSource("passing")
    void failures_of_absent_parts_pass(Exception failure) {
        assertThat(Failure.willPass(failure)).isTrue();
    }

    @ParameterizedTest
    @MethodSource("lasting")
    void failures_of_content_do_not_pass(Exception failure) {
        assertThat(Failure.willPass(failure)).isFalse();
    }
}
