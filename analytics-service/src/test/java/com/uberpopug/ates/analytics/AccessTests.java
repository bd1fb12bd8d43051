package com.uberpopug.ates.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.security.Role;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

@AnalyticsTest
@ParameterizedClass
@ValueSource(strings = {"/api/earnings", "/api/negative-balances", "/api/most-expensive"})
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
    void admin_has_access() {
        assertThat(ask(Role.ADMIN)).hasStatusOk();
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "ADMIN")
    void other_roles_have_no_access(Role role) {
        assertThat(ask(role)).hasStatus(HttpStatus.FORBIDDEN).hasContentType("application/problem+json");
    }

    @Test
    void caller_without_a_session_or_token_has_no_access() {
        assertThat(http.get().uri(path)).hasStatus(HttpStatus.UNAUTHORIZED).hasContentType("application/problem+json");
    }

    @Test
    void demoted_admin_has_no_access_whatever_the_token_claims() {
        known("manager", true);
        assertThat(ask(Role.ADMIN)).hasStatus(HttpStatus.FORBIDDEN);
    }

    @Test
    void deactivated_admin_has_no_access() {
        known("admin", false);
        assertThat(ask(Role.ADMIN)).hasStatus(HttpStatus.FORBIDDEN);
    }

    @Test
    void user_with_an_unknown_role_has_no_access() {
        known("owner", true);
        assertThat(ask(Role.ADMIN)).hasStatus(HttpStatus.FORBIDDEN);
    }

    @Test
    void popug_who_becomes_an_admin_has_access_at_once() {
        known("admin", true);
        assertThat(ask(Role.POPUG)).hasStatusOk();
    }

    private void known(String role, boolean active) {
        db.sql("insert into users (user_id, sequence, role, active) values (?, 1, ?, ?)").params(user, role, active)
                .update();
    }

    private MvcTestResult ask(Role role) {
        return http.get().uri(path).header("Authorization", "Bearer " + Tokens.of(user, role)).exchange();
    }
}
