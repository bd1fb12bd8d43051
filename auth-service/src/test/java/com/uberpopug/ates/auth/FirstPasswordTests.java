package com.uberpopug.ates.auth;

import static com.uberpopug.ates.auth.Browser.json;
import static com.uberpopug.ates.auth.Browser.location;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

@AuthServiceTest
class FirstPasswordTests {

    private static final String TASKS = "http://localhost:8080/login/oauth2/code/ates";

    private static final String ACCOUNTING = "http://localhost:8082/login/oauth2/code/ates";

    @LocalServerPort
    int port;
    @Autowired
    JdbcClient database;

    @Test
    void link_sets_the_first_password_once() {
        var browser = new Browser(port);
        var token = tokenOfNew("newcomer");
        var path = "/first-password?token=" + token;
        assertThat(location(new Browser(port).signIn("newcomer", ""))).endsWith("/login?wrong");
        var page = browser.get(path);
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Referrer-Policy")).contains("no-referrer");

        assertThat(choose(browser, token, "short", "short").body()).contains("It must have 8 characters or more.");
        assertThat(choose(browser, token, "a".repeat(129), "a".repeat(129)).statusCode()).isEqualTo(422);
        assertThat(choose(browser, token, "curved, red", "curved, blue").body()).contains("The two differ");
        assertThat(location(choose(browser, token, "curved, red", "curved, red"))).endsWith("/login?chosen");
        assertThat(location(browser.signIn("newcomer", "curved, red"))).isEqualTo("http://localhost:8080");

        assertThat(browser.get(path).statusCode()).isEqualTo(410);
        assertThat(browser.get(path).body()).contains("This link was used before").doesNotContain("name=\"token\"");
    }

    @Test
    void form_of_an_expired_session_is_valid_as_long_as_its_link() {
        var form = Map.of("token", tokenOfNew("ponderer"), "password", "curved, red", "again", "curved, red", "_csrf",
                "of an expired session");
        assertThat(location(new Browser(port).post("/first-password", form, "Accept", "text/html")))
                .endsWith("/login?chosen");
        assertThat(location(new Browser(port).signIn("ponderer", "curved, red"))).isEqualTo("http://localhost:8080");
    }

    @Test
    void link_is_valid_for_a_day_and_stored_only_as_a_hash() {
        var browser = new Browser(port);
        var token = tokenOfNew("latecomer");
        assertThat(database
                .sql("select convert_from(decode(encode(token_hash, 'hex'), 'escape'), 'LATIN1') from password_links")
                .query(String.class).list()).isNotEmpty().noneMatch(hash -> hash.contains(token));
        var form = browser.get("/first-password?token=" + token);
        database.sql("update password_links set expires_at = expires_at - interval '24 hours'").update();
        assertThat(form.statusCode()).isEqualTo(200);
        assertThat(choose(browser, token, "curved, red", "curved, red").statusCode()).isEqualTo(410);
        assertThat(location(browser.signIn("latecomer", "curved, red"))).endsWith("/login?wrong");

        var id = database.sql("select id from users where login = 'latecomer'").query(UUID.class).single();
        assertThat(location(choose(browser, renew(new Api(port, "admin"), id), "curved, red", "curved, red")))
                .endsWith("/login?chosen");
    }

    @Test
    void new_link_voids_the_old_one_and_new_password_ends_the_sign_ins_of_the_old_one() {
        var browser = new Browser(port);
        var admin = new Api(port, "admin");
        var id = admin.create("forgetful");
        var lost = renew(admin, id);
        var token = renew(admin, id);
        assertThat(choose(browser, lost, "curved, red", "curved, red").statusCode()).isEqualTo(410);
        assertThat(location(choose(browser, token, "curved, red", "curved, red"))).endsWith("/login?chosen");
        var tokens = browser.tokens("tasks-service", TASKS, "forgetful", "curved, red");
        assertThat(browser.get("/").statusCode()).isEqualTo(200);

        var other = new Browser(port);
        assertThat(location(choose(other, renew(admin, id), "curved, blue", "curved, blue"))).endsWith("?chosen");
        assertThat(location(browser.get("/"))).endsWith("/login");
        assertThat(browser.isActive(tokens)).isFalse();
        assertThat(location(other.signIn("forgetful", "curved, red"))).endsWith("/login?wrong");
        assertThat(location(other.signIn("forgetful", "curved, blue"))).doesNotContain("login");
    }

    @Test
    void sessions_at_clients_end_with_the_password_and_with_the_account() {
        var admin = new Api(port, "admin");
        var id = admin.create("mobile");
        var browser = new Browser(port);
        var other = new Browser(port);
        choose(browser, renew(admin, id), "curved, red", "curved, red");
        var first = browser.tokens("tasks-service", TASKS, "mobile", "curved, red").idClaims().get("sid");
        var second = other.tokens("accounting-service", ACCOUNTING, "mobile", "curved, red").idClaims().get("sid");
        // A client's session may outlive the one here.
        database.sql("delete from spring_session where principal_name = ?").param(id.toString()).update();
        browser.signIn("mobile", "curved, red");
        assertThat(ended(id)).isEmpty();

        assertThat(location(browser.submit("/", "/password",
                Map.of("current", "curved, red", "password", "hooked, blue", "again", "hooked, blue"))))
                .endsWith("/login?chosen");
        assertThat(ended(id)).containsExactlyInAnyOrder(first, second);

        var third = browser.tokens("tasks-service", TASKS, "mobile", "hooked, blue").idClaims().get("sid");
        choose(other, renew(admin, id), "curved, red", "curved, red");
        assertThat(ended(id)).containsExactlyInAnyOrder(first, second, third);

        var fourth = browser.tokens("tasks-service", TASKS, "mobile", "curved, red").idClaims().get("sid");
        admin.change(id, "{\"active\": false}");
        assertThat(ended(id)).containsExactlyInAnyOrder(first, second, third, fourth);
    }

    private List<Object> ended(UUID user) {
        return database.sql("""
                select key from outbox
                 where type = 'Sessions.Ended' and position(convert_to(:user, 'UTF8') in payload) > 0
                """).param("user", user.toString()).query((row, _) -> (Object) row.getString("key")).list();
    }

    @Test
    void new_link_is_made_only_by_an_admin_and_only_for_an_active_user() {
        var admin = new Api(port, "admin");
        var id = admin.create("banished");
        assertThat(new Api(port, "anna").post(path(id), "").statusCode()).isEqualTo(403);
        admin.change(id, "{\"active\": false}");
        assertThat(admin.post(path(id), "").statusCode()).isEqualTo(409);
        assertThat(admin.post(path(UUID.randomUUID()), "").statusCode()).isEqualTo(404);
        admin.delete("/api/users/" + id);
        assertThat(admin.post(path(id), "").statusCode()).isEqualTo(404);
    }

    private static String renew(Api admin, UUID id) {
        var renewed = admin.post(path(id), "");
        assertThat(renewed.statusCode()).as(renewed.body()).isEqualTo(200);
        return json(renewed).path("password_link").asString().replaceFirst(".*=", "");
    }

    private static String path(UUID id) {
        return "/api/users/" + id + "/password-link";
    }

    @Test
    void invalid_link_is_reported() {
        var browser = new Browser(port);
        for (var query : new String[]{"", "?token=", "?token=%F0%9F%A6%9C",
                "?token=" + "x".repeat(5000)}) {
            assertThat(browser.get("/first-password" + query).statusCode()).as(query).isEqualTo(410);
        }
        assertThat(browser.get("/first-password?token=%00").statusCode()).isEqualTo(400);
        assertThat(choose(browser, "made up", "curved, red", "curved, red").statusCode()).isEqualTo(410);
    }

    private String tokenOfNew(String login) {
        var created = new Api(port, "admin").post("/api/users", Api.newUser(login));
        return json(created).path("first_password_link").asString().replaceFirst(".*=", "");
    }

    private static HttpResponse<String> choose(Browser browser, String token, String password, String again) {
        return browser.post("/first-password", Map.of("token", token, "password", password, "again", again));
    }
}
