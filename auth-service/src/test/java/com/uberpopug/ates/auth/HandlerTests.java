package com.uberpopug.ates.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.test.HandlerMatrix.Visitor;
import com.uberpopug.ates.platform.test.HandlerMatrix;
import com.uberpopug.ates.platform.test.LaterClock;
import com.uberpopug.ates.platform.test.PageSession;
import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.platform.web.security.Role;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.session.SessionRepository;

/** Rules for every handler, in the API and in the pages, the pipeline's included. */
@ServiceTest(database = "auth", properties = {"ates.demo=true", "ates.issuer=http://localhost:9000"})
@Import(LaterClock.Setting.class)
class HandlerTests {

    @Autowired
    ApplicationContext service;
    @Autowired
    JdbcClient db;
    @Autowired
    SessionRepository<?> sessions;
    @Autowired
    LaterClock clock;
    @LocalServerPort
    int port;

    @Test
    void caller_without_access_is_refused_whatever_else_is_wrong_with_the_request() throws Exception {
        assertThat(HandlerMatrix.of(service, this::visitor).breaches()).isEmpty();
    }

    @Test
    void unstorable_text_is_no_server_error() throws Exception {
        assertThat(HandlerMatrix.of(service, this::visitor).serverErrors()).isEmpty();
    }

    @Test
    void head_is_answered_like_get_and_ends_at_once() throws Exception {
        assertThat(HandlerMatrix.of(service, this::visitor).headsThatDiffer()).isEmpty();
    }

    @Test
    void old_sign_in_is_sent_to_sign_in_again_before_rights_change_or_data_is_lost() throws Exception {
        var old = visitor(Role.ADMIN);
        clock.pass(Duration.ofMinutes(14));
        var recent = visitor(Role.ADMIN);
        clock.pass(Duration.ofMinutes(1));
        assertThat(HandlerMatrix.of(service, this::visitor).staleSignIns(old, recent)).isEmpty();
    }

    @Test
    void every_change_by_admins_takes_a_new_sign_in() {
        assertThat(HandlerMatrix.of(service, this::visitor).changesWithoutNewSignIn()).isEmpty();
    }

    private Visitor visitor(Role role) {
        var tokens = new Browser(port).tokens("ates-cli", "http://127.0.0.1:8079/callback",
                role == Role.POPUG ? "gleb" : role.wire());
        var id = UUID.fromString(String.valueOf(tokens.accessClaims().get("sub")));
        return new Visitor(id, tokens.accessToken(),
                PageSession.cookie(sessions, service.getEnvironment(), id, role, clock.instant()));
    }

    @Test
    void id_of_another_user_is_answered_as_an_unknown_one() throws Exception {
        var another = db.sql("select id from users where login = 'boris'").query(UUID.class).single();
        assertThat(HandlerMatrix.of(service, this::visitor)
                .handlersThatShowWhatIsAnothers(path -> path.contains("users")
                        || path.contains("security") ? another.toString() : HandlerMatrix.deadLetterFor(path)))
                .isEmpty();
    }
}
