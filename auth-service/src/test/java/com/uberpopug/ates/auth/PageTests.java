package com.uberpopug.ates.auth;

import static com.uberpopug.ates.auth.Browser.location;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The pages behind the sign-in, over HTTP and without scripts. */
@AuthServiceTest
class PageTests {

    private static final Pattern LINK = Pattern.compile("value=\"(http[^\"]+/first-password\\?token=[^\"]+)\"");

    @LocalServerPort
    int port;
    @Autowired
    JdbcClient database;
    private Browser admin;

    @BeforeEach
    void signIn() {
        admin = new Browser(port);
        admin.signIn("admin", "beak-admin");
    }

    @Test
    void taking_somebody_in_shows_the_link_once_however_often_the_form_is_sent() {
        var login = login();
        var form = new LinkedHashMap<>(Map.of("login", login, "displayName", " Kesha ", "email", "", "role", "MANAGER",
                "language", "RU", "once", UUID.randomUUID().toString()));
        var csrf = admin.get("/users/new").body().replaceAll("(?s).*name=\"_csrf\" value=\"([^\"]+)\".*", "$1");
        form.put("_csrf", csrf);
        var first = admin.post("/users", form);
        var second = admin.post("/users", form);
        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(link(second)).isEqualTo(link(first));
        assertThat(database
                .sql("select display_name, role, language, email is null as mailless from users where login = :login")
                .param("login", login).query().singleRow()).containsAllEntriesOf(
                        Map.of("display_name", "Kesha", "role", "MANAGER", "language", "RU", "mailless", true));
        assertThat(new Browser(port).get(link(first)).statusCode()).isEqualTo(200);

        form.put("once", UUID.randomUUID().toString());
        var taken = admin.post("/users", form);
        assertThat(taken.statusCode()).isEqualTo(422);
        assertThat(taken.body()).contains("Somebody has this login already.", "value=\"Kesha\"");
    }

    @Test
    void a_form_with_errors_comes_back_filled_in_with_each_message_at_its_field() {
        var answer = admin.submit("/users/new", "/users", Map.of("login", "No Such", "displayName", " ", "email",
                "nobody", "role", "ADMIN", "language", "EN"));
        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body()).contains("id=\"login-error\"", "id=\"displayName-error\"", "id=\"email-error\"",
                "value=\"No Such\"", "value=\"nobody\"", "aria-invalid=\"true\"", "1 to 100 characters");
    }

    @Test
    void an_admin_changes_and_sends_away() {
        var login = login();
        admin.submit("/users/new", "/users", Map.of("login", login, "displayName", "Kesha", "role", "POPUG", "language",
                "EN"));
        var id = database.sql("select id from users where login = :login").param("login", login).query(UUID.class)
                .single();
        var page = "/users/" + id;
        assertThat(location(admin.submit(page, page, Map.of("displayName", "Keshenka", "email", "k@uberpopug.example",
                "role", "ACCOUNTANT", "language", "RU")))).endsWith(page);
        assertThat(admin.get(page).body()).contains("Keshenka", "k@uberpopug.example");
        admin.submit(page, page + "/active", Map.of("active", "false"));
        assertThat(admin.get(page).body()).contains("Deactivated");
        assertThat(location(admin.submit(page, page + "/password-link", Map.of()))).endsWith(page);
        admin.submit(page, page + "/active", Map.of("active", "true"));
        assertThat(link(admin.submit(page, page + "/password-link", Map.of()))).contains("/first-password?token=");
    }

    @Test
    void others_have_no_users_page_and_unknown_users_are_not_found() {
        assertThat(admin.get("/users/" + UUID.randomUUID()).statusCode()).isEqualTo(404);
        assertThat(admin.get("/nowhere").body()).contains("There is nothing here");
        var anna = new Browser(port);
        anna.signIn("anna", "beak-anna");
        var refused = anna.get("/users");
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("Not for you");
        assertThat(anna.get("/pipeline").statusCode()).isEqualTo(403);
    }

    @Test
    void everyone_changes_name_language_and_password() {
        var login = login();
        var created = admin.submit("/users/new", "/users", Map.of("login", login, "displayName", "Kesha", "role",
                "POPUG", "language", "EN"));
        var kesha = new Browser(port);
        kesha.submit(link(created), "/first-password", Map.of("token", link(created).replaceFirst(".*token=", ""),
                "password", "curved, red", "again", "curved, red"));
        kesha.signIn(login, "curved, red");
        kesha.submit("/", "/profile", Map.of("displayName", "Keshenka", "language", "RU"));
        assertThat(kesha.get("/").body()).contains("Keshenka", "<html lang=\"ru\"");
        assertThat(kesha.submit("/", "/password", Map.of("current", "wrong, wrong", "password", "hooked, blue", "again",
                "hooked, blue")).body()).contains("id=\"current-error\"").doesNotContain("hooked, blue");
        assertThat(location(kesha.submit("/", "/password", Map.of("current", "curved, red", "password", "hooked, blue",
                "again", "hooked, blue")))).endsWith("/login?chosen");
        assertThat(location(kesha.get("/"))).endsWith("/login");
        assertThat(location(kesha.signIn(login, "hooked, blue"))).contains("localhost");
    }

    @Test
    void what_a_page_needs_is_small_and_stays_cached() {
        var page = admin.get("/", "Accept-Encoding", "gzip");
        assertThat(page.headers().firstValue("Content-Encoding")).contains("gzip");
        var resources = Pattern.compile("(?:href|src)=\"(/(?:webjars|shell)/[^\"]+)\"").matcher(admin.get("/").body());
        int bytes = 0;
        while (resources.find()) {
            var resource = admin.get(resources.group(1), "Accept-Encoding", "gzip");
            assertThat(resource.statusCode()).as(resources.group(1)).isEqualTo(200);
            assertThat(resources.group(1)).matches(".*-[0-9a-f]{32}\\.\\w+|/webjars/[^/]+/\\d.*");
            assertThat(resource.headers().firstValue("Cache-Control").orElse("")).contains("max-age=31536000");
            bytes += resource.body().length();
        }
        assertThat(bytes).isPositive().isLessThan(250_000);
    }

    private static String login() {
        return "page-" + UUID.randomUUID().toString().substring(0, 8);
    }

    private static String link(HttpResponse<String> page) {
        var link = LINK.matcher(page.body());
        assertThat(link.find()).as(page.body()).isTrue();
        // The tests know the port that the service has, and not the one that it would have.
        return link.group(1).replaceFirst("http://[^/]+", "");
    }
}
