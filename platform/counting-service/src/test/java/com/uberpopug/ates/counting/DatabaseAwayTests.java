package com.uberpopug.ates.counting;

import com.uberpopug.ates.platform.test.AnswersWhileAway;
import com.uberpopug.ates.platform.test.PageSession;
import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.security.Role;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.session.SessionRepository;

@ServiceTest(database = "counting", properties = "ates.unknown-schema-patience=2s")
class DatabaseAwayTests {

    @Autowired
    ApplicationContext service;
    @Autowired
    SessionRepository<?> sessions;

    @Test
    void every_handler_answers_503_with_retry_after_while_the_database_is_away() {
        var admin = UUID.randomUUID();
        new AnswersWhileAway(service, Tokens.of(admin, Role.ADMIN, claims -> claims.audience("counting-service")),
                PageSession.cookie(sessions, service.getEnvironment(), admin, Role.ADMIN))
                .assertAllAreAskedToComeAgain("/actuator/health/liveness", "/shell/icon.svg", "/v3/api-docs");
    }
}
