package com.uberpopug.ates.auth;

import static com.uberpopug.ates.auth.Browser.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.test.Columns;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** A copy of the database contains nothing that signs anybody in. */
@AuthServiceTest
class StoredTokensTests {

    private static final String TASKS = "http://localhost:8080/login/oauth2/code/ates";
    private static final String CLIENT = Browser.basic("tasks-service", Browser.SECRET_OF + "tasks-service");

    @LocalServerPort
    int port;
    @Autowired
    JdbcClient database;

    @Test
    void no_code_token_state_nonce_or_session_is_in_any_column_of_any_table() {
        var browser = new Browser(port);
        var secrets = new LinkedHashMap<String, String>();
        var verifier = "verifier-" + UUID.randomUUID() + UUID.randomUUID();
        secrets.put("state", "state-" + UUID.randomUUID());
        secrets.put("nonce", "nonce-" + UUID.randomUUID());
        var authorize = Browser.authorize("tasks-service", TASKS, verifier)
                .replace("some-state", secrets.get("state")).replace("some-nonce", secrets.get("nonce"));
        browser.get(authorize);
        browser.signIn("vera", "beak-vera");
        secrets.put("session", session(browser));
        secrets.put("unused code", Browser.code(browser.get(authorize)));
        assertNowhere(secrets);

        secrets.put("code", Browser.code(browser.get(authorize)));
        var tokens = browser.exchange("tasks-service", TASKS, secrets.get("code"), verifier);
        assertThat(tokens.idClaims()).containsEntry("nonce", secrets.get("nonce"));
        secrets.put("verifier", verifier);
        secrets.put("access token", tokens.accessToken());
        secrets.put("its signature", tokens.accessToken().replaceFirst(".*[.]", ""));
        secrets.put("ID token", tokens.idToken());
        secrets.put("the ID token's signature", tokens.idToken().replaceFirst(".*[.]", ""));
        var robot = Browser.tokens(browser.token("robot", Map.of("grant_type", "client_credentials")));
        secrets.put("machine's token", robot.accessToken());
        assertThat(introspect(tokens.accessToken()).path("active").asBoolean()).isTrue();
        assertThat(browser.get("/userinfo", "Authorization", "Bearer " + tokens.accessToken()).statusCode())
                .isEqualTo(200);
        assertNowhere(secrets);
    }

    /** The value of the session's cookie, which is in Base64 there. */
    private static String session(Browser browser) {
        var value = browser.cookie("ATES_AUTH").replaceFirst("[^=]*=", "");
        return new String(Base64.getDecoder().decode(value), StandardCharsets.US_ASCII);
    }

    private void assertNowhere(Map<String, String> secrets) {
        var search = new Columns(database);
        assertThat(search.with("vera")).as("the search finds what is there").isNotEmpty();
        secrets.forEach((name, secret) -> {
            assertThat(search.with(secret)).as(name).isEmpty();
            assertThat(search.with(Base64.getEncoder().withoutPadding()
                    .encodeToString(secret.getBytes(StandardCharsets.UTF_8)))).as(name + " in Base64").isEmpty();
        });
    }

    @Test
    void tokens_are_found_by_their_value_only_and_end_by_revocation() {
        var browser = new Browser(port);
        var tokens = browser.tokens("tasks-service", TASKS, "boris");
        for (var token : new String[]{tokens.accessToken(), tokens.idToken()}) {
            assertThat(introspect(token).path("active").asBoolean()).isTrue();
        }
        assertThat(introspect(tokens.accessToken()).path("sub").asString()).isEqualTo(tokens.accessClaims().get("sub"));
        var stored = database.sql("""
                select unnest(array[access_token_value, oidc_id_token_value, authorization_code_value])
                  from oauth2_authorization where principal_name = ?
                """).param(tokens.accessClaims().get("sub")).query(String.class).list();
        assertThat(stored).hasSizeGreaterThanOrEqualTo(3).allSatisfy(value -> {
            assertThat(introspect(value).path("active").asBoolean()).as("a stored value opens nothing").isFalse();
            var redeemed = browser.token("tasks-service", Map.of("grant_type", "authorization_code", "code", value,
                    "redirect_uri", TASKS, "code_verifier", "v".repeat(43)));
            assertThat(json(redeemed).path("error").asString()).isEqualTo("invalid_grant");
        });

        assertThat(revoke(tokens.accessToken()).statusCode()).isEqualTo(200);
        assertThat(introspect(tokens.accessToken()).path("active").asBoolean()).isFalse();
        assertThat(browser.get("/userinfo", "Authorization", "Bearer " + tokens.accessToken()).statusCode())
                .isEqualTo(401);
    }

    private JsonNode introspect(String token) {
        return json(new Browser(port).post("/oauth2/introspect", Map.of("token", token), "Authorization", CLIENT));
    }

    private HttpResponse<String> revoke(String token) {
        return new Browser(port).post("/oauth2/revoke", Map.of("token", token), "Authorization", CLIENT);
    }
}
