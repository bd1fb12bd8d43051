package com.uberpopug.ates.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.security.Role;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/** Beside {@link AccessMatrixTests}: a role that this service does not know. */
@AnalyticsTest
@ParameterizedClass
@ValueSource(strings = {"/api/earnings", "/api/negative-balances", "/api/most-expensive", "/api/projections"})
class AccessTests {

    private final String path;
    private final UUID user = Ids.next();

    @Autowired
    private MockMvcTester http;

    @Autowired
    private JdbcClient db;

    AccessTests(String path) {
        this.path = path;
    }

    @Test
    void user_with_an_unknown_role_has_no_access() {
        known("owner");
        assertThat(ask(Role.ADMIN)).hasStatus(HttpStatus.FORBIDDEN);
    }

    private void known(String role) {
        db.sql("insert into users (user_id, sequence, role, active) values (?, 1, ?, true)").params(user, role)
                .update();
    }

    private MvcTestResult ask(Role role) {
        return http.get().uri(path).header("Authorization", "Bearer " + Tokens.of(user, role)).exchange();
    }
}
