package com.uberpopug.ates.auth;

import static com.uberpopug.ates.auth.Browser.SECRET_OF;
import static com.uberpopug.ates.auth.Browser.basic;
import static com.uberpopug.ates.auth.Browser.json;
import static com.uberpopug.ates.auth.Browser.location;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.auth.session.SignIns;
import com.uberpopug.ates.auth.user.Users;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

@AuthServiceTest
class TokenTests {

    private static final String TASKS = "http://localhost:8080/login/oauth2/code/ates";
    private static final String COMMAND_LINE = "http://127.0.0.1:8079/callback";
    private static final String ANNA = "00000000-0000-7000-8000-000000000004";
    private static final UUID GLEB = UUID.fromString("00000000-0000-7000-8000-000000000007");

    @LocalServerPort
    int port;
    @Autowired
    JdbcClient database;
    @Autowired
    TransactionTemplate transaction;
    @Autowired
    Users users;
    @Autowired
    SignIns signIns;

    private Browser browser;

    @BeforeEach
    void open() {
        browser = new Browser(port);
    }

    @Test
    void web_client_gets_tokens_with_the_user_and_role() {
        var tokens = browser.tokens("tasks-service", TASKS, "anna");
        var access = tokens.accessClaims();
        assertThat(access).containsEntry("iss", "http://localhost:9000").containsEntry("sub", ANNA)
                .containsEntry("preferred_username", "anna").containsEntry("roles", List.of("popug"));
        assertThat(access.get("aud")).asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                .containsExactlyInAnyOrder("auth-service", "tasks-service", "accounting-service", "analytics-service");
        assertThat((int) access.get("exp") - (int) access.get("iat")).isEqualTo(300);
        assertThat(tokens.idClaims()).containsEntry("sub", ANNA).containsEntry("aud", "tasks-service")
                .containsEntry("nonce", "some-nonce").containsEntry("name", "Anna").containsEntry("locale", "en")
                .containsKeys("sid");

        var me = browser.get("/api/users/me", "Accept", "application/json", "Authorization",
                "Bearer " + tokens.accessToken());
        assertThat(json(me).path("login").asString()).isEqualTo("anna");
        assertThat(browser.get("/api/users/me", "Authorization", "Bearer " + tokens.idToken()).statusCode())
                .as("an ID token grants no access").isEqualTo(401);
        var info = browser.get("/userinfo", "Authorization", "Bearer " + tokens.accessToken());
        assertThat(json(info).path("preferred_username").asString("")).isEqualTo("anna");
        var refused = browser.get("/userinfo", "Accept", "application/json", "Authorization", "Bearer made.up.token");
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.headers().firstValue("WWW-Authenticate")).hasValueSatisfying(
                challenge -> assertThat(challenge).startsWith("Bearer error=").doesNotContain("resource_metadata"));
    }

    @Test
    void command_line_gets_tokens_without_a_secret() {
        var tokens = browser.tokens("ates-cli", COMMAND_LINE, "admin");
        assertThat(tokens.accessClaims()).containsEntry("roles", List.of("admin"));
    }

    @Test
    void every_web_ui_is_a_client() {
        Map.of("tasks-service", 8080, "accounting-service", 8082, "analytics-service", 8083, "auth-service", 9000)
                .forEach((client, itsPort) -> assertThat(new Browser(port)
                        .tokens(client, "http://localhost:" + itsPort + "/login/oauth2/code/ates", "vera").idClaims())
                        .containsEntry("aud", client));
    }

    @Test
    void code_is_refused_without_its_verifier_to_another_client_or_a_second_time() {
        browser.signIn("anna", "beak-anna");
        var verifier = "v".repeat(43);
        var code = Browser.code(browser.get(Browser.authorize("tasks-service", TASKS, verifier)));
        assertRefused(exchange("tasks-service", code, "w".repeat(43)), "invalid_grant");
        assertThat(exchange("tasks-service", code, verifier).statusCode()).isEqualTo(200);
        assertRefused(exchange("tasks-service", code, verifier), "invalid_grant");

        var stolen = Browser.code(browser.get(Browser.authorize("tasks-service", TASKS, verifier)));
        assertRefused(exchange("accounting-service", stolen, verifier), "invalid_grant");
        var wrongSecret = browser.post("/oauth2/token", Map.of("grant_type", "client_credentials"), "Authorization",
                basic("tasks-service", SECRET_OF + "accounting-service"));
        assertThat(wrongSecret.statusCode()).isEqualTo(401);
    }

    @Test
    void authorization_is_refused_for_a_foreign_address_or_without_a_challenge() {
        browser.signIn("anna", "beak-anna");
        assertThat(browser.get(Browser.authorize("tasks-service", "http://evil.example/", "v".repeat(43))).statusCode())
                .isEqualTo(400);
        var unchallenged = Browser.authorize("tasks-service", TASKS, "v".repeat(43)).replaceAll("&?code_challenge[^&]*",
                "");
        assertThat(location(browser.get(unchallenged))).startsWith(TASKS).contains("error=invalid_request");
    }

    @Test
    void refresh_tokens_are_neither_issued_nor_accepted_nor_announced() {
        var answer = browser.tokens("tasks-service", TASKS, "anna");
        assertThat(answer.raw()).contains("access_token").doesNotContain("refresh");
        for (var client : List.of("tasks-service", "accounting-service", "analytics-service", "auth-service",
                "robot")) {
            assertRefused(browser.token(client, Map.of("grant_type", "refresh_token", "refresh_token", "made-up")),
                    "invalid_grant");
        }
        for (var document : List.of("openid-configuration", "oauth-authorization-server")) {
            assertThat(browser.get("/.well-known/" + document).body()).as(document)
                    .contains("authorization_code", "client_credentials")
                    .doesNotContain("refresh_token", "token-exchange");
        }
        assertThat(database.sql("select authorization_grant_types from oauth2_registered_client")
                .query(String.class).list()).isNotEmpty().noneMatch(client -> client.contains("refresh_token"));
        assertThat(database.sql("select count(refresh_token_value) from oauth2_authorization").query(Long.class)
                .single()).isZero();
    }

    @Test
    void user_info_returns_the_current_profile() {
        var admin = new Api(port, "admin");
        var user = admin.create("renamed");
        var link = json(admin.post("/api/users/" + user + "/password-link", "")).path("password_link").asString();
        browser.post("/first-password", Map.of("token", link.replaceFirst(".*=", ""), "password", "curved, red",
                "again", "curved, red"));
        var tokens = browser.tokens("tasks-service", TASKS, "renamed", "curved, red");
        admin.change(user, "{\"display_name\": \"Renamed\", \"language\": \"ru\", \"role\": \"manager\"}");

        var info = json(browser.get("/userinfo", "Authorization", "Bearer " + tokens.accessToken()));
        assertThat(info.path("sub").asString()).isEqualTo(user.toString());
        assertThat(info.path("name").asString()).isEqualTo("Renamed");
        assertThat(info.path("locale").asString()).isEqualTo("ru");
        assertThat(info.path("preferred_username").asString()).isEqualTo("renamed");
        assertThat(info.path("roles").get(0).asString()).isEqualTo("manager");
    }

    @Test
    void prompt_none_without_a_session_answers_login_required() {
        var verifier = "v".repeat(43);
        var silent = Browser.authorize("tasks-service", TASKS, verifier) + "&prompt=none";
        for (var accept : new String[]{"text/html", "*/*", "application/json"}) {
            assertThat(location(browser.get(silent, "Accept", accept))).startsWith(TASKS)
                    .contains("error=login_required", "state=some-state");
            assertThat(browser.get(silent.replace("tasks-service", "nobody"), "Accept", accept).statusCode())
                    .isEqualTo(400);
            assertThat(browser.get(silent.replace("8080", "8081"), "Accept", accept).statusCode()).isEqualTo(400);
        }
        assertThat(location(browser.get(silent + "%20login"))).startsWith(TASKS).contains("error=invalid_request");
        assertThat(location(browser.get(silent.replaceAll("scope=[^&]*", "scope=profile"))))
                .as("a parameter of OpenID Connect only").contains("/login");
        for (var prompt : new String[]{"login", "consent", "select_account", "login%20consent", ""}) {
            assertThat(location(browser.get(silent.replace("prompt=none", "prompt=" + prompt)))).as(prompt)
                    .contains("/login");
        }
        assertThat(location(browser.get(silent.replace("prompt=none", "max_age=0")))).contains("/login");
        browser.signIn("anna", "beak-anna");
        assertThat(location(browser.get(silent))).startsWith(TASKS).contains("code=", "state=some-state");
    }

    @Test
    void prompt_none_with_the_hint_of_another_user_gives_no_code() {
        var annas = browser.tokens("tasks-service", TASKS, "anna");
        var veras = new Browser(port).tokens("tasks-service", TASKS, "vera");
        var silent = Browser.authorize("tasks-service", TASKS, "v".repeat(43)) + "&prompt=none&id_token_hint=";
        for (var hint : new String[]{annas.idToken(), ""}) {
            assertThat(location(browser.get(silent + hint))).startsWith(TASKS).contains("code=");
        }
        for (var hint : new String[]{veras.idToken(), annas.idToken() + "x", annas.accessToken(), "made-up"}) {
            assertThat(location(browser.get(silent + hint))).as(hint).startsWith(TASKS)
                    .contains("error=login_required", "state=some-state");
        }
        assertThat(browser.get("/").statusCode()).as("the session goes on").isEqualTo(200);
    }

    @Test
    void deactivated_user_loses_all_sign_ins_at_once_and_signs_in_again_after_activation() {
        var tokens = browser.tokens("tasks-service", TASKS, "dasha");
        change(8, "{\"active\": false}");
        assertThat(browser.isActive(tokens)).isFalse();
        assertThat(browser
                .get("/api/users/me", "Accept", "application/json", "Authorization", "Bearer " + tokens.accessToken())
                .statusCode())
                .isEqualTo(403);
        assertThat(location(browser.get("/"))).endsWith("/login");
        assertThat(location(browser.signIn("dasha", "guess"))).endsWith("/login?wrong");
        assertThat(location(browser.signIn("dasha", "beak-dasha"))).endsWith("/login?deactivated");

        change(8, "{\"active\": true}");
        assertThat(location(browser.signIn("dasha", "beak-dasha")))
                .isEqualTo("http://localhost:" + port + "/");
    }

    @Test
    void tokens_requested_while_sign_ins_end_do_not_outlive_them() {
        var verifier = "v".repeat(43);
        outlivesNothing(() -> {
            var code = Browser.code(browser.get(Browser.authorize("tasks-service", TASKS, verifier)));
            return () -> exchange("tasks-service", code, verifier);
        });
        outlivesNothing(() -> () -> browser.get(Browser.authorize("tasks-service", TASKS, verifier)));
    }

    /** @param prepare returns a request that waits for the end of the sign-ins, once its code or token exists */
    private void outlivesNothing(Supplier<Supplier<HttpResponse<String>>> prepare) {
        browser.tokens("tasks-service", TASKS, "gleb");
        var request = prepare.get();
        var answer = new CompletableFuture<HttpResponse<String>>();
        transaction.executeWithoutResult(_ -> {
            database.sql("set local idle_in_transaction_session_timeout = 0").update();
            users.lock(GLEB).orElseThrow();
            answer.completeAsync(request);
            await().pollInSameThread().atMost(Duration.ofSeconds(20)).until(this::isSomebodyWaiting);
            signIns.endAll(GLEB);
        });
        assertThat(answer.join().statusCode()).as(answer.join().body()).isEqualTo(400);
        assertThat(database.sql("select count(*) from oauth2_authorization where principal_name = ?")
                .param(GLEB.toString()).query(Integer.class).single()).isZero();
    }

    private boolean isSomebodyWaiting() {
        // Inside a transaction the query would keep its first snapshot.
        database.sql("select pg_stat_clear_snapshot()").query().singleValue();
        return database.sql("""
                select exists (select from pg_stat_activity
                                where datname = current_database() and wait_event_type = 'Lock')
                """).query(Boolean.class).single();
    }

    @Test
    void session_id_of_a_token_is_that_of_its_own_sign_in_after_a_later_one_in_another_browser() {
        var here = new Browser(port);
        here.signIn("boris", "beak-boris");
        var verifier = "v".repeat(43);
        var code = Browser.code(here.get(Browser.authorize("tasks-service", TASKS, verifier)));
        var there = new Browser(port).tokens("tasks-service", TASKS, "boris");
        var first = here.exchange("tasks-service", TASKS, code, verifier).idClaims().get("sid");
        var second = here.exchange("tasks-service", TASKS,
                Browser.code(here.get(Browser.authorize("tasks-service", TASKS, verifier))), verifier).idClaims()
                .get("sid");
        assertThat(first).isEqualTo(second).isNotEqualTo(there.idClaims().get("sid"));
    }

    @Test
    void machine_gets_a_token_that_belongs_to_no_user() {
        var answer = browser.token("robot", Map.of("grant_type", "client_credentials"));
        var token = Browser.tokens(answer);
        assertThat(token.accessClaims()).containsEntry("sub", "robot").doesNotContainKey("roles");
        assertThat(browser.get("/api/users", "Authorization", "Bearer " + token.accessToken()).statusCode())
                .isEqualTo(403);
    }

    @Test
    void key_set_and_discovery_document_are_public_and_the_private_key_is_encrypted() {
        var keys = json(browser.get("/oauth2/jwks")).path("keys");
        assertThat(keys.size()).isEqualTo(1);
        assertThat(keys.get(0).has("d")).isFalse();
        assertThat(keys.get(0).path("n").asString()).hasSize(342);
        var discovery = json(browser.get("/.well-known/openid-configuration"));
        assertThat(discovery.path("issuer").asString()).isEqualTo("http://localhost:9000");
        assertThat(discovery.path("end_session_endpoint").asString()).isEqualTo("http://localhost:9000/connect/logout");
        assertThat(database.sql("select encrypted from signing_keys").query(String.class).single())
                .doesNotContain("RSA", "{");
    }

    private HttpResponse<String> exchange(String client, String code, String verifier) {
        return browser.token(client, Map.of("grant_type", "authorization_code", "code", code, "redirect_uri", TASKS,
                "code_verifier", verifier));
    }

    private void change(int user, String change) {
        new Api(port, "admin").change(UUID.fromString("00000000-0000-7000-8000-00000000000" + user), change);
    }

    private static void assertRefused(HttpResponse<String> answer, String error) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(json(answer).path("error").asString()).isEqualTo(error);
    }
}
