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

    @Test
    void old_sign_in_is_sent_to_sign_in_again_before_money_moves_or_data_is_lost() throws Exception {
        assertThat(HandlerMatrix.of(service).staleSignIns()).isEmpty();
    }

    @Test
    void every_other_change_by_officials_is_one_that_an_old_sign_in_may_do() {
        // A rebuild changes no row that is right, and a check none.
        assertThat(HandlerMatrix.of(service).changesWithoutNewSignIn()).containsExactly(
                "POST /api/projections/rebuild", "POST /projections/check", "POST /projections/rebuild");
    }

    @Test
    void id_of_anothers_thing_is_answered_as_an_unknown_one() throws Exception {
        assertThat(HandlerMatrix.of(service).handlersThatShowWhatIsAnothers(HandlerMatrix::deadLetterFor)).isEmpty();
    }
}
