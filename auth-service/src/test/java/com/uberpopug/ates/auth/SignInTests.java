package com.uberpopug.ates.auth;

import static com.uberpopug.ates.auth.Browser.location;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.test.Texts;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

@AuthServiceTest
class SignInTests {

    private static final String TASKS = "http://localhost:8080/login/oauth2/code/ates";

    @LocalServerPort
    int port;
    @Autowired
    JdbcClient database;

    @Test
    void page_is_in_the_readers_language_and_allows_nothing_inline() {
        var english = new Browser(port).get("/login");
        assertThat(english.body()).contains("The shape of your beak", "<html lang=\"en\"").doesNotContain("<script>",
                "style=", "??");
        assertThat(english.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'", "form-action 'self' http://localhost:8080")
                .doesNotContain("unsafe");
        assertThat(new Browser(port).get("/login", "Accept-Language", "ru").body()).contains("Форма вашего клюва",
                "<html lang=\"ru\"");
        assertThat(new Browser(port).get("/login", "Accept-Language", "de").body()).contains("<html lang=\"en\"");
        assertThat(new Browser(port).get("/shell/shell.css").statusCode()).isEqualTo(200);
    }

    @Test
    void every_text_exists_in_both_languages() {
        assertThat(Texts.gaps()).isEmpty();
    }

    @Test
    void right_password_signs_in_and_only_then_starts_a_session() {
        var browser = new Browser(port);
        assertThat(browser.get("/login").headers().allValues("Set-Cookie"))
                .noneMatch(cookie -> cookie.startsWith("ATES_AUTH="))
                .allMatch(cookie -> cookie.contains("Path=/login;"))
                .allMatch(cookie -> cookie.contains("HttpOnly"));
        var signedIn = browser.signIn(" Anna ", "beak-anna");
        assertThat(location(signedIn)).as("without a page to return to").isEqualTo("http://localhost:8080");
        assertThat(signedIn.headers().allValues("Set-Cookie"))
                .filteredOn(cookie -> cookie.startsWith("ATES_AUTH=")).singleElement().asString()
                .contains("HttpOnly", "SameSite=Lax");
        assertThat(browser.get("/").body()).contains("<bdi>Anna</bdi>");
    }

    @Test
    void sign_in_form_of_an_expired_page_is_reported() {
        var late = new Browser(port).post("/login", Map.of("username", "anna", "password", "beak-anna", "_csrf", "old"),
                "Accept", "text/html");
        assertThat(location(late)).endsWith("/login?too-old");
        assertThat(new Browser(port).get("/login?too-old").body())
                .contains("The page was too old; please try again.");
    }

    @Test
    void page_shows_the_signed_in_user_and_leads_on_or_changes_the_account() {
        var browser = new Browser(port);
        browser.signIn("anna", "beak-anna");
        for (var page : new String[]{"/login", "/login?too-old", "/login?signed-out", "/login?wrong", "/login?locked",
                "/login?already"}) {
            assertThat(browser.get(page).body()).as(page)
                    .contains("You are signed in as \u2068Anna\u2069", "href=\"http://localhost:8080\"")
                    .doesNotContain("name=\"username\"", "That is not a beak we know", "You are signed out");
        }
        assertThat(browser.get("/login", "Accept-Language", "ru", "Cookie", "ates_language=ru").body())
                .contains("Anna").doesNotContain("??");
        assertThat(location(browser.submit("/login", "/logout", Map.of()))).endsWith("/login?signed-out");
        assertThat(location(browser.signIn("boris", "beak-boris"))).isEqualTo("http://localhost:8080");
        assertThat(browser.get("/").body()).contains("<bdi>Boris</bdi>");
    }

    @Test
    void second_form_does_not_replace_the_signed_in_user_and_says_why() {
        for (var accept : new String[]{"text/html", "*/*"}) {
            var browser = new Browser(port);
            var second = Browser.csrf(browser.get("/login").body());
            var sid = browser.tokens("tasks-service", TASKS, "anna").idClaims().get("sid");
            // Its token is of the session before, or new, as in a reloaded page.
            for (var token : new String[]{second, Browser.csrf(browser.get("/").body())}) {
                var sent = browser.post("/login",
                        Map.of("username", "boris", "password", "beak-boris", "_csrf", token), "Accept", accept);
                assertThat(sent.statusCode()).isEqualTo(303);
                var page = browser.get(sent.headers().firstValue("Location").orElseThrow());
                assertThat(page.body()).contains("A user is already signed in in this browser",
                        "You are signed in as \u2068Anna\u2069", "Go on as \u2068Anna\u2069",
                        "Sign out, and sign in as somebody else");
                assertThat(browser.get("/").body()).contains("<bdi>Anna</bdi>");
            }
            assertThat(ended(sid)).as("sessions at the clients go on").isEmpty();
        }
    }

    @Test
    void form_of_another_user_than_the_signed_in_one_is_not_handled_and_the_page_names_them() {
        var browser = new Browser(port);
        browser.signIn("anna", "beak-anna");
        var forms = Browser.csrf(browser.get("/").body());
        browser.submit("/", "/logout", Map.of());
        browser.signIn("boris", "beak-boris");
        var sent = browser.post("/profile", Map.of("displayName", "Anna the Great", "language", "EN", "_csrf", forms),
                "Accept", "text/html", "Referer", "http://localhost:" + port + "/");
        assertThat(sent.statusCode()).isEqualTo(303);
        assertThat(browser.get("/").body()).contains("You are signed in as \u2068Boris\u2069 now")
                .contains("<bdi>Boris</bdi>").doesNotContain("Anna the Great");
    }

    @Test
    void wrong_password_and_unknown_login_get_the_same_message() {
        var browser = new Browser(port);
        for (var login : new String[]{"boris", "nobody", "x".repeat(300), "Bo ris", "'; drop table users"}) {
            assertThat(location(browser.signIn(login, "beak"))).isEqualTo("http://localhost:" + port + "/login?wrong");
        }
        assertThat(browser.signIn("\u0000", "beak").statusCode()).isEqualTo(400);
        assertThat(location(browser.signIn("boris", "b".repeat(1000))))
                .isEqualTo("http://localhost:" + port + "/login?wrong");
        assertThat(browser.get("/login?wrong").body()).contains("That is not a beak we know.");
    }

    @Test
    void form_without_its_token_is_refused() {
        assertThat(new Browser(port).post("/login", Map.of("username", "anna", "password", "beak-anna")).statusCode())
                .isEqualTo(403);
    }

    @Test
    void page_for_users_leads_to_the_sign_in_and_back() {
        var browser = new Browser(port);
        assertThat(location(browser.get("/"))).endsWith("/login");
        var tokens = new Browser(port).tokens("tasks-service", TASKS, "vera");
        assertThat(tokens.accessToken()).isNotEmpty();
    }

    @Test
    void signing_out_here_ends_the_session_and_is_announced() {
        var browser = new Browser(port);
        var sid = browser.tokens("tasks-service", TASKS, "boris").idClaims().get("sid");
        assertThat(location(browser.submit("/", "/logout", Map.of())))
                .isEqualTo("http://localhost:" + port + "/login?signed-out");
        assertThat(location(browser.get("/"))).endsWith("/login");
        assertAnnounced(sid);
    }

    @Test
    void signing_out_here_after_the_session_expired_ends_the_rest_of_the_sign_on() {
        var browser = new Browser(port);
        var sid = browser.tokens("tasks-service", TASKS, "manager").idClaims().get("sid");
        var form = Map.of("_csrf", Browser.csrf(browser.get("/").body()));
        database.sql("delete from spring_session").update();
        assertThat(location(browser.post("/logout", form, "Accept", "text/html", "Sec-Fetch-Site", "same-site")))
                .as("a form of another site").endsWith("/login");
        assertThat(ended(sid)).isEmpty();
        for (int time = 0; time < 2; time++) {
            assertThat(location(browser.post("/logout", form, "Accept", "text/html", "Sec-Fetch-Site", "same-origin")))
                    .endsWith("/login?signed-out");
            assertAnnounced(sid);
        }
        assertThat(location(new Browser(port).post("/logout", form, "Accept", "text/html", "Sec-Fetch-Site",
                "same-origin", "Cookie", "ATES_AUTH_SIGN_ON=made-up"))).as("without a sign-in").endsWith("/login");
    }

    @Test
    void signing_out_at_a_client_ends_the_session_here_and_returns_there() {
        var browser = new Browser(port);
        var tokens = browser.tokens("tasks-service", TASKS, "manager");
        var other = new Browser(port);
        other.tokens("tasks-service", TASKS, "manager");

        var out = browser.get("/connect/logout?id_token_hint=" + tokens.idToken()
                + "&post_logout_redirect_uri=http://localhost:8080/&state=s");
        assertThat(location(out)).isEqualTo("http://localhost:8080/?state=s");
        assertThat(location(browser.get("/"))).endsWith("/login");
        assertThat(other.get("/").statusCode()).as("the user's session in another browser").isEqualTo(200);
        assertAnnounced(tokens.idClaims().get("sid"));
    }

    @Test
    void signing_out_at_a_client_works_after_its_authorization_was_deleted() {
        for (var accept : new String[]{"text/html", "*/*"}) {
            var browser = new Browser(port);
            var tokens = browser.tokens("tasks-service", TASKS, "manager");
            database.sql("delete from oauth2_authorization").update();
            assertThat(location(browser.get("/connect/logout?id_token_hint=" + tokens.idToken()
                    + "&post_logout_redirect_uri=http://localhost:8080/&state=a%26b", "Accept", accept)))
                    .isEqualTo("http://localhost:8080/?state=a%26b");
            assertThat(location(browser.get("/"))).endsWith("/login");
            assertAnnounced(tokens.idClaims().get("sid"));
        }
    }

    @Test
    void signing_out_at_a_client_ends_the_rest_of_an_expired_sign_on() {
        var browser = new Browser(port);
        var tokens = browser.tokens("tasks-service", TASKS, "manager");
        var hint = "/connect/logout?id_token_hint=" + tokens.idToken();
        assertThat(location(new Browser(port).get(hint))).as("without a session").endsWith("/login?signed-out");
        assertAnnounced(tokens.idClaims().get("sid"));
        assertThat(location(new Browser(port).get(hint))).endsWith("/login?signed-out");
        assertAnnounced(tokens.idClaims().get("sid"));
        assertThat(location(browser.get(hint))).as("in the browser of that sign-on").endsWith("/login?signed-out");
        assertThat(location(browser.get("/"))).endsWith("/login");
    }

    @Test
    void signing_out_at_a_client_ends_a_later_sign_on_of_the_same_user_only_if_the_earlier_one_had_not_ended() {
        var browser = new Browser(port);
        var earlier = browser.tokens("tasks-service", TASKS, "manager");
        var hint = "/connect/logout?id_token_hint=" + earlier.idToken();
        database.sql("delete from spring_session").update();
        var later = browser.tokens("accounting-service", "http://localhost:8082/login/oauth2/code/ates", "manager");
        assertThat(location(browser.get(hint))).endsWith("/login?signed-out");
        assertAnnounced(earlier.idClaims().get("sid"));
        assertAnnounced(later.idClaims().get("sid"));

        browser.signIn("manager", "beak-manager");
        assertAsked(browser, hint, "Manager");
    }

    @Test
    void sign_out_without_proof_is_decided_by_the_user() {
        var browser = new Browser(port);
        var foreign = new Browser(port).tokens("tasks-service", TASKS, "boris");
        var own = browser.tokens("tasks-service", TASKS, "accountant");
        for (var hint : new String[]{"", "?id_token_hint=", "?id_token_hint=made-up", "?id_token_hint=a.b.c",
                "?id_token_hint=" + own.accessToken(), "?id_token_hint=" + own.idToken() + "x",
                "?id_token_hint=" + own.idToken() + "&id_token_hint=again",
                "?id_token_hint=" + own.idToken() + "&client_id=accounting-service",
                "?client_id=tasks-service&post_logout_redirect_uri=http://localhost:8080/",
                "?post_logout_redirect_uri=http://evil.example/", "?id_token_hint=" + foreign.idToken()}) {
            assertAsked(browser, "/connect/logout" + hint, "Accountant");
            assertThat(ended(own.idClaims().get("sid"))).as(hint).isEmpty();
        }
        assertAnnounced(foreign.idClaims().get("sid"));
        assertThat(location(new Browser(port).get("/connect/logout"))).endsWith("/sign-out");
        assertThat(location(new Browser(port).get("/sign-out"))).endsWith("/login?signed-out");

        var elsewhere = browser.get("/connect/logout?id_token_hint=" + own.idToken()
                + "&post_logout_redirect_uri=http://evil.example/");
        assertThat(location(elsewhere)).as("signed out, without a foreign redirect").endsWith("/login?signed-out");
        assertThat(location(browser.get("/"))).endsWith("/login");
    }

    private static void assertAsked(Browser browser, String request, String name) {
        assertThat(location(browser.get(request))).as(request).endsWith("/sign-out");
        assertThat(browser.get("/sign-out").body()).contains("You are signed in as \u2068" + name + "\u2069",
                "action=\"/logout\"", "Go on as");
    }

    @Test
    void invalid_authorization_request_shows_an_error_page() {
        var answer = new Browser(port).get(Browser.authorize("nobody", TASKS, "v".repeat(43)));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("We did not understand that", "Error 400").doesNotContain("Exception");
        assertThat(answer.headers().firstValue("Content-Security-Policy")).isPresent();
        assertThat(location(new Browser(port).get("/nowhere"))).endsWith("/login");
    }

    private void assertAnnounced(Object sid) {
        assertThat(ended(sid)).containsExactly("Sessions.Ended");
    }

    private List<String> ended(Object sid) {
        return database.sql("select type from outbox where topic = 'ates.sessions' and key = ?").param(sid)
                .query(String.class).list();
    }
}
