package com.uberpopug.ates.auth;

import static com.uberpopug.ates.auth.Browser.location;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
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

    private static final Pattern IMPORT = Pattern.compile("^import (?:.* from )?'\\./([\\w.]+)';", Pattern.MULTILINE);

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
    void creating_a_user_shows_the_link_once_however_often_the_form_is_sent() {
        var login = login();
        var form = new LinkedHashMap<>(Map.of("login", login, "displayName", " Kesha ", "email", "", "role", "MANAGER",
                "language", "RU", "once", UUID.randomUUID().toString()));
        var csrf = admin.get("/users/new").body().replaceAll("(?s).*name=\"_csrf\" value=\"([^\"]+)\".*", "$1");
        form.put("_csrf", csrf);
        var first = admin.post("/users", form);
        var second = admin.post("/users", form);
        assertThat(first.statusCode()).isEqualTo(303);
        var page = first.headers().firstValue("Location").orElseThrow();
        assertThat(second.headers().firstValue("Location")).contains(page);
        var link = link(admin.get(page));
        var russian = admin.get(page, "Cookie", "ates_language=ru");
        assertThat(russian.body()).contains("<html lang=\"ru\"");
        assertThat(link(russian)).isEqualTo(link);
        assertThat(database
                .sql("select display_name, role, language, email is null as mailless from users where login = :login")
                .param("login", login).query().singleRow()).containsAllEntriesOf(
                        Map.of("display_name", "Kesha", "role", "MANAGER", "language", "RU", "mailless", true));
        assertThat(new Browser(port).get(link).statusCode()).isEqualTo(200);
        assertThat(location(other().get(page))).as("in another session").endsWith(page.replace("/password-link", ""));
        choosePassword(link);
        assertThat(location(admin.get(page))).as("once it is used").endsWith(page.replace("/password-link", ""));

        form.put("once", UUID.randomUUID().toString());
        var taken = admin.post("/users", form);
        assertThat(taken.statusCode()).isEqualTo(422);
        assertThat(taken.body()).contains("This login is already taken.", "value=\"Kesha\"");
    }

    @Test
    void form_with_errors_comes_back_filled_in_with_each_message_at_its_field() {
        var answer = admin.submit("/users/new", "/users", Map.of("login", "No Such", "displayName", " ", "email",
                "nobody", "role", "ADMIN", "language", "EN"));
        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body()).contains("id=\"login-error\"", "id=\"displayName-error\"", "id=\"email-error\"",
                "value=\"No Such\"", "value=\"nobody\"", "aria-invalid=\"true\"", "1 to 100 characters");
    }

    @Test
    void admin_changes_and_deactivates_a_user() {
        var login = login();
        admin.submit("/users/new", "/users", Map.of("login", login, "displayName", "Kesha", "role", "POPUG", "language",
                "EN"));
        var id = database.sql("select id from users where login = :login").param("login", login).query(UUID.class)
                .single();
        var page = "/users/" + id;
        var change = Map.of("displayName", "Keshenka", "email", "k@uberpopug.example", "role", "ACCOUNTANT", "language",
                "RU");
        var asked = admin.submit(page, page, change);
        assertThat(asked.statusCode()).isEqualTo(200);
        assertThat(asked.body()).contains("Change the role of", "value=\"Keshenka\"", "value=\"POPUG&gt;ACCOUNTANT\"");
        assertThat(admin.get(page).body()).doesNotContain("Keshenka");
        assertThat(admin.get(page + "/password-link/new").body()).contains("Links that become void", "<dd>1</dd>");
        assertThat(location(admin.submit(page, page, with(change, "asked", "POPUG>ACCOUNTANT")))).endsWith(page);
        assertThat(admin.get(page).body()).contains("Keshenka", "k@uberpopug.example");
        assertThat(admin.submit(page, page, with(with(change, "role", "ADMIN"), "asked", "POPUG>ADMIN")).body())
                .as("a confirmation of another role").contains("Change the role of");
        var back = admin.submit(page, page, with(with(change, "displayName", "Typed"), "asked", "back"));
        assertThat(back.body()).contains("value=\"Typed\"", "Access");
        assertThat(admin.get(page).body()).contains("Keshenka", "name=\"role\"").doesNotContain("Typed");

        assertThat(admin.get(page + "/deactivate").body()).contains("Deactivate", "Browsers that are signed out");
        assertThat(admin.submit(page, page + "/active", Map.of("active", "false")).statusCode()).isEqualTo(409);
        assertThat(admin.get(page + "/password-link/new").body()).contains("Links that become void", "<dd>0</dd>");
        assertThat(admin.submit(page, page + "/password-link", Map.of()).statusCode()).isEqualTo(409);
        admin.submit(page + "/deactivate", page + "/active", Map.of("active", "false", "asked", "true"));
        assertThat(admin.get(page).body()).contains("Deactivated");
        assertThat(location(admin.submit(page, page + "/password-link", Map.of()))).endsWith(page);
        admin.submit(page, page + "/active", Map.of("active", "true"));
        assertThat(link(admin.get(location(admin.submit(page, page + "/password-link", Map.of("asked", "true"))))))
                .contains("/first-password?token=");
    }

    private static Map<String, String> with(Map<String, String> form, String field, String value) {
        var changed = new HashMap<>(form);
        changed.put(field, value);
        return changed;
    }

    @Test
    void only_admin_stays_one_and_the_form_comes_back_filled_in() {
        var id = "00000000-0000-7000-8000-000000000001";
        database.sql("update users set role = 'POPUG' where role = 'ADMIN' and id <> ?").param(UUID.fromString(id))
                .update();
        var page = "/users/" + id;
        var refused = admin.submit(page, page, Map.of("displayName", "Adminka", "role", "POPUG", "language", "RU"));
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body()).contains("value=\"Adminka\"", "id=\"role-error\"", "Nobody else is an active admin",
                "<option value=\"POPUG\" selected=\"selected\"", "<option value=\"RU\" selected=\"selected\"");
        assertThat(location(admin.submit(page + "/deactivate", page + "/active",
                Map.of("active", "false", "asked", "true"))))
                .endsWith(page);
        assertThat(admin.get(page).body()).contains("Nobody else is an active admin", "value=\"Admin\"");
    }

    @Test
    void form_with_missing_or_unknown_fields_is_no_server_error() {
        var page = "/users/00000000-0000-7000-8000-000000000004";
        for (var form : new String[]{"/users", page, "/profile", "/password"}) {
            assertThat(admin.submit("/", form, Map.of()).statusCode()).as(form).isEqualTo(422);
            var strange = admin.submit("/", form, Map.of("role", "KING", "language", "birdish", "login", "\u0001",
                    "displayName", "\u0001", "password", "x", "once", "\u0001"));
            assertThat(strange.statusCode()).as(form).isEqualTo(422);
            assertThat(strange.body()).contains("class=\"problem\"").doesNotContain("Exception", "Failed to convert");
        }
        assertThat(admin.submit("/", "/password", Map.of()).body()).contains("id=\"password-error\"");
        assertThat(admin.submit("/", "/first-password", Map.of()).statusCode()).isEqualTo(422);
        assertThat(admin.submit("/", page + "/active", Map.of()).statusCode()).isEqualTo(400);
        assertThat(admin.submit("/", page + "/active", Map.of("active", "perhaps")).statusCode()).isEqualTo(400);
        assertThat(location(new Browser(port).submit("/login", "/login", Map.of()))).endsWith("/login?wrong");
    }

    @Test
    void form_from_before_a_new_sign_in_leads_back_to_its_page() {
        var page = "/users?role=ADMIN";
        var old = Map.of("displayName", "Late", "_csrf", "of the session before");
        var back = admin.post("/profile", old, "Accept", "text/html", "Referer", "http://localhost:" + port + page);
        assertThat(back.statusCode()).isEqualTo(303);
        assertThat(back.headers().firstValue("Location")).contains(page);
        assertThat(admin.get(page).body()).contains("The page is from an earlier sign-in and was not sent.");
        assertThat(admin.get(page).body()).doesNotContain("from an earlier sign-in");

        assertThat(admin.post("/profile", old, "Accept", "text/html", "Referer", "http://elsewhere.example" + page)
                .headers().firstValue("Location")).contains("/");
        assertThat(admin.get("/", "Accept-Language", "ru", "Cookie", "ates_language=ru").body())
                .contains("Страница осталась от прежнего входа");

        var part = admin.post("/profile", old, "HX-Request", "true", "Referer", "http://localhost:" + port + page);
        assertThat(part.statusCode()).isEqualTo(403);
        assertThat(part.headers().firstValue("HX-Refresh")).contains("true");
        assertThat(admin.get(page).body()).contains("The page is from an earlier sign-in");
    }

    @Test
    void form_of_an_ended_session_leads_to_sign_in_and_back_to_its_page() {
        var page = "/users/00000000-0000-7000-8000-000000000004";
        assertThat(admin.get(page).headers().firstValue("Referrer-Policy")).contains("same-origin");
        var form = Map.of("displayName", "Late", "_csrf", "of the session before");
        var browser = new Browser(port);
        assertThat(location(browser.post(page, form, "Accept", "text/html", "Referer",
                "http://localhost:" + port + page))).endsWith("/login");
        // Also after a pause and a wrong password.
        assertThat(location(browser.signIn("admin", "beak"))).endsWith("/login?wrong");
        assertThat(location(browser.signIn("admin", "beak-admin"))).isEqualTo("http://localhost:" + port + page);

        var lured = new Browser(port);
        lured.post(page, form, "Accept", "text/html", "Referer", "http://elsewhere.example" + page);
        assertThat(location(lured.signIn("admin", "beak-admin"))).isEqualTo("http://localhost:" + port + "/");
    }

    @Test
    void deactivated_user_can_sign_out_and_in_as_another_user() {
        var login = login();
        choosePassword(link(admin.get(location(admin.submit("/users/new", "/users", Map.of("login", login,
                "displayName", "Kesha", "role", "POPUG", "language", "EN"))))));
        var kesha = new Browser(port);
        kesha.signIn(login, "curved, red");
        database.sql("update users set active = false where login = :login").param("login", login).update();
        var refused = kesha.get("/");
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("Not for you", "Sign in as somebody else");
        assertThat(refused.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("form-action 'self' http://");
        assertThat(location(kesha.submit("/", "/logout", Map.of()))).endsWith("/login?signed-out");
        assertThat(location(kesha.get("/"))).endsWith("/login");
    }

    @Test
    void rest_of_a_list_is_requested_by_the_search_criteria_only() {
        database.sql("""
                insert into users (id, version, login, display_name, language, role, active, password_hash, sequence,
                                   created_at)
                select gen_random_uuid(), 0, 'flock-' || n, 'Of a flock & more', 'EN', 'POPUG', true, '', 1, now()
                  from generate_series(1, 51) n
                on conflict do nothing
                """).update();
        assertThat(admin.get("/users?q=flock+%26+more").body())
                .contains("href=\"/users?q=flock%20%26%20more&amp;after=");
        assertThat(admin.get("/users?q=flock&role=POPUG&active=true").body())
                .contains("href=\"/users?q=flock&amp;role=POPUG&amp;active=true&amp;after=");
        assertThat(admin.get("/users?q=&role=&active=").body()).contains("href=\"/users?after=");
    }

    @Test
    void other_roles_have_no_users_page_and_unknown_users_are_not_found() {
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
    void every_user_changes_name_language_and_password() {
        var login = login();
        var created = admin.submit("/users/new", "/users", Map.of("login", login, "displayName", "Kesha", "role",
                "POPUG", "language", "EN"));
        choosePassword(link(admin.get(location(created))));
        var kesha = new Browser(port);
        kesha.signIn(login, "curved, red");
        assertThat(kesha.submit("/", "/profile", Map.of("displayName", "Keshenka", "language", "EN")).headers()
                .allValues("Set-Cookie")).noneMatch(cookie -> cookie.startsWith("ates_language"));
        assertThat(kesha.submit("/", "/profile", Map.of("displayName", "Keshenka", "language", "RU")).headers()
                .allValues("Set-Cookie")).as("the value of the switch, for all services")
                .anyMatch(cookie -> cookie.matches("ates_language=; Expires=.* 1970 .*Path=/"));
        assertThat(kesha.get("/").body()).contains("Keshenka", "<html lang=\"ru\"");
        assertThat(kesha.submit("/", "/password", Map.of("current", "wrong, wrong", "password", "hooked, blue", "again",
                "hooked, blue")).body()).contains("id=\"current-error\"").doesNotContain("hooked, blue");
        assertThat(location(kesha.submit("/", "/password", Map.of("current", "curved, red", "password", "hooked, blue",
                "again", "hooked, blue")))).endsWith("/login?chosen");
        assertThat(location(kesha.get("/"))).endsWith("/login");
        assertThat(location(kesha.signIn(login, "hooked, blue"))).contains("localhost");
    }

    @Test
    void resources_of_a_page_are_small_and_stay_cached() {
        var page = admin.get("/", "Accept-Encoding", "gzip");
        assertThat(page.headers().firstValue("Content-Encoding")).contains("gzip");
        var resources = Pattern.compile("(?:href|src)=\"(/(?:webjars|shell)/[^\"]+)\"").matcher(admin.get("/").body());
        int bytes = 0;
        var paths = new ArrayDeque<String>();
        resources.results().forEach(found -> paths.add(found.group(1)));
        var loaded = new HashSet<String>();
        while (!paths.isEmpty()) {
            var path = paths.remove();
            if (!loaded.add(path)) {
                continue;
            }
            if (path.endsWith(".js") && path.startsWith("/shell/")) {
                IMPORT.matcher(admin.get(path).body()).results().forEach(
                        found -> paths.add(path.replaceFirst("[^/]+$", found.group(1))));
            }
            var resource = admin.get(path, "Accept-Encoding", "gzip");
            assertThat(resource.statusCode()).as(path).isEqualTo(200);
            assertThat(path).matches(".*-[0-9a-f]{32}\\.\\w+|/shell/[0-9a-f]{32}/\\w+\\.js|/webjars/[^/]+/\\d.*");
            assertThat(resource.headers().firstValue("Cache-Control").orElse("")).contains("max-age=31536000");
            bytes += resource.body().length();
        }
        assertThat(loaded).anyMatch(path -> path.endsWith("/live.js"));
        assertThat(bytes).isPositive().isLessThan(250_000);
    }

    private Browser other() {
        var other = new Browser(port);
        other.signIn("admin", "beak-admin");
        return other;
    }

    private void choosePassword(String link) {
        new Browser(port).submit(link, "/first-password", Map.of("token", link.replaceFirst(".*token=", ""),
                "password", "curved, red", "again", "curved, red"));
    }

    private static String login() {
        return "page-" + UUID.randomUUID().toString().substring(0, 8);
    }

    private static String link(HttpResponse<String> page) {
        var link = LINK.matcher(page.body());
        assertThat(link.find()).as(page.body()).isTrue();
        // The tests know the actual port of the service, not the configured one.
        return link.group(1).replaceFirst("http://[^/]+", "");
    }
}
