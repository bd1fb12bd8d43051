package com.uberpopug.ates.auth;

import static com.uberpopug.ates.auth.Browser.json;
import static com.uberpopug.ates.auth.Browser.location;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class StartingTests {

    private static final String TASKS = "http://localhost:8080/login/oauth2/code/ates";
    private static final String[] PRODUCTION = {"ates.key-secret=a-secret-for-the-key", "ates.admin.login=boss",
            "ates.admin.password=sharp, yellow, long"};

    @Test
    void two_instances_that_start_at_once_on_an_empty_database_are_one_provider() {
        var database = RunningService.emptyDatabase();
        var starting = CompletableFuture.supplyAsync(() -> RunningService.on(database, "ates.demo=true"));
        try (var one = RunningService.on(database, "ates.demo=true"); var two = starting.join()) {
            var browser = new Browser(one.port());
            assertThat(json(browser.get("/oauth2/jwks"))).isEqualTo(json(browser.at(two.port()).get("/oauth2/jwks")));
            assertThat(one.database().sql("select count(*) from users").query(Long.class).single()).isEqualTo(8);
            assertThat(one.database().sql("select key || ' ' || sequence from outbox where type = 'Users.Created'")
                    .query(String.class).list()).hasSize(8).doesNotHaveDuplicates();

            var verifier = "v".repeat(43);
            assertThat(location(browser.get(Browser.authorize("tasks-service", TASKS, verifier)))).endsWith("/login");
            var back = location(browser.at(two.port()).signIn("anna", "beak-anna"));
            var code = Browser.code(browser.get(back.substring(back.indexOf("/oauth2"))));
            var tokens = browser.at(two.port()).exchange("tasks-service", TASKS, code, verifier);
            assertThat(browser.get("/userinfo", "Authorization", "Bearer " + tokens.accessToken()).statusCode())
                    .isEqualTo(200);
            browser.get("/connect/logout?id_token_hint=" + tokens.idToken());
            assertThat(location(browser.at(two.port()).get("/"))).endsWith("/login");
        }
    }

    @Test
    void first_admin_outside_the_demo_comes_from_the_environment() {
        var database = RunningService.emptyDatabase();
        try (var service = RunningService.on(database, PRODUCTION)) {
            assertThat(service.database().sql("select login from users").query(String.class).list())
                    .containsExactly("boss");
        }
        var again = PRODUCTION.clone();
        again[2] = "ates.admin.password=quite another one";
        try (var service = RunningService.on(database, again)) {
            assertThat(location(new Browser(service.port()).signIn("boss", "quite another one")))
                    .endsWith("/login?wrong");
            assertThat(location(new Browser(service.port()).signIn("boss", "sharp, yellow, long")))
                    .isEqualTo("http://localhost:8080");
        }
        again[0] = "ates.key-secret=not-the-same-secret";
        assertThatThrownBy(() -> RunningService.on(database, again))
                .hasStackTraceContaining("ATES_KEY_SECRET is not the one that the signing key was encrypted with");
    }

    @Test
    void command_line_is_a_client_in_the_demo_or_if_configured() {
        var database = RunningService.emptyDatabase();
        try (var service = RunningService.on(database, "ates.demo=true", PRODUCTION[0])) {
            assertThat(clients(service)).contains("ates-cli");
        }
        try (var service = RunningService.on(database, PRODUCTION)) {
            assertThat(clients(service)).containsExactlyInAnyOrder("tasks-service", "accounting-service",
                    "analytics-service", "auth-service");
        }
        var wanted = Arrays.copyOf(PRODUCTION, PRODUCTION.length + 1);
        wanted[PRODUCTION.length] = "ates.command-line=true";
        try (var service = RunningService.on(database, wanted)) {
            assertThat(clients(service)).contains("ates-cli");
        }
    }

    private static List<String> clients(RunningService service) {
        return service.database().sql("select client_id from oauth2_registered_client").query(String.class).list();
    }

    @Test
    void erased_user_of_the_demo_does_not_come_back() {
        var database = RunningService.emptyDatabase();
        try (var service = RunningService.on(database, "ates.demo=true")) {
            var admin = new Api(service.port(), "admin");
            assertThat(admin.delete("/api/users/00000000-0000-7000-8000-000000000007").statusCode()).isEqualTo(204);
        }
        try (var service = RunningService.on(database, "ates.demo=true")) {
            assertThat(service.database().sql("select login from users").query(String.class).list())
                    .hasSize(7).doesNotContain("gleb");
        }
    }

    @Test
    void missing_or_invalid_configuration_is_reported_at_the_start() {
        var database = RunningService.emptyDatabase();
        assertThatThrownBy(() -> RunningService.on(database)).hasStackTraceContaining("ATES_KEY_SECRET is not set");
        assertThatThrownBy(
                () -> RunningService.on(database, "ates.demo=false", "ates.key-secret=a",
                        "ates.web-clients.accounting-service.secret="))
                .hasStackTraceContaining("ates.web-clients.accounting-service.secret is not set");
        var without = Arrays.copyOf(PRODUCTION, PRODUCTION.length + 1);
        without[PRODUCTION.length] = "ates.client-secret=";
        assertThatThrownBy(() -> RunningService.on(database, without))
                .hasStackTraceContaining("ATES_CLIENT_SECRET is not set");
        var weak = PRODUCTION.clone();
        weak[2] = "ates.admin.password=short";
        assertThatThrownBy(() -> RunningService.on(database, weak)).hasMessageContaining("ATES_ADMIN_PASSWORD");
    }
}
