package com.uberpopug.ates.platform.web;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.sql.SQLException;
import org.apache.catalina.connector.ClientAbortException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.context.request.ServletWebRequest;

class ProblemAdviceTests {

    @Test
    void connection_that_a_dying_database_ended_is_answered_503() {
        var answer = answer("57P01");
        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
        assertThat(answer.getHeaders().getFirst(HttpHeaders.RETRY_AFTER)).isEqualTo("1");
    }

    @Test
    void permanent_failure_of_the_database_is_answered_500() {
        assertThat(answer("42601").getStatusCode()).isEqualTo(HttpStatus.INTERNAL_SERVER_ERROR);
    }

    @Test
    void closed_connection_gets_no_answer() {
        assertThat(answer(new UncheckedIOException(new ClientAbortException("Broken pipe")))).isNull();
    }

    /** As JPA wraps it: the exception's class tells nothing. */
    private static ResponseEntity<Object> answer(String sqlState) {
        return requireNonNull(answer(
                new UncategorizedSQLException("insert", null, new SQLException("said the database", sqlState))));
    }

    private static @Nullable ResponseEntity<Object> answer(Exception failure) {
        return new ProblemAdvice().broken(failure, new ServletWebRequest(new MockHttpServletRequest()));
    }
}
