package com.uberpopug.ates.auth;

import static com.uberpopug.ates.auth.Browser.location;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.test.LaterClock;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

/** An admin signs in again in this service's own pages before rights change. */
@AuthServiceTest
@Import(LaterClock.Setting.class)
class FreshSignInTests {

    private static final Duration LIMIT = Duration.ofMinutes(15);

    @LocalServerPort
    int port;
    @Autowired
    LaterClock clock;
    @Autowired
    JdbcClient database;

    @Test
    void form_of_an_old_sign_in_takes_effect_by_its_button_after_a_new_one_and_once() {
        var admin = admin();
        var form = Map.of("login", "newcomer", "displayName", "New", "language", "EN", "role", "ADMIN", "once",
                UUID.randomUUID().toString(), "_csrf", Browser.csrf(admin.get("/users/new").body()));
        clock.pass(LIMIT);
        var refused = send(admin, form);
        assertThat(location(refused)).endsWith("/login");
        assertThat(refused.headers().allValues("Set-Cookie")).as("the page keeps the draft and says so")
                .anyMatch(cookie -> cookie.startsWith("ates_not_sent=1"));
        assertThat(admin.get(refused.headers().firstValue("Location").orElseThrow()).body())
                .contains("This needs a new sign-in", "value=\"admin\" readonly=\"readonly\"");
        assertThat(location(admin.signIn("admin", "a parrot's"))).endsWith("/login?wrong");
        assertThat(location(admin.signIn("admin", "beak-admin"))).endsWith("/users/new");
        assertThat(admin.get("/users/new").statusCode()).isEqualTo(200);
        assertThat(newcomers()).as("nothing happens by itself").isZero();

        for (int time = 0; time < 2; time++) {
            var done = send(admin, form);
            assertThat(done.statusCode()).isEqualTo(303);
            assertThat(done.headers().firstValue("Location").orElseThrow()).endsWith("/password-link");
        }
        assertThat(newcomers()).isEqualTo(1);
    }

    @Test
    void confirmation_in_a_dialog_leads_to_a_new_sign_in_and_to_its_page() {
        var admin = admin();
        var question = "/users/" + id("boris") + "/deactivate";
        assertThat(admin.get(question, "HX-Request", "true").statusCode()).isEqualTo(200);
        clock.pass(LIMIT);
        var refused = admin.get(question, "HX-Request", "true");
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.headers().firstValue("HX-Refresh")).isEmpty();
        var page = refused.headers().firstValue("HX-Redirect").orElseThrow();
        assertThat(location(admin.submit(page, page, Map.of("username", "admin", "password", "beak-admin"))))
                .endsWith(question);
        assertThat(admin.get(question).body()).contains("Boris");
    }

    @Test
    void tab_goes_on_without_a_password_once_another_tab_has_signed_in_again() {
        var admin = admin();
        clock.pass(LIMIT);
        var one = admin.get("/users/new").headers().firstValue("Location").orElseThrow();
        var two = admin.get("/users/" + id("boris") + "/password-link/new").headers().firstValue("Location")
                .orElseThrow();
        admin.submit(one, one, Map.of("username", "admin", "password", "beak-admin"));
        assertThat(location(admin.get(two))).endsWith("/password-link/new");
    }

    @Test
    void reading_takes_no_new_sign_in_and_a_role_is_asked_for_first() {
        var admin = admin();
        var popug = new Browser(port);
        popug.signIn("anna", "beak-anna");
        clock.pass(LIMIT);
        assertThat(admin.get("/users").statusCode()).isEqualTo(200);
        assertThat(admin.get("/users/" + id("boris")).statusCode()).isEqualTo(200);
        assertThat(popug.get("/users/new").statusCode()).isEqualTo(403);
        assertThat(location(new Browser(port).get("/users/new"))).as("nobody").endsWith("/login");
    }

    @Test
    void old_token_changes_no_role_and_a_newer_one_does() {
        var api = new Api(port, "admin");
        var id = api.create("somebody-old");
        clock.pass(LIMIT);
        for (int time = 0; time < 2; time++) {
            var refused = api.patch("/api/users/" + id, "{\"role\": \"admin\"}");
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(refused.headers().firstValue("WWW-Authenticate").orElseThrow())
                    .contains("insufficient_user_authentication", "max_age=\"900\"");
            assertThat(Browser.json(refused).path("detail").asString()).contains("last 900 seconds", "sign in again");
        }
        assertThat(role(id)).isEqualTo("popug");
        assertThat(new Api(port, "admin").patch("/api/users/" + id, "{\"role\": \"manager\"}").statusCode())
                .isEqualTo(200);
        assertThat(role(id)).isEqualTo("manager");
    }

    private Browser admin() {
        var admin = new Browser(port);
        admin.signIn("admin", "beak-admin");
        return admin;
    }

    private HttpResponse<String> send(Browser admin, Map<String, String> form) {
        return admin.post("/users", form, "Accept", "text/html", "Referer", "http://localhost:" + port + "/users/new");
    }

    private int newcomers() {
        return database.sql("select count(*) from users where login = 'newcomer'").query(Integer.class).single();
    }

    private UUID id(String login) {
        return database.sql("select id from users where login = ?").param(login).query(UUID.class).single();
    }

    private String role(UUID id) {
        return database.sql("select lower(role) from users where id = ?").param(id).query(String.class).single();
    }
}
