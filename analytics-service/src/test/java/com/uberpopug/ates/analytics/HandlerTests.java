package com.uberpopug.ates.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.test.HandlerMatrix;
import com.uberpopug.ates.platform.test.ServiceTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

/** Rules for every handler, in the API and in the pages, the pipeline's included. */
@ServiceTest(database = "analytics")
class HandlerTests {

    @Autowired
    ApplicationContext service;

    @Test
    void caller_without_access_is_refused_whatever_else_is_wrong_with_the_request() throws Exception {
        assertThat(HandlerMatrix.of(service).breaches()).isEmpty();
    }

    @Test
    void unstorable_text_is_no_server_error() throws Exception {
        assertThat(HandlerMatrix.of(service).serverErrors()).isEmpty();
    }

    @Test
    void head_is_answered_like_get_and_ends_at_once() throws Exception {
        assertThat(HandlerMatrix.of(service).headsThatDiffer()).isEmpty();
    }
}
