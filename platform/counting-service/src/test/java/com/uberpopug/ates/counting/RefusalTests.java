package com.uberpopug.ates.counting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jwt.JWTClaimsSet;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.RequestLimit;
import com.uberpopug.ates.platform.web.security.Role;
import java.io.ByteArrayInputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Refusals over HTTP: each is a problem of RFC 9457 that names invalid fields and reveals no internals. */
@ServiceTest(database = "counting", properties = "ates.unknown-schema-patience=2s")
class RefusalTests {

    private static final String GOOD = "{\"counter_name\": \"eggs\", \"first_step\": 1}";
    private static final HttpClient http = HttpClient.newHttpClient();

    @Autowired
    JdbcClient db;
    @LocalServerPort
    int port;

    // 400

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{\"counter_name\": \"eggs\", \"first_step\": 1", "eggs",
            "{'counter_name': 'eggs'}",
            "{\"counter_name\": \"eggs\", \"first_step\": 1} trailing",
            "{\"counter_name\": \"eggs\", \"first_step\": 1, \"first_step\": 2}", "{\"counter_name\": \"eggs\\x\"}",
            "{\"counter_name\": \"line\nbreak\", \"first_step\": 1}"})
    void body_that_is_not_json_is_malformed(String body) throws Exception {
        refused(400, post("/api/counters", body));
    }

    @Test
    void json_in_another_encoding_is_malformed() throws Exception {
        var latin = "{\"counter_name\": \"\u00e4\", \"first_step\": 1}".getBytes(StandardCharsets.ISO_8859_1);
        refused(400, send("POST", "/api/counters", BodyPublishers.ofByteArray(latin), manager(), "application/json"));
    }

    @ParameterizedTest
    @CsvSource({"/api/counters/7, id", "/api/counters?limit=many, limit", "/api/counters?limit=0, limit",
            "/api/counters?limit=201, limit", "/api/counters?limit=99999999999, limit",
            "/api/counters?after=!!!, after", "/api/counters?after=AAAA, after",
            "/api/counters?after=MS0xLTEtMS0x, after",
            "/api/counters/on?counting_date=2026-02-30, counting_date", "/api/counters/on, counting_date"})
    void parameters_of_a_wrong_type_or_size_are_malformed(String path, String field) throws Exception {
        assertThat(fields(refused(400, get(path)))).containsExactly(field);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api//counters", "/api/counters;a=b", "/api/%2e%2e/counters", "/api/counters%00"})
    void rejection_by_the_firewall_is_answered_with_a_problem(String path) throws Exception {
        refused(400, get(path));
    }

    @Test
    void request_that_is_not_http_is_answered_with_a_problem() throws Exception {
        try (var socket = new Socket("localhost", port)) {
            socket.getOutputStream().write("GET /api/[counters] HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes());
            socket.setSoTimeout(30_000);
            var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 400").contains("application/problem+json")
                    .doesNotContain("Exception", "Tomcat", "html");
        }
    }

    // 503

    @Test
    void requests_beyond_the_limit_are_refused_until_others_have_ended() throws Exception {
        HeldController.released = new CountDownLatch(1);
        var held = new ArrayList<CompletableFuture<HttpResponse<String>>>();
        try {
            for (int i = 0; i < RequestLimit.MAX_REQUESTS; i++) {
                held.add(http.sendAsync(request("/api/held", manager()).timeout(Duration.ofMinutes(2)).build(),
                        BodyHandlers.ofString()));
            }
            // Asking meanwhile would take one of the places.
            await().until(() -> HeldController.held.get() == RequestLimit.MAX_REQUESTS);
            var busy = get("/api/counters");
            refused(503, busy);
            assertThat(busy.headers().firstValue("Retry-After")).hasValue("1");
            var page = http.send(request("/pipeline", null).header("Accept", "text/html").build(),
                    BodyHandlers.ofString());
            assertThat(page.statusCode()).isEqualTo(503);
            assertThat(page.headers().firstValue("Retry-After")).hasValue("1");
            assertThat(page.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
            assertThat(page.body()).contains("<h1", "Temporarily unavailable");
            assertThat(get("/actuator/health").statusCode()).isEqualTo(200);
        } finally {
            HeldController.released.countDown();
        }
        assertThat(held).allSatisfy(each -> assertThat(each.join().statusCode()).isEqualTo(200));
        await().until(() -> get("/api/counters").statusCode() == 200);
    }

    // 401

    static Stream<Arguments> badTokens() {
        return Stream.of(
                Arguments.of("none", null),
                Arguments.of("garbage", "garbage"),
                Arguments.of("signed with another key than it names", Tokens.forged(UUID.randomUUID(), Role.ADMIN)),
                Arguments.of("not signed at all", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm5hIn0."),
                Arguments.of("expired", token(Role.ADMIN,
                        claims -> claims.expirationTime(Date.from(Instant.now().minus(Duration.ofMinutes(2)))))),
                Arguments.of("not valid yet", token(Role.ADMIN,
                        claims -> claims.notBeforeTime(Date.from(Instant.now().plus(Duration.ofMinutes(5)))))),
                Arguments.of("for another audience", token(Role.ADMIN, claims -> claims.audience("tasks-service"))),
                Arguments.of("without an audience", token(Role.ADMIN, claims -> claims.audience((String) null))),
                Arguments.of("of another issuer", token(Role.ADMIN, claims -> claims.issuer("http://localhost:9001"))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badTokens")
    void request_without_a_valid_token_is_unauthenticated(String name, @Nullable String token) throws Exception {
        for (var path : List.of("/api/counters", "/api/unknown")) {
            var answer = send("GET", path, BodyPublishers.noBody(), token, null);
            refused(401, answer);
            assertThat(answer.headers().firstValue("WWW-Authenticate")).hasValueSatisfying(
                    challenge -> assertThat(challenge).startsWith("Bearer").doesNotContain("resource_metadata"));
        }
    }

    // 403

    @Test
    void caller_with_the_wrong_role_is_refused() throws Exception {
        var id = newCounter();
        var answer = send("POST", "/api/counters/" + id + "/steps", BodyPublishers.noBody(), token(Role.POPUG), null);
        assertThat(refused(403, answer).path("detail").asString()).isEqualTo("The role popug may not do this");
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void handler_without_a_declaration_is_closed_to_every_role(Role role) throws Exception {
        refused(403, send("GET", "/api/counters/undeclared", BodyPublishers.noBody(), token(role), null));
    }

    @Test
    void role_in_the_services_own_copy_overrides_the_token() throws Exception {
        var user = Ids.next();
        var token = Tokens.of(user, Role.MANAGER, claims -> claims.audience("counting-service"));
        var path = "/api/counters/" + newCounter() + "/steps";
        assertThat(send("POST", path, BodyPublishers.noBody(), token, null).statusCode()).isEqualTo(200);
        db.sql("insert into members values (?, 'popug', true)").param(user).update();
        refused(403, send("POST", path, BodyPublishers.noBody(), token, null));
        db.sql("update members set role = 'manager', active = false where id = ?").param(user).update();
        assertThat(refused(403, send("GET", "/api/counters", BodyPublishers.noBody(), token, null)).path("detail")
                .asString()).contains("deactivated");
    }

    @Test
    void caller_without_a_role_is_refused_everywhere() throws Exception {
        for (var claims : List.<Consumer<JWTClaimsSet.Builder>>of(none -> none.claim("roles", null),
                unknown -> unknown.claim("roles", List.of("emperor")), machine -> machine.subject("a-machine"))) {
            refused(403, send("GET", "/api/counters", BodyPublishers.noBody(), token(Role.ADMIN, claims), null));
        }
    }

    // 404, 405, 409

    @Test
    void unknown_resource_is_not_found() throws Exception {
        refused(404, get("/api/unknown"));
        assertThat(refused(404, get("/api/counters/" + UUID.randomUUID())).path("detail").asString())
                .startsWith("There is no counter");
    }

    @Test
    void unsupported_method_is_refused_with_the_supported_ones() throws Exception {
        var answer = send("DELETE", "/api/counters", BodyPublishers.noBody(), manager(), null);
        refused(405, answer);
        assertThat(answer.headers().firstValue("Allow")).hasValueSatisfying(
                allowed -> assertThat(allowed).contains("GET", "POST"));
    }

    @Test
    void change_that_the_state_does_not_allow_is_a_conflict() throws Exception {
        var steps = "/api/counters/" + newCounter() + "/steps";
        assertThat(post(steps, "").statusCode()).isEqualTo(200);
        refused(409, post(steps, ""));
    }

    // 413, 415

    @Test
    void large_body_is_refused_by_its_announced_length() throws Exception {
        refused(413, post("/api/counters", "{\"note\": \"" + "x".repeat(1 << 20) + "\"}"));
    }

    @Test
    void large_chunked_body_is_refused_while_it_is_read() throws Exception {
        var body = ("{\"note\": \"" + "x".repeat(1 << 20) + "\"}").getBytes(StandardCharsets.UTF_8);
        var chunked = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body));
        refused(413, send("POST", "/api/counters", chunked, manager(), "application/json"));
        var small = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(GOOD.getBytes()));
        assertThat(send("POST", "/api/counters", small, manager(), "application/json").statusCode()).isEqualTo(201);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/xml", "application/x-www-form-urlencoded", "application/yaml",
            "application/cbor", "nonsense", ""})
    void other_types_than_json_are_refused(String type) throws Exception {
        refused(415, send("POST", "/api/counters", BodyPublishers.ofString(GOOD), manager(),
                type.isEmpty() ? null : type));
    }

    // 422

    static Stream<Arguments> invalid() {
        return Stream.of(
                Arguments.of("counter_name", "{\"first_step\": 1}"),
                Arguments.of("counter_name", "{\"counter_name\": null, \"first_step\": 1}"),
                Arguments.of("counter_name", "{\"counter_name\": \"\", \"first_step\": 1}"),
                Arguments.of("counter_name", "{\"counter_name\": \"" + "x".repeat(21) + "\", \"first_step\": 1}"),
                Arguments.of("counter_name", "{\"counter_name\": \"a\\u0000b\", \"first_step\": 1}"),
                Arguments.of("counter_name", "{\"counter_name\": \"a\\nb\", \"first_step\": 1}"),
                Arguments.of("counter_name", "{\"counter_name\": \"a\\ud83d\", \"first_step\": 1}"),
                Arguments.of("counter_name", "{\"counter_name\": 5, \"first_step\": 1}"),
                Arguments.of("counter_name", "{\"counter_name\": true, \"first_step\": 1}"),
                Arguments.of("counter_name", "{\"counter_name\": [\"eggs\"], \"first_step\": 1}"),
                Arguments.of("counter_name", "{\"counter_name\": {}, \"first_step\": 1}"),
                Arguments.of("first_step", "{\"counter_name\": \"eggs\"}"),
                Arguments.of("first_step", "{\"counter_name\": \"eggs\", \"first_step\": null}"),
                Arguments.of("first_step", "{\"counter_name\": \"eggs\", \"first_step\": \"1\"}"),
                Arguments.of("first_step", "{\"counter_name\": \"eggs\", \"first_step\": 1.5}"),
                Arguments.of("first_step", "{\"counter_name\": \"eggs\", \"first_step\": 9223372036854775808}"),
                Arguments.of("first_step", "{\"counter_name\": \"eggs\", \"first_step\": 1001}"),
                Arguments.of("colour", "{\"counter_name\": \"eggs\", \"first_step\": 1, \"colour\": \"red\"}"),
                Arguments.of("counterName", "{\"counterName\": \"eggs\", \"first_step\": 1}"),
                Arguments.of("note", "{\"counter_name\": \"eggs\", \"first_step\": 1, \"note\": \"\\u0007\"}"));
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void invalid_values_are_named(String field, String body) throws Exception {
        assertThat(fields(refused(422, post("/api/counters", body)))).containsExactly(field);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "null", "5", "\"eggs\"", "[" + GOOD + "]"})
    void json_that_is_no_object_is_refused(String body) throws Exception {
        var answer = post("/api/counters", body);
        refused(body.equals("null") ? 400 : 422, answer);
    }

    @Test
    void all_invalid_fields_are_named_at_once() throws Exception {
        var body = "{\"counter_name\": \"\", \"first_step\": 1, \"note\": \"\\u0001\"}";
        assertThat(fields(refused(422, post("/api/counters", body)))).containsExactlyInAnyOrder("counter_name", "note");
    }

    // 500, and accepted requests

    @ParameterizedTest
    @ValueSource(strings = {"text/html", "text/csv", "application/xml", "application/yaml", "nonsense"})
    void answer_is_json_whatever_the_client_accepts(String accepted) throws Exception {
        var done = http.send(request("/api/counters", manager()).header("Accept", accepted)
                .header("Content-Type", "application/json").POST(BodyPublishers.ofString(GOOD)).build(),
                BodyHandlers.ofString());
        assertThat(done.statusCode()).as(done.body()).isEqualTo(201);
        assertThat(done.headers().firstValue("Content-Type")).contains("application/json");
        refused(404, http.send(request("/api/unknown", manager()).header("Accept", accepted).build(),
                BodyHandlers.ofString()));
    }

    @Test
    void internal_error_reveals_no_internals() throws Exception {
        var problem = refused(500, get("/api/counters/broken"));
        assertThat(problem.toString()).doesNotContain("secret inner workings");
    }

    @Test
    void length_of_text_is_counted_in_code_points() throws Exception {
        var body = "{\"counter_name\": \"%s\", \"first_step\": 1, \"note\": \"two\\nlines\"}";
        assertThat(post("/api/counters", body.formatted("\ud83e\udd9c".repeat(20))).statusCode()).isEqualTo(201);
        refused(422, post("/api/counters", body.formatted("\ud83e\udd9c".repeat(21))));
    }

    @Test
    void list_is_read_page_by_page() throws Exception {
        var made = new ArrayList<UUID>();
        for (int i = 0; i < 5; i++) {
            made.add(newCounter());
        }
        var seen = new ArrayList<UUID>();
        var path = "/api/counters?limit=2";
        for (var next = path; next != null;) {
            var page = json(get(next));
            assertThat(page.path("items").size()).isBetween(1, 2);
            page.path("items").forEach(item -> seen.add(UUID.fromString(item.path("counter_id").asString())));
            next = page.path("next").isNull() ? null : path + "&after=" + page.path("next").asString();
        }
        assertThat(seen).containsSubsequence(made).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource({"/actuator/health, 200", "/actuator/health/liveness, 200", "/actuator/health/readiness, 200",
            "/actuator/health/pipeline, 200", "/actuator/prometheus, 401", "/v3/api-docs, 200", "/actuator/env, 404",
            "/actuator/heapdump, 404",
            "/elsewhere, 401"})
    void only_public_paths_are_served_without_a_token(String path, int status) throws Exception {
        // It may have work that has waited.
        await().until(() -> send("GET", "/actuator/health/pipeline", BodyPublishers.noBody(), null, null)
                .statusCode() == 200);
        assertThat(send("GET", path, BodyPublishers.noBody(), null, null).statusCode()).isEqualTo(status);
    }

    @Test
    void health_of_an_instance_excludes_its_pipeline() throws Exception {
        var health = json(send("GET", "/actuator/health", BodyPublishers.noBody(), null, null));
        assertThat(health.path("components").propertyNames()).containsExactlyInAnyOrder("db", "readinessState");
    }

    @Test
    void details_of_the_pipelines_health_are_for_admins_only() throws Exception {
        var path = "/actuator/health/pipeline";
        for (var token : Arrays.asList(null, manager())) {
            assertThat(json(send("GET", path, BodyPublishers.noBody(), token, null)).path("components").path("events")
                    .propertyNames()).containsExactly("status");
        }
        var details = json(send("GET", path, BodyPublishers.noBody(), token(Role.ADMIN), null));
        assertThat(details.path("components").path("events").path("details").propertyNames())
                .containsExactlyInAnyOrder("broker", "registry", "outbox");
    }

    private static JsonNode refused(int status, HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        var problem = json(answer);
        assertThat(problem.path("status").asInt()).isEqualTo(status);
        assertThat(problem.path("title").asString()).isNotEmpty();
        assertThat(answer.body()).doesNotContain("Exception", "com.uberpopug", "org.springframework", "\\tat ");
        return problem;
    }

    private static List<String> fields(JsonNode problem) {
        return StreamSupport.stream(problem.path("errors").spliterator(), false)
                .peek(error -> assertThat(error.path("message").asString()).isNotEmpty())
                .map(error -> error.path("field").asString()).toList();
    }

    private UUID newCounter() throws Exception {
        return UUID.fromString(json(post("/api/counters", GOOD)).path("counter_id").asString());
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send("GET", path, BodyPublishers.noBody(), manager(), null);
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return send("POST", path, BodyPublishers.ofString(body), manager(), "application/json");
    }

    private HttpResponse<String> send(String method, String path, BodyPublisher body, @Nullable String token,
            @Nullable String type) throws Exception {
        var request = request(path, token).method(method, body);
        if (type != null) {
            request.header("Content-Type", type);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path, @Nullable String token) {
        var request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .timeout(Duration.ofSeconds(20));
        return token == null ? request : request.header("Authorization", "Bearer " + token);
    }

    private static String manager() {
        return token(Role.MANAGER);
    }

    private static String token(Role role) {
        return token(role, _ -> {
        });
    }

    private static String token(Role role, Consumer<JWTClaimsSet.Builder> change) {
        return Tokens.of(UUID.randomUUID(), role, claims -> {
            claims.audience("counting-service");
            change.accept(claims);
        });
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return JsonMapper.shared().readTree(answer.body());
    }
}
