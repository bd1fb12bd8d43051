package com.uberpopug.ates.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.test.HandlerMatrix;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

/** Rules of every handler, in the API and in the pages. */
@AccountingTest
class HandlerTests {

    @Autowired
    ApplicationContext service;

    @Test
    void forbidden_caller_is_refused_whatever_else_is_wrong_with_the_request() throws Exception {
        assertThat(HandlerMatrix.of(service).breaches()).isEmpty();
    }

    @Test
    void text_that_cannot_be_stored_is_no_error_of_the_server() throws Exception {
        assertThat(HandlerMatrix.of(service).serverErrors()).isEmpty();
    }

    @Test
    void head_is_answered_like_get_and_ends_at_once() throws Exception {
        assertThat(HandlerMatrix.of(service).headsThatDiffer()).isEmpty();
    }
}
