package com.uberpopug.ates.auth;

import static com.uberpopug.ates.auth.Browser.location;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.platform.test.RealParts;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Requests during an outage of the database are answered 503 with Retry-After. */
class EndpointOutageTests {

    private static final String TASKS = "http://localhost:8080/login/oauth2/code/ates";
    private static final String VERIFIER = "v".repeat(43);

    @Test
    void every_endpoint_reports_a_temporary_outage_and_recovers() throws SQLException {
        var database = RunningService.emptyDatabase();
        try (var service = RunningService.on(database, "ates.demo=true",
                "spring.datasource.hikari.connection-timeout=1000")) {
            var browser = new Browser(service.port());
            var tokens = browser.tokens("tasks-service", TASKS, "anna");
            var code = Browser.code(browser.get(Browser.authorize("tasks-service", TASKS, VERIFIER)));
            var client = Browser.basic("tasks-service", Browser.SECRET_OF + "tasks-service");
            var requests = new LinkedHashMap<String, Supplier<HttpResponse<String>>>();
            requests.put("code", () -> browser.token("tasks-service", Map.of("grant_type", "authorization_code", "code",
                    code, "redirect_uri", TASKS, "code_verifier", VERIFIER)));
            requests.put("machine", () -> browser.token("tasks-service", Map.of("grant_type", "client_credentials")));
            requests.put("introspect", () -> browser.post("/oauth2/introspect", Map.of("token", tokens.accessToken()),
                    "Authorization", client));
            requests.put("revoke", () -> browser.post("/oauth2/revoke", Map.of("token", tokens.accessToken()),
                    "Authorization", client));
            requests.put("userinfo",
                    () -> browser.get("/userinfo", "Authorization", "Bearer " + tokens.accessToken()));
            requests.put("userinfo for a program", () -> browser.get("/userinfo", "Accept", "*/*", "Authorization",
                    "Bearer " + tokens.accessToken()));
            requests.put("authorize", () -> browser.get(Browser.authorize("tasks-service", TASKS, VERIFIER)));
            requests.put("authorize without a session", () -> new Browser(service.port())
                    .get(Browser.authorize("tasks-service", TASKS, VERIFIER) + "&prompt=none"));
            requests.put("logout", () -> browser.get("/connect/logout?id_token_hint=" + tokens.idToken()));
            requests.put("logout without a session",
                    () -> new Browser(service.port()).get("/connect/logout?id_token_hint=" + tokens.idToken()));
            requests.put("page", () -> browser.get("/"));
            requests.put("API", () -> browser.get("/api/users/me", "Authorization",
                    "Bearer " + tokens.accessToken()));

            var name = database.jdbcUrl().replaceFirst(".*/([^?]+).*", "$1");
            allow(name, false);
            try {
                requests.forEach((what, request) -> {
                    var answer = request.get();
                    assertThat(answer.statusCode()).as(what + ": " + answer.body()).isEqualTo(503);
                    assertThat(answer.headers().firstValue("Retry-After")).as(what).isPresent();
                    assertThat(answer.body()).as(what).doesNotContain("SQL", "Connection", "Exception", "Hikari");
                });
                var program = new Browser(service.port());
                assertThat(program.get("/oauth2/jwks").statusCode()).isEqualTo(200);
                assertThat(program.get("/.well-known/openid-configuration").statusCode()).isEqualTo(200);
            } finally {
                allow(name, true);
            }
            await().atMost(Duration.ofSeconds(20)).until(() -> requests.get("userinfo").get().statusCode() == 200);
            assertThat(afterwards(requests.get("code")).statusCode()).as("the code is still unused").isEqualTo(200);
            assertThat(location(afterwards(requests.get("logout")))).endsWith("/login?signed-out");
        }
    }

    /** The pool reopens its connections one by one. */
    private static HttpResponse<String> afterwards(Supplier<HttpResponse<String>> request) {
        return await().atMost(Duration.ofSeconds(20)).until(request::get, answer -> answer.statusCode() != 503);
    }

    private static void allow(String database, boolean allowed) throws SQLException {
        try (var connection = RealParts.shared().postgres().connect("postgres");
                var statement = connection.createStatement()) {
            statement.execute("alter database " + database + " allow_connections " + allowed);
            if (!allowed) {
                statement.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + database
                        + "'");
            }
        }
    }
}
