package com.uberpopug.ates.counting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.events.tasks.v1.TaskAssigned;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.test.Events;
import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.IdempotencyKeys;
import com.uberpopug.ates.platform.web.security.Role;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Repeats requests with an {@code Idempotency-Key}, as clients do that do not know the outcome of the first. */
@ServiceTest(database = "counting", properties = "ates.unknown-schema-patience=2s")
class IdempotencyTests {

    private static final String EGGS = "{\"counter_name\": \"eggs\", \"first_step\": 1}";
    private static final String OTHER_EGGS = "{\"counter_name\": \"eggs\", \"first_step\": 2}";
    private static final String TOO_MANY_EGGS = "{\"counter_name\": \"eggs\", \"first_step\": 1001}";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final HttpClient http = HttpClient.newHttpClient();

    private final String key = UUID.randomUUID().toString();
    private final String manager = token(Role.MANAGER);

    @Autowired
    Events events;
    @Autowired
    JdbcClient db;
    @Autowired
    IdempotencyKeys keys;
    @Autowired
    Environment environment;

    // Repeated answers

    @Test
    void repeated_request_gets_the_first_answer() {
        var first = post("/api/counters", EGGS);
        assertThat(first.statusCode()).as(first.body()).isEqualTo(201);
        assertThat(first.headers().firstValue("Location")).contains("/api/counters/" + counter(first));
        assertThat(isRepeated(first)).isFalse();
        for (int i = 0; i < 3; i++) {
            assertRepeated(first, post("/api/counters", EGGS));
        }
        assertThat(number(counter(first))).isEqualTo(1);
        assertThat(events.await(TaskAssigned.class, counter(first), 1)).hasSize(1);
    }

    @Test
    void requests_with_another_key_or_none_are_applied_separately() {
        var answers = Stream.of(key, "another", "\"another\"", "k".repeat(200))
                .map(each -> send(request("/api/counters", manager).header("Idempotency-Key", each), EGGS)).toList();
        var without = Stream.of(1, 2).map(_ -> send(request("/api/counters", manager), EGGS)).toList();
        assertThat(Stream.concat(answers.stream(), without.stream()).map(IdempotencyTests::counter)).hasSize(6)
                .doesNotHaveDuplicates();
    }

    @Test
    void key_belongs_to_its_caller() {
        var mine = post("/api/counters", EGGS);
        var other = token(Role.MANAGER);
        var theirs = post("/api/counters", EGGS, other);
        assertThat(counter(theirs)).isNotEqualTo(counter(mine));
        assertRepeated(theirs, post("/api/counters", EGGS, other));
        assertRepeated(mine, post("/api/counters", EGGS));
    }

    @Test
    void key_of_another_request_is_refused() {
        var counter = newCounter();
        var first = post("/api/counters/" + counter + "/steps", "");
        for (var path : List.of("/api/counters/" + counter + "/leaps", "/api/counters/" + counter + "/steps?again=1")) {
            assertThat(fields(refused(422, post(path, "")))).containsExactly("Idempotency-Key");
        }
        assertThat(fields(refused(422, post("/api/counters/" + counter + "/steps", "{}"))))
                .containsExactly("Idempotency-Key");
        assertThat(number(counter)).isEqualTo(2);
        assertRepeated(first, post("/api/counters/" + counter + "/steps", ""));
    }

    @Test
    void key_can_be_used_again_after_a_day() {
        var first = post("/api/counters", EGGS);
        db.sql("update idempotency_keys set created_at = now() - interval '23 hours 59 minutes'").update();
        assertRepeated(first, post("/api/counters", EGGS));
        db.sql("update idempotency_keys set created_at = now() - interval '24 hours'").update();
        var second = post("/api/counters", OTHER_EGGS);
        assertThat(second.statusCode()).as(second.body()).isEqualTo(201);
        assertThat(isRepeated(second)).isFalse();
        assertRepeated(second, post("/api/counters", OTHER_EGGS));
    }

    @Test
    void old_keys_are_deleted() {
        post("/api/counters", EGGS);
        db.sql("update idempotency_keys set created_at = now() - interval '25 hours'").update();
        post("/api/counters", EGGS, token(Role.MANAGER));
        db.sql("update scheduled_tasks set execution_time = now() where task_name = 'forget-old-idempotency-keys'")
                .update();
        await().atMost(PATIENCE).until(() -> db.sql("select count(*) from idempotency_keys").query(Long.class).single(),
                Long.valueOf(1)::equals);
    }

    @Test
    void database_contains_neither_key_nor_answer_in_plain_text() {
        var first = post("/api/counters", EGGS);
        var rows = db.sql("select known::text || encode(sealed_body, 'escape') from idempotency_keys as known")
                .query(String.class).list();
        assertThat(rows).isNotEmpty();
        assertThat(String.join("\n", rows)).doesNotContain(key).doesNotContain("counter_id");
        assertRepeated(first, post("/api/counters", EGGS));
    }

    @Test
    void answer_about_an_erased_id_is_deleted_and_its_request_is_not_applied_again() {
        var about = newCounter();
        var path = "/api/counters/" + about + "/leaps";
        var first = post(path, "");
        assertThat(first.statusCode()).as(first.body()).isEqualTo(200);
        var number = number(about);
        keys.forget(List.of(Ids.next()));
        assertRepeated(first, post(path, ""));
        keys.forget(List.of(about));
        refused(410, post(path, ""));
        assertThat(number(about)).isEqualTo(number);
    }

    @Test
    void key_of_a_reading_request_is_ignored() {
        for (int i = 0; i < 2; i++) {
            var answer = send(request("/api/counters", manager).header("Idempotency-Key", key).GET());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(isRepeated(answer)).isFalse();
        }
    }

    // Refusals

    @Test
    void refusal_is_not_stored_under_its_key() {
        var popug = Ids.next();
        var token = Tokens.of(popug, Role.POPUG, claims -> claims.audience("counting-service"));
        var counter = newCounter();
        var steps = "/api/counters/" + counter + "/steps";
        refused(403, post(steps, "", token));
        db.sql("insert into members values (?, 'manager', true)").param(popug).update();
        db.sql("update counters set number = 3 where id = ?").param(counter).update();
        refused(409, post(steps, "", token));
        db.sql("delete from counters where id = ?").param(counter).update();
        refused(404, post(steps, "", token));
        db.sql("insert into counters (id, number) values (?, 1)").param(counter).update();
        var done = post(steps, "", token);
        assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
        assertThat(isRepeated(done)).isFalse();
        assertRepeated(done, post(steps, "", token));
        assertThat(number(counter)).isEqualTo(2);
    }

    @Test
    void malformed_request_can_be_corrected_under_its_key() {
        for (int i = 0; i < 2; i++) {
            var answer = post("/api/counters", TOO_MANY_EGGS);
            refused(422, answer);
            assertThat(isRepeated(answer)).isFalse();
        }
        assertThat(post("/api/counters", EGGS).statusCode()).isEqualTo(201);
    }

    @Test
    void refused_request_is_rolled_back() {
        var counter = newCounter();
        db.sql("update counters set number = 3 where id = ?").param(counter).update();
        refused(409, post("/api/counters/" + counter + "/leaps", ""));
        assertThat(number(counter)).isEqualTo(3);
        send(request("/api/counters/" + counter + "/stumbles", manager), "");
        assertThat(events.await(TaskAssigned.class, counter, 2)).extracting(TaskAssigned::getFeeCents)
                .containsExactly(1L, 4L);
    }

    @Test
    void internal_error_is_rolled_back_and_its_key_stays_free() {
        var counter = newCounter();
        for (int i = 0; i < 2; i++) {
            var answer = post("/api/counters/" + counter + "/stumbles", "");
            refused(500, answer);
            assertThat(isRepeated(answer)).isFalse();
        }
        assertThat(number(counter)).isEqualTo(1);
        assertThat(post("/api/counters", EGGS).statusCode()).isEqualTo(201);
    }

    @Test
    void retry_applies_an_interrupted_request() throws Exception {
        var counter = newCounter();
        var steps = "/api/counters/" + counter + "/steps";
        CompletableFuture<HttpResponse<String>> cutOff;
        try (var held = holding(counter)) {
            cutOff = CompletableFuture.supplyAsync(() -> post(steps, ""));
            awaitWaiting(1);
            db.sql("select pg_terminate_backend(pid) from pg_stat_activity" + WAITING).query(Boolean.class).list();
            refused(503, cutOff.join());
        }
        var second = post(steps, "");
        assertThat(second.statusCode()).as(second.body()).isEqualTo(200);
        assertThat(isRepeated(second)).isFalse();
        assertThat(number(counter)).isEqualTo(2);
    }

    @Test
    void key_without_a_valid_token_is_not_stored() {
        refused(401, post("/api/counters", EGGS, "garbage"));
        assertThat(post("/api/counters", EGGS).statusCode()).isEqualTo(201);
    }

    // Concurrent requests

    @Test
    void concurrent_requests_are_applied_once_and_get_the_same_answer() throws Exception {
        try (var other = anotherInstance()) {
            var counter = newCounter();
            var steps = "/api/counters/" + counter + "/steps";
            CompletableFuture<HttpResponse<String>> here;
            CompletableFuture<HttpResponse<String>> there;
            try (var held = holding(counter)) {
                here = CompletableFuture.supplyAsync(() -> post(steps, ""));
                awaitWaiting(1);
                there = CompletableFuture
                        .supplyAsync(() -> send(keyed(request(other.getEnvironment(), steps, manager)), ""));
                awaitWaiting(2);
            }
            assertThat(here.join().statusCode()).as(here.join().body()).isEqualTo(200);
            assertThat(isRepeated(here.join())).isFalse();
            assertRepeated(here.join(), there.join());
            assertThat(number(counter)).isEqualTo(2);
        }
    }

    @Test
    void concurrent_requests_can_both_be_refused() throws Exception {
        var counter = newCounter();
        var leaps = "/api/counters/" + counter + "/leaps";
        List<CompletableFuture<HttpResponse<String>>> calls;
        try (var held = holding(counter)) {
            held.sql("update counters set number = 3 where id = ?").param(counter).update();
            calls = Stream.of(1, 2).map(_ -> CompletableFuture.supplyAsync(() -> post(leaps, ""))).toList();
            awaitWaiting(2);
        }
        calls.forEach(call -> refused(409, call.join()));
        assertThat(number(counter)).isEqualTo(3);
    }

    @Test
    void answer_of_another_instance_is_repeated_after_its_end() {
        HttpResponse<String> first;
        try (var other = anotherInstance()) {
            first = send(keyed(request(other.getEnvironment(), "/api/counters", manager)), EGGS);
            assertThat(first.statusCode()).as(first.body()).isEqualTo(201);
        }
        assertRepeated(first, post("/api/counters", EGGS));
    }

    @Test
    void request_that_waited_ten_seconds_for_its_key_is_answered_409_with_retry_after() throws Exception {
        var counter = newCounter();
        var steps = "/api/counters/" + counter + "/steps";
        CompletableFuture<HttpResponse<String>> first;
        try (var held = holding(counter)) {
            first = CompletableFuture.supplyAsync(() -> post(steps, ""));
            awaitWaiting(1);
            var second = post(steps, "");
            refused(409, second);
            assertThat(second.headers().firstValue("Retry-After")).contains("1");
        }
        assertThat(first.join().statusCode()).as(first.join().body()).isEqualTo(200);
        assertRepeated(first.join(), post(steps, ""));
    }

    // Invalid keys and bodies

    @ParameterizedTest
    @ValueSource(strings = {"", "   ", "\u00e9", "\u0085", "a\tb", "a\r\nIdempotency-Key: b"})
    void invalid_key_is_named_in_the_problem(String value) {
        assertThat(raw(value)).startsWith("HTTP/1.1 400 ").contains("application/problem+json",
                "\"field\":\"Idempotency-Key\"");
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 10_000})
    void key_that_is_too_long_is_named_in_the_problem(int length) {
        var answer = send(request("/api/counters", manager).header("Idempotency-Key", "k".repeat(length)), EGGS);
        assertThat(fields(refused(400, answer))).containsExactly("Idempotency-Key");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\u0000b", "a\u0007b"})
    void invalid_header_is_answered_with_a_problem(String value) {
        assertThat(raw(value)).startsWith("HTTP/1.1 400 ").contains("application/problem+json");
    }

    @Test
    void headers_that_are_too_long_are_answered_with_a_problem() {
        assertThat(raw("k".repeat(100_000))).startsWith("HTTP/1.1 400 ").contains("application/problem+json");
    }

    @Test
    void large_body_is_refused_and_its_key_stays_free() {
        var large = ("{\"note\": \"" + "x".repeat(1 << 20) + "\"}").getBytes(StandardCharsets.UTF_8);
        for (var body : List.of(BodyPublishers.ofByteArray(large),
                BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large)))) {
            refused(413, send(keyed(request("/api/counters", manager)).POST(body)));
        }
        assertThat(post("/api/counters", EGGS).statusCode()).isEqualTo(201);
    }

    private static final String WAITING = " where datname = current_database() and wait_event_type = 'Lock'";

    private void awaitWaiting(long requests) {
        await().atMost(PATIENCE).until(() -> db.sql("select count(*) from pg_stat_activity" + WAITING)
                .query(Long.class).single() == requests);
    }

    /** Locks the counter's row until the result is closed. */
    private Held holding(UUID counter) throws SQLException {
        var connection = DriverManager.getConnection(environment.getRequiredProperty("spring.datasource.url"),
                environment.getRequiredProperty("spring.datasource.username"),
                environment.getRequiredProperty("spring.datasource.password"));
        connection.setAutoCommit(false);
        var held = new Held(connection);
        held.sql("select number from counters where id = ? for update").param(counter).query(Long.class).single();
        return held;
    }

    private record Held(Connection connection) implements AutoCloseable {

        JdbcClient.StatementSpec sql(String sql) {
            return JdbcClient.create(new SingleConnectionDataSource(connection, true)).sql(sql);
        }

        @Override
        public void close() throws SQLException {
            connection.commit();
            connection.close();
        }
    }

    private ConfigurableApplicationContext anotherInstance() {
        var settings = Stream.of("spring.datasource.url", "spring.datasource.username", "spring.datasource.password",
                "ates.client-secret", "ates.issuer")
                .map(name -> "--" + name + "=" + environment.getRequiredProperty(name));
        return new SpringApplicationBuilder(CountingApplication.class).run(Stream.concat(settings,
                Stream.of("--server.port=0", "--spring.kafka.listener.auto-startup=false")).toArray(String[]::new));
    }

    private static void assertRepeated(HttpResponse<String> first, HttpResponse<String> again) {
        assertThat(again.statusCode()).as(again.body()).isEqualTo(first.statusCode());
        assertThat(again.body()).isEqualTo(first.body());
        for (var header : List.of("Location", "Content-Type", "Content-Length")) {
            assertThat(again.headers().firstValue(header)).as(header).isEqualTo(first.headers().firstValue(header));
        }
        assertThat(isRepeated(again)).isTrue();
    }

    private static boolean isRepeated(HttpResponse<String> answer) {
        return answer.headers().firstValue("Idempotent-Replayed").isPresent();
    }

    private static JsonNode refused(int status, HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        return JsonMapper.shared().readTree(answer.body());
    }

    private static List<String> fields(JsonNode problem) {
        return problem.path("errors").valueStream().map(error -> error.path("field").asString()).toList();
    }

    private long number(UUID counter) {
        return db.sql("select number from counters where id = ?").param(counter).query(Long.class).single();
    }

    private UUID newCounter() {
        return counter(send(request("/api/counters", manager), EGGS));
    }

    private static UUID counter(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return UUID.fromString(JsonMapper.shared().readTree(answer.body()).path("counter_id").asString());
    }

    private HttpResponse<String> post(String path, String body) {
        return post(path, body, manager);
    }

    private HttpResponse<String> post(String path, String body, String token) {
        return send(keyed(request(path, token)), body);
    }

    private HttpRequest.Builder keyed(HttpRequest.Builder request) {
        return request.header("Idempotency-Key", key);
    }

    private HttpRequest.Builder request(String path, String token) {
        return request(environment, path, token);
    }

    private static HttpRequest.Builder request(Environment instance, String path, String token) {
        return HttpRequest.newBuilder(
                URI.create("http://localhost:" + instance.getRequiredProperty("local.server.port") + path))
                .header("Authorization", "Bearer " + token).header("Content-Type", "application/json")
                .timeout(PATIENCE);
    }

    private static HttpResponse<String> send(HttpRequest.Builder request, String body) {
        return send(request.POST(BodyPublishers.ofString(body)));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Sends a request with a header value that the JDK's client would refuse. */
    private String raw(String key) {
        try (var socket = new Socket("localhost",
                environment.getRequiredProperty("local.server.port", Integer.class))) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write("""
                    POST /api/counters HTTP/1.1\r
                    Host: localhost\r
                    Connection: close\r
                    Authorization: Bearer %s\r
                    Content-Type: application/json\r
                    Content-Length: %d\r
                    Idempotency-Key: %s\r
                    \r
                    %s""".formatted(manager, EGGS.length(), key, EGGS).getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String token(Role role) {
        return Tokens.of(Ids.next(), role, claims -> claims.audience("counting-service"));
    }
}
