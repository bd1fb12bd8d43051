package com.uberpopug.ates.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.test.HandlerMatrix.Visitor;
import com.uberpopug.ates.platform.test.HandlerMatrix;
import com.uberpopug.ates.platform.test.PageSession;
import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.platform.web.security.Role;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;
import org.springframework.session.SessionRepository;

/** Rules for every handler, in the API and in the pages, the pipeline's included. */
@ServiceTest(database = "auth", properties = {"ates.demo=true", "ates.issuer=http://localhost:9000"})
class HandlerTests {

    @Autowired
    ApplicationContext service;
    @Autowired
    SessionRepository<?> sessions;
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

    private Visitor visitor(Role role) {
        var tokens = new Browser(port).tokens("ates-cli", "http://127.0.0.1:8079/callback",
                role == Role.POPUG ? "gleb" : role.wire());
        var id = UUID.fromString(String.valueOf(tokens.accessClaims().get("sub")));
        return new Visitor(id, tokens.accessToken(),
                PageSession.cookie(sessions, service.getEnvironment(), id, role));
    }
}
