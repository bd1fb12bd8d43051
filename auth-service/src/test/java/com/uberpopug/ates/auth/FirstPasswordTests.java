package com.uberpopug.ates.auth;

import static com.uberpopug.ates.auth.Browser.json;
import static com.uberpopug.ates.auth.Browser.location;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

@AuthServiceTest
class FirstPasswordTests {

    @LocalServerPort
    int port;
    @Autowired
    JdbcClient database;

    @Test
    void a_link_sets_the_first_password_once() {
        var browser = new Browser(port);
        var token = tokenOfNew("newcomer");
        var path = "/first-password?token=" + token;
        assertThat(location(new Browser(port).signIn("newcomer", ""))).endsWith("/login?wrong");
        var page = browser.get(path);
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Referrer-Policy")).contains("no-referrer");

        assertThat(choose(browser, token, "short", "short").body()).contains("It must have 8 characters or more");
        assertThat(choose(browser, token, "a".repeat(73), "a".repeat(73)).statusCode()).isEqualTo(422);
        assertThat(choose(browser, token, "curved, red", "curved, blue").body()).contains("The two differ");
        assertThat(location(choose(browser, token, "curved, red", "curved, red"))).endsWith("/login?chosen");
        assertThat(location(browser.signIn("newcomer", "curved, red"))).endsWith("/");

        assertThat(browser.get(path).statusCode()).isEqualTo(410);
        assertThat(browser.get(path).body()).contains("This link was used before").doesNotContain("<form");
    }

    @Test
    void a_link_is_good_for_a_day_and_kept_only_as_a_hash() {
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
    }

    @Test
    void what_is_no_link_is_told_so() {
        var browser = new Browser(port);
        for (var query : new String[]{"", "?token=", "?token=%00", "?token=%F0%9F%A6%9C",
                "?token=" + "x".repeat(5000)}) {
            assertThat(browser.get("/first-password" + query).statusCode()).as(query).isEqualTo(410);
        }
        assertThat(choose(browser, "made up", "curved, red", "curved, red").statusCode()).isEqualTo(410);
    }

    private String tokenOfNew(String login) {
        var created = new Api(port, "admin").post("/api/users", Api.newUser(login));
        return json(created).path("first_password_link").asString().replaceFirst(".*=", "");
    }

    private static HttpResponse<String> choose(Browser browser, String token, String password, String again) {
        // Any page with a form has a CSRF token; the link's own has none once the link was used.
        return browser.submit("/login", "/first-password",
                Map.of("token", token, "password", password, "again", again));
    }
}
