package com.uberpopug.ates.auth;

import static com.uberpopug.ates.auth.Browser.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

@AuthServiceTest
@TestInstance(Lifecycle.PER_CLASS)
class UserApiTests {

    private static final String ADMIN = "00000000-0000-7000-8000-000000000001";
    private static final String ANNA = "00000000-0000-7000-8000-000000000004";

    @LocalServerPort
    int port;
    @Autowired
    JdbcClient database;
    private Api admin;

    @BeforeAll
    void signIn() {
        admin = new Api(port, "admin");
    }

    @Test
    void admin_creates_a_user() {
        var created = admin.post("/api/users", """
                {"login": "kesha", "display_name": "  Kesha 🦜 ", "email": "kesha@uberpopug.example", "language": "ru",
                 "role": "accountant"}""");
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        var kesha = json(created);
        var address = "/api/users/" + UUID.fromString(kesha.path("user_id").asString());
        assertThat(created.headers().firstValue("Location")).contains(address);
        assertThat(kesha.path("first_password_link").asString())
                .startsWith("http://localhost:9000/first-password?token=");
        var stored = json(admin.get(address));
        assertThat(stored.path("login").asString()).isEqualTo("kesha");
        assertThat(stored.path("display_name").asString()).isEqualTo("Kesha 🦜");
        assertThat(stored.path("email").asString()).isEqualTo("kesha@uberpopug.example");
        assertThat(stored.path("language").asString()).isEqualTo("ru");
        assertThat(stored.path("role").asString()).isEqualTo("accountant");
        assertThat(stored.path("active").asBoolean()).isTrue();
        assertThat(stored.has("first_password_link")).isFalse();
    }

    @Test
    void repeated_request_with_the_same_key_returns_the_same_link() {
        var request = admin.request("/api/users").header("Content-Type", "application/json")
                .header("Idempotency-Key", UUID.randomUUID().toString())
                .POST(BodyPublishers.ofString(Api.newUser("echo")));
        var first = admin.send(request);
        assertThat(first.statusCode()).as(first.body()).isEqualTo(201);
        var again = admin.send(request);
        assertThat(again.statusCode()).isEqualTo(201);
        assertThat(again.body()).isEqualTo(first.body()).contains("/first-password?token=");
        for (var header : List.of("Location", "ETag")) {
            assertThat(again.headers().firstValue(header)).isPresent().isEqualTo(first.headers().firstValue(header));
        }
        var token = first.body().replaceAll("(?s).*token=([\\w-]+).*", "$1");
        assertThat(database.sql("select string_agg(encode(sealed_body, 'escape'), '') from idempotency_keys")
                .query(String.class).single()).doesNotContain(token);
    }

    @Test
    void only_given_fields_change() {
        var id = admin.create("gosha");
        assertThat(admin.change(id, "{\"display_name\": \"Gosha the Great\"}").path("email").asString())
                .isEqualTo("gosha@uberpopug.example");
        assertThat(admin.change(id, "{\"email\": null}").path("email").isNull()).isTrue();
        assertThat(admin.change(id, "{\"language\": \"ru\", \"role\": \"manager\"}").path("display_name").asString())
                .isEqualTo("Gosha the Great");
        var gone = admin.change(id, "{\"active\": false, \"email\": \"g@uberpopug.example\"}");
        assertThat(gone).isEqualTo(json(admin.get("/api/users/" + id)));
        assertThat(gone.path("role").asString()).isEqualTo("manager");
        assertThat(gone.path("email").asString()).isEqualTo("g@uberpopug.example");
        assertThat(gone.path("active").asBoolean()).isFalse();
    }

    @Test
    void list_continues_after_its_cursor_and_filters_by_text_role_and_activity() {
        admin.create("under_score");
        var all = new ArrayList<String>();
        for (var next = ""; next != null;) {
            var page = json(admin.get("/api/users?limit=3&after=" + next));
            assertThat(page.path("items").size()).isBetween(1, 3);
            all.addAll(logins(page));
            next = page.path("next").asString(null);
        }
        assertThat(all).isSorted().doesNotHaveDuplicates().contains("admin", "anna", "under_score");
        assertThat(found("q=NN")).contains("anna").doesNotContain("boris");
        assertThat(found("q=r_s")).as("no wildcard").containsExactly("under_score");
        assertThat(found("q=%25")).as("no wildcard").isEmpty();
        assertThat(found("role=accountant&active=true&q=accountant")).containsExactly("accountant");
        assertThat(found("active=false&q=anna")).isEmpty();
    }

    @Test
    void every_user_sees_themself_and_only_admins_see_or_change_others() {
        var anna = new Api(port, "anna");
        assertThat(json(anna.get("/api/users/me")).path("user_id").asString()).isEqualTo(ANNA);
        assertThat(anna.get("/api/users").statusCode()).isEqualTo(403);
        assertThat(anna.get("/api/users/" + ANNA).statusCode()).isEqualTo(403);
        assertThat(anna.post("/api/users", Api.newUser("sneaky")).statusCode()).isEqualTo(403);
        assertThat(anna.patch("/api/users/" + ANNA, "{\"role\": \"admin\"}").statusCode()).isEqualTo(403);
        var stranger = new Browser(port);
        assertThat(stranger.get("/api/users", "Accept", "*/*").statusCode()).isEqualTo(401);
        assertThat(stranger.get("/api/users", "Accept", "*/*", "Authorization", "Bearer made.up.token").statusCode())
                .isEqualTo(401);
    }

    @Test
    void login_is_taken_once_by_concurrent_requests() throws Exception {
        Callable<Integer> create = () -> admin.post("/api/users", Api.newUser("twin")).statusCode();
        assertThat(sideBySide(List.of(create, create, create, create))).containsExactlyInAnyOrder(201, 409, 409, 409);
        assertThat(found("q=twin")).containsExactly("twin");
    }

    @Test
    void last_active_admin_stays_one_even_when_two_demote_each_other() throws Exception {
        database.sql("update users set role = 'POPUG' where role = 'ADMIN' and id <> ?").param(UUID.fromString(ADMIN))
                .update();
        for (var change : List.of("{\"active\": false}", "{\"role\": \"popug\"}")) {
            assertThat(admin.patch("/api/users/" + ADMIN, change).statusCode()).isEqualTo(409);
        }
        var second = admin.create("second-admin");
        admin.change(second, "{\"role\": \"admin\"}");
        var demoted = sideBySide(List.of(
                () -> admin.patch("/api/users/" + ADMIN, "{\"role\": \"popug\"}").statusCode(),
                () -> admin.patch("/api/users/" + second, "{\"role\": \"popug\"}").statusCode()));
        assertThat(demoted).contains(200);
        assertThat(demoted).containsAnyOf(403, 409);
        database.sql("update users set role = 'ADMIN' where id = ?").param(UUID.fromString(ADMIN)).update();
    }

    @Test
    void erased_user_is_removed_with_all_personal_data() {
        var created = json(admin.post("/api/users", Api.newUser("gone")));
        var id = UUID.fromString(created.path("user_id").asString());
        var browser = new Browser(port);
        browser.submit("/login", "/first-password", Map.of("token",
                created.path("first_password_link").asString().replaceFirst(".*=", ""), "password", "curved, red",
                "again", "curved, red"));
        var tokens = browser.tokens("tasks-service", "http://localhost:8080/login/oauth2/code/ates", "gone",
                "curved, red");
        new Browser(port).signIn("gone", "a guess");
        assertThat(new Api(port, "anna").delete("/api/users/" + id).statusCode()).isEqualTo(403);

        assertThat(admin.delete("/api/users/" + id).statusCode()).isEqualTo(204);

        assertThat(admin.delete("/api/users/" + id).statusCode()).isEqualTo(404);
        assertThat(admin.get("/api/users/" + id).statusCode()).isEqualTo(404);
        assertThat(admin.patch("/api/users/" + id, "{}").statusCode()).isEqualTo(404);
        assertThat(browser.get("/api/users/me", "Authorization", "Bearer " + tokens.accessToken()).statusCode())
                .isEqualTo(403);
        assertThat(browser.get("/userinfo", "Authorization", "Bearer " + tokens.accessToken()).statusCode())
                .isEqualTo(401);
        assertThat(browser.isActive(tokens)).isFalse();
        assertThat(Browser.location(browser.get("/"))).endsWith("/login");
        assertThat(database.sql("select count(*) from known_devices where user_id = ?").param(id).query(Long.class)
                .single()).isZero();
        assertThat(Browser.location(browser.signIn("gone", "curved, red"))).endsWith("/login?wrong");
        assertThat(admin.create("gone")).as("a new user of that name").isNotEqualTo(id);
    }

    @Test
    void last_active_admin_is_not_erased_and_others_are() {
        database.sql("update users set role = 'POPUG' where role = 'ADMIN' and id <> ?").param(UUID.fromString(ADMIN))
                .update();
        assertThat(admin.delete("/api/users/" + ADMIN).statusCode()).isEqualTo(409);
        var second = admin.create("third-admin");
        admin.change(second, "{\"role\": \"admin\"}");
        assertThat(admin.delete("/api/users/" + second).statusCode()).isEqualTo(204);
        assertThat(admin.get("/api/users/" + ADMIN).statusCode()).isEqualTo(200);
    }

    @Test
    void concurrent_changes_are_all_made() throws Exception {
        var id = admin.create("busy");
        var changes = new ArrayList<Callable<Integer>>();
        for (int number = 0; number < 20; number++) {
            var change = "{\"display_name\": \"Busy %d\"}".formatted(number);
            changes.add(() -> admin.patch("/api/users/" + id, change).statusCode());
        }
        assertThat(sideBySide(changes)).containsOnly(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "{'login': '', 'display_name': 'A', 'role': 'popug'}",
            "{'login': 'Upper', 'display_name': 'A', 'role': 'popug'}",
            "{'login': 'a b', 'display_name': 'A', 'role': 'popug'}",
            "{'login': 'a\\n', 'display_name': 'A', 'role': 'popug'}",
            "{'login': null, 'display_name': 'A', 'role': 'popug'}",
            "{'display_name': 'A', 'role': 'popug'}",
            "{'login': 'refused', 'role': 'popug'}",
            "{'login': 'refused', 'display_name': '  ', 'role': 'popug'}",
            "{'login': 'refused', 'display_name': '\\ud83e', 'role': 'popug'}",
            "{'login': 'refused', 'display_name': 'a\\u0000b', 'role': 'popug'}",
            "{'login': 'refused', 'display_name': ['A'], 'role': 'popug'}",
            "{'login': 'refused', 'display_name': 'A'}",
            "{'login': 'refused', 'display_name': 'A', 'role': 'king'}",
            "{'login': 'refused', 'display_name': 'A', 'role': 'ADMIN'}",
            "{'login': 'refused', 'display_name': 'A', 'role': 3}",
            "{'login': 'refused', 'display_name': 'A', 'role': '3'}",
            "{'login': 'refused', 'display_name': 'A', 'role': ''}",
            "{'login': 'refused', 'display_name': 'A', 'role': null}",
            "{'login': 'refused', 'display_name': 'A', 'role': ['popug']}",
            "{'login': 'refused', 'display_name': 'A', 'role': 'popug', 'language': 'de'}",
            "{'login': 'refused', 'display_name': 'A', 'role': 'popug', 'language': ''}",
            "{'login': 'refused', 'display_name': 'A', 'role': 'popug', 'email': ''}",
            "{'login': 'refused', 'display_name': 'A', 'role': 'popug', 'email': 'no address'}",
            "{'login': 'refused', 'display_name': 'A', 'role': 'popug', 'email': 'a\\u0000@b.example'}",
            "{'login': 'refused', 'display_name': 'A', 'role': 'popug', 'email': '\\ud83e@b.example'}",
            "{'login': 'refused', 'display_name': 'A', 'role': 'popug', 'email': 'a@b\\r\\nBcc: c@d.example'}",
            "{'login': 'refused', 'display_name': 'A', 'role': 'popug', 'password': 'mine'}",
            "[]", "[{}]", "'text'", "5", "null", "{"})
    void invalid_user_is_refused(String body) {
        assertProblem(admin.post("/api/users", body.replace('\'', '"')));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'login': 'other'}", "{'display_name': ''}", "{'display_name': '\\ud800'}",
            "{'email': 'nothing'}", "{'email': 7}", "{'email': {}}", "{'role': 'king'}", "{'role': 0}",
            "{'display_name': null}", "{'role': null}", "{'active': null}", "{'language': null}",
            "{'active': 'yes'}", "{'active': 1}", "{'language': 'fr'}", "{'user_id': 'x'}", "[]", "true", "{"})
    void invalid_change_is_refused(String body) {
        assertProblem(admin.patch("/api/users/" + ANNA, body.replace('\'', '"')));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/not-an-id", "?limit=0", "?limit=201", "?limit=many", "?after=nonsense", "?after=AAAA",
            "?after=w6k", "?role=king", "?active=perhaps", "?q=%00"})
    void invalid_query_is_refused(String path) {
        var refused = admin.get("/api/users" + path);
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
        assertProblem(refused);
    }

    @Test
    void each_error_has_its_status() {
        assertThat(admin.post("/api/users", "").statusCode()).isEqualTo(400);
        assertThat(admin.post("/api/users", "{\"login\": ").statusCode()).isEqualTo(400);
        assertThat(admin.get("/api/users/" + UUID.randomUUID()).statusCode()).isEqualTo(404);
        assertThat(admin.patch("/api/users/" + UUID.randomUUID(), "{}").statusCode()).isEqualTo(404);
        assertThat(admin.send(admin.request("/api/users").DELETE()).statusCode()).isEqualTo(405);
        assertThat(admin.delete("/api/users/" + UUID.randomUUID()).statusCode()).isEqualTo(404);
        assertThat(admin.delete("/api/users/nobody").statusCode()).isEqualTo(400);
        assertThat(admin.post("/api/users", Api.newUser("anna")).statusCode()).isEqualTo(409);
        assertThat(admin.post("/api/users", Api.newUser("x".repeat(2_000_000))).statusCode()).isEqualTo(413);
        assertThat(admin.send(admin.request("/api/users").header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString("{}"))).statusCode()).isEqualTo(415);
        assertThat(admin.post("/api/users", Api.newUser("x".repeat(65))).statusCode()).isEqualTo(422);
        assertThat(admin.post("/api/users", Api.newUser("x".repeat(300))).statusCode()).isEqualTo(422);
        var longest = admin.create("y".repeat(64));
        var name = "{\"display_name\": \"%s\"}";
        assertThat(admin.change(longest, name.formatted("🦜".repeat(100))).path("active").asBoolean()).isTrue();
        assertThat(admin.patch("/api/users/" + longest, name.formatted("🦜".repeat(101))).statusCode()).isEqualTo(422);
        var refused = json(admin.post("/api/users", "{\"login\": \"A\", \"display_name\": \"\", \"role\": \"popug\"}"));
        assertThat(refused.path("errors").findValuesAsString("field")).containsExactlyInAnyOrder("login",
                "display_name");
    }

    private List<String> found(String query) {
        return logins(json(admin.get("/api/users?" + query)));
    }

    private static List<String> logins(JsonNode page) {
        return page.path("items").findValuesAsString("login");
    }

    private static List<Integer> sideBySide(List<Callable<Integer>> calls) throws InterruptedException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            return threads.invokeAll(calls).stream().map(Future::resultNow).toList();
        }
    }

    private static void assertProblem(HttpResponse<String> refused) {
        assertThat(refused.statusCode()).as(refused.body()).isIn(400, 422);
        assertThat(refused.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(refused.body()).doesNotContain("Exception", "com.uberpopug");
    }
}
