package com.uberpopug.ates.auth;

import static com.uberpopug.ates.auth.Browser.json;
import static com.uberpopug.ates.auth.Browser.location;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Concurrent edits of one user, by pages and by the API: no edit silently undoes another. */
@AuthServiceTest
class CrossingEditsTests {

    private static final Pattern SELECTED = Pattern
            .compile("<option value=\"(\\w+)\" selected=\"selected\"|<option selected=\"selected\" value=\"(\\w+)\"");

    @LocalServerPort
    int port;
    @Autowired
    JdbcClient database;
    private Api admin;
    private Browser page;

    @BeforeEach
    void signIn() {
        admin = new Api(port, "admin");
        page = new Browser(port);
        page.signIn("admin", "beak-admin");
    }

    @AfterEach
    void leaveOneAdmin() {
        database.sql("update users set role = 'POPUG' where role = 'ADMIN' and login like 'cross-%'").update();
    }

    @Test
    void form_from_before_a_demotion_does_not_restore_the_role() {
        var id = admin.create(login());
        admin.change(id, "{\"role\": \"admin\"}");
        var shown = page.get("/users/" + id);
        admin.change(id, "{\"role\": \"popug\"}");

        var refused = page.submit(shown, "/users/" + id, form(Map.of("role", "ADMIN", "displayName", "Renamed")));
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(text(refused)).contains("Nothing was saved yet", "Role : Admin → Popug , by", "Admin");
        assertThat(refused.body()).contains("value=\"Renamed\"");
        assertThat(selected(refused)).as("the untouched field").contains("POPUG").doesNotContain("ADMIN");
        assertThat(roleOf(id)).isEqualTo("popug");

        assertThat(location(page.submit(refused, "/users/" + id, form(Map.of("role", "POPUG", "displayName",
                "Renamed"))))).endsWith("/users/" + id);
        assertThat(nameOf(id)).isEqualTo("Renamed");
        assertThat(roleOf(id)).isEqualTo("popug");
    }

    @ParameterizedTest
    @CsvSource({
            "display_name, '\"Another\"', displayName, Name : Somebody → Another",
            "email, '\"other@uberpopug.example\"', email, → other@uberpopug.example",
            "email, null, email, → –",
            "language, '\"ru\"', language, Language : English → Русский",
            "role, '\"manager\"', role, Role : Popug → Manager"})
    void changes_since_the_form_was_shown_are_listed_and_typed_values_stay(String field, String value,
            String input, String difference) {
        var id = admin.create(login());
        var shown = page.get("/users/" + id);
        var email = emailOf(id);
        admin.change(id, "{\"%s\": %s}".formatted(field, value));
        var typed = input.equals("displayName")
                ? Map.of("email", "typed@uberpopug.example")
                : Map.of("displayName", "Typed");
        var sent = new LinkedHashMap<>(form(typed));
        sent.putIfAbsent("email", email);
        var refused = page.submit(shown, "/users/" + id, sent);
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(409);
        assertThat(text(refused)).contains(difference);
        assertThat(refused.body()).contains(input.equals("displayName")
                ? "value=\"typed@uberpopug.example\""
                : "value=\"Typed\"");
        var now = json(admin.get("/api/users/" + id));
        assertThat(now.path(field).isNull() ? "null" : "\"" + now.path(field).asString() + "\"").isEqualTo(value);
        assertThat(now.path("display_name").asString()).isNotEqualTo("Typed");
        var again = page.submit(refused, "/users/" + id, sent);
        if (field.equals("role")) {
            // The typed role takes the role back, which needs a confirmation.
            assertThat(text(again)).contains("Manager → Popug");
            sent.put("asked", "MANAGER>POPUG");
            again = page.submit(refused, "/users/" + id, sent);
        }
        assertThat(again.statusCode()).as("sent again").isEqualTo(302);
    }

    @Test
    void role_change_is_confirmed_whatever_the_forms_version() {
        var id = admin.create(login());
        var shown = page.get("/users/" + id);
        admin.change(id, "{\"active\": false}");
        admin.change(id, "{\"active\": true}");
        var asked = page.submit(shown, "/users/" + id, form(Map.of("role", "ADMIN")));
        assertThat(asked.statusCode()).isEqualTo(200);
        assertThat(text(asked)).contains("Popug → Admin");
        assertThat(roleOf(id)).isEqualTo("popug");
    }

    @Test
    void edits_of_different_fields_do_not_conflict() {
        var id = admin.create(login());
        var shown = page.get("/users/" + id);
        admin.change(id, "{\"active\": false}");
        assertThat(page.submit(shown, "/users/" + id, form(Map.of("displayName", "Renamed"))).statusCode())
                .isEqualTo(302);
        var renamed = json(admin.get("/api/users/" + id));
        assertThat(renamed.path("display_name").asString()).isEqualTo("Renamed");
        assertThat(renamed.path("active").asBoolean()).isFalse();

        var again = page.get("/users/" + id);
        admin.change(id, "{\"display_name\": \"The same\"}");
        assertThat(page.submit(again, "/users/" + id, form(Map.of("displayName", "The same", "email",
                emailOf(id)))).statusCode()).as("the same change").isEqualTo(302);
    }

    @Test
    void form_with_errors_keeps_its_original_version() {
        var id = admin.create(login());
        var shown = page.get("/users/" + id);
        admin.change(id, "{\"role\": \"manager\"}");
        var wrong = page.submit(shown, "/users/" + id, form(Map.of("displayName", " ")));
        assertThat(wrong.statusCode()).isEqualTo(422);
        var refused = page.submit(wrong, "/users/" + id, form(Map.of("displayName", "Right")));
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(roleOf(id)).isEqualTo("manager");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "999999"})
    void form_without_a_known_version_comes_back(String version) {
        var id = admin.create(login());
        var refused = page.submit("/users/" + id, "/users/" + id, form(Map.of("version", version)));
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(text(refused)).contains("The changes are no longer known");
        assertThat(page.submit(refused, "/users/" + id, form(Map.of())).statusCode()).isEqualTo(302);
    }

    @Test
    void stale_activation_button_does_nothing() {
        var id = admin.create(login());
        var sure = Map.of("active", "false", "asked", "true");
        var shown = page.get("/users/" + id + "/deactivate");
        admin.change(id, "{\"role\": \"manager\"}");
        var refused = page.submit(shown, "/users/" + id + "/active", sure);
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(text(refused)).contains("Role : Popug → Manager");
        assertThat(json(admin.get("/api/users/" + id)).path("active").asBoolean()).isTrue();
        assertThat(page.submit("/users/" + id + "/deactivate", "/users/" + id + "/active", sure).statusCode())
                .isEqualTo(302);
        assertThat(json(admin.get("/api/users/" + id)).path("active").asBoolean()).isFalse();

        var off = page.get("/users/" + id);
        admin.change(id, "{\"active\": true}");
        admin.change(id, "{\"active\": false}");
        admin.change(id, "{\"display_name\": \"Somebody else\"}");
        assertThat(page.submit(off, "/users/" + id + "/active", Map.of("active", "true")).statusCode()).isEqualTo(409);
        assertThat(page.get("/users/" + id + "/active").statusCode()).as("loaded again").isEqualTo(200);
    }

    @Test
    void profile_changed_by_an_admin_meanwhile_comes_back_to_its_owner() {
        var login = login();
        var created = json(admin.post("/api/users", Api.newUser(login)));
        var id = UUID.fromString(created.path("user_id").asString());
        var kesha = new Browser(port);
        kesha.submit("/login", "/first-password", Map.of("token",
                created.path("first_password_link").asString().replaceFirst(".*=", ""), "password", "curved, red",
                "again", "curved, red"));
        kesha.signIn(login, "curved, red");
        var shown = kesha.get("/");
        admin.change(id, "{\"language\": \"ru\"}");
        var refused = kesha.submit(shown, "/profile", Map.of("displayName", "Keshenka", "language", "EN"));
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(text(refused)).contains("English → Русский");
        assertThat(refused.body()).contains("value=\"Keshenka\"");
        assertThat(selected(refused)).contains("RU");
        assertThat(kesha.submit(refused, "/profile", Map.of("displayName", "Keshenka", "language", "RU"))
                .statusCode()).isEqualTo(302);
        var other = kesha.get("/");
        admin.change(id, "{\"role\": \"manager\"}");
        assertThat(kesha.submit(other, "/profile", Map.of("displayName", "Kesha", "language", "RU")).statusCode())
                .as("a field outside of the form").isEqualTo(302);
    }

    @Test
    void api_returns_versions_and_accepts_conditions_on_them() {
        var created = admin.post("/api/users", Api.newUser(login()));
        var path = created.headers().firstValue("Location").orElseThrow();
        var first = tag(created);
        assertThat(first).matches("\"\\d+\"");
        assertThat(tag(admin.get(path))).isEqualTo(first);
        assertThat(admin.send(admin.request(path).header("If-None-Match", first)).statusCode()).isEqualTo(304);
        var changed = patch(path, first, "{\"role\": \"manager\"}");
        assertThat(changed.statusCode()).isEqualTo(200);
        assertThat(tag(changed)).isNotEqualTo(first).isEqualTo(tag(admin.get(path)));
        assertThat(admin.send(admin.request(path).header("If-None-Match", first)).statusCode()).isEqualTo(200);

        var second = tag(changed);
        for (var stale : new String[]{first, "W/" + second, "\"0\"", "\"unknown\"", first + ", \"0\""}) {
            for (var refused : List.of(patch(path, stale, "{\"display_name\": \"Late\"}"),
                    admin.send(admin.request(path).header("If-Match", stale).DELETE()))) {
                assertThat(refused.statusCode()).as(stale).isEqualTo(412);
                assertThat(refused.headers().firstValue("Content-Type")).contains("application/problem+json");
                assertThat(tag(refused)).isEqualTo(second);
            }
        }
        for (var wrong : new String[]{"7", "", "nonsense", "*, \"1\""}) {
            assertThat(patch(path, wrong, "{\"display_name\": \"Late\"}").statusCode()).as(wrong).isEqualTo(400);
        }
        assertThat(json(admin.get(path)).path("display_name").asString()).isEqualTo("Somebody");
        assertThat(patch(path, "\"0\", " + second, "{\"email\": null}").statusCode()).isEqualTo(200);
        assertThat(patch(path, "*", "{\"display_name\": \"Any\"}").statusCode()).isEqualTo(200);
        assertThat(admin.patch(path, "{\"language\": \"ru\"}").statusCode()).as("without").isEqualTo(200);
        assertThat(admin.send(admin.request(path + "/password-link").header("If-Match", second)
                .POST(BodyPublishers.noBody())).statusCode()).as("a resource without versions").isEqualTo(412);
        assertThat(admin.send(admin.request(path).header("If-Match", tag(admin.get(path))).DELETE()).statusCode())
                .isEqualTo(204);
        assertThat(tag(admin.get("/api/users/me"))).matches("\"\\d+\"");
        assertThat(database.sql("select count(*) from earlier_profiles where user_id = ?")
                .param(UUID.fromString(path.replaceFirst(".*/", ""))).query(Long.class).single()).isZero();
    }

    @Test
    void new_password_does_not_change_the_version() {
        var created = admin.post("/api/users", Api.newUser(login()));
        new Browser(port).submit("/login", "/first-password", Map.of("token",
                json(created).path("first_password_link").asString().replaceFirst(".*=", ""), "password",
                "curved, red", "again", "curved, red"));
        assertThat(tag(admin.get(created.headers().firstValue("Location").orElseThrow()))).isEqualTo(tag(created));
    }

    /** Each editor increments the number that it read, and signs; a refused edit reads again and retries. */
    @Test
    void no_edit_is_lost_among_random_concurrent_edits() throws Exception {
        var id = admin.create(login());
        admin.change(id, "{\"display_name\": \"0 by nobody\"}");
        var seed = System.nanoTime();
        var random = new Random(seed);
        var boris = new Browser(port);
        boris.signIn("admin", "beak-admin");
        var counting = new ArrayList<Callable<Integer>>();
        for (int i = 0; i < 3; i++) {
            var own = new Random(random.nextLong());
            var browser = i == 0 ? page : i == 1 ? boris : null;
            counting.add(() -> {
                int done = 0;
                for (int round = 0; round < 40; round++) {
                    done += browser == null || own.nextBoolean() ? countByApi(id) : countByForm(browser, id);
                }
                return done;
            });
        }
        int done = 0;
        try (var threads = Executors.newFixedThreadPool(counting.size())) {
            for (var each : threads.invokeAll(counting)) {
                done += each.get();
            }
        }
        assertThat(nameOf(id)).as("seed %d", seed).startsWith(done + " by ");
        assertThat(done).isGreaterThan(40);
    }

    private int countByApi(UUID id) {
        var seen = admin.get("/api/users/" + id);
        return patch("/api/users/" + id, tag(seen),
                "{\"display_name\": \"%s\"}".formatted(next(json(seen).path("display_name").asString())))
                .statusCode() == 200 ? 1 : 0;
    }

    private int countByForm(Browser browser, UUID id) {
        var seen = browser.get("/users/" + id);
        var name = Pattern.compile("name=\"displayName\" value=\"(\\d+ by [^\"]+)\"")
                .matcher(seen.body());
        assertThat(name.find()).as(seen.body()).isTrue();
        return browser.submit(seen, "/users/" + id, form(Map.of("displayName", next(name.group(1)))))
                .statusCode() == 302 ? 1 : 0;
    }

    private static String next(String name) {
        return Integer.parseInt(name.replaceFirst(" .*", "")) + 1 + " by " + UUID.randomUUID();
    }

    private HttpResponse<String> patch(String path, String ifMatch, String json) {
        return admin.send(admin.request(path).header("Content-Type", "application/json").header("If-Match", ifMatch)
                .method("PATCH", BodyPublishers.ofString(json)));
    }

    private static String tag(HttpResponse<String> answer) {
        return answer.headers().firstValue("ETag").orElse("none");
    }

    private static Map<String, String> form(Map<String, String> typed) {
        var form = new LinkedHashMap<>(Map.of("displayName", "Somebody", "role", "POPUG", "language", "EN"));
        form.putAll(typed);
        return form;
    }

    private static List<String> selected(HttpResponse<String> page) {
        return SELECTED.matcher(page.body()).results()
                .map(option -> option.group(1) == null ? option.group(2) : option.group(1)).toList();
    }

    /** The text of a page, without its tags. */
    private static String text(HttpResponse<String> page) {
        return page.body().replaceAll("<[^>]*>", " ").replaceAll("\\s+", " ");
    }

    private String roleOf(UUID id) {
        return json(admin.get("/api/users/" + id)).path("role").asString();
    }

    private String nameOf(UUID id) {
        return json(admin.get("/api/users/" + id)).path("display_name").asString();
    }

    private String emailOf(UUID id) {
        return json(admin.get("/api/users/" + id)).path("email").asString();
    }

    private static String login() {
        return "cross-" + UUID.randomUUID().toString().substring(0, 8);
    }
}
