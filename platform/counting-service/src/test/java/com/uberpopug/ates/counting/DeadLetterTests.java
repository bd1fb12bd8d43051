package com.uberpopug.ates.counting;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.counting.Tallies.Tally;
import com.uberpopug.ates.events.Amounts;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.serde.Envelope;
import com.uberpopug.ates.events.tasks.v1.TaskAssigned;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.test.Events;
import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.Cursor;
import com.uberpopug.ates.platform.web.security.Role;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Dead letters are listed, shown, and applied once after their cause is removed: steps of a frozen counter. */
@ServiceTest(database = "counting", properties = "ates.unknown-schema-patience=2s")
class DeadLetterTests {

    private static final String ID = "counting.tasks-0-0";
    /** The size of the longest page. */
    private static final int MOST = 200;
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00.123456Z");
    private static final HttpClient http = HttpClient.newHttpClient();

    private final UUID counter = Ids.next();
    private final UUID caller = Ids.next();

    @Autowired
    Events events;
    @Autowired
    Tallies tallies;
    @Autowired
    JdbcClient db;
    @Autowired
    TransactionTemplate transaction;
    @LocalServerPort
    int port;

    @Test
    void dead_letter_is_listed_and_shown_with_its_event() throws Exception {
        var step = frozen(step(1));
        var id = letters(1).getFirst();
        var letter = one(id);
        assertThat(letter).isEqualTo(listed().stream().filter(each -> id(each).equals(id)).findFirst().orElseThrow());
        assertThat(text(letter, "state")).isEqualTo("waiting");
        assertThat(text(letter, "consumer")).isEqualTo("counting.tasks");
        assertThat(text(letter, "cause")).contains("A frozen counter takes no step");
        assertThat(text(letter, "type")).isEqualTo("Tasks.Assigned");
        assertThat(text(letter, "key")).isEqualTo(counter.toString());
        assertThat(text(letter, "fact_id")).isEqualTo(step.id().toString());
        assertThat(text(letter, "occurred_at")).isEqualTo(NOON.toString());
        assertThat(Instant.parse(text(letter, "failed_at"))).isBetween(Instant.now().minusSeconds(60), Instant.now());
        assertThat(text(letter, "topic")).isEqualTo(Topics.TASKS);
        var record = events.awaitRecords(Topics.TASKS, counter, 1).getFirst();
        assertThat(letter.path("partition").asInt()).isEqualTo(record.partition());
        assertThat(letter.path("offset").asLong()).isEqualTo(record.offset());

        var content = shown(id);
        assertThat(content.path("event")).isEqualTo(JsonMapper.shared().readTree("""
                {"task_id": "%1$s", "assignee_id": "%1$s", "assignment_number": 1, "fee_cents": 1,
                 "assigned_at": "%2$s", "shuffle_id": null, "currency": "USD"}""".formatted(counter, NOON)));
        assertThat(content.path("value").isNull()).isTrue();
        assertThat(StreamSupport.stream(content.path("headers").spliterator(), false)
                .map(header -> text(header, "name") + "=" + text(header, "value")))
                .contains("ce_type=Tasks.Assigned", "ce_source=https://localhost/ates/tests", "ce_factid=" + step.id())
                .noneMatch(header -> header.startsWith("dlt_"));
    }

    @Test
    void replayed_dead_letter_is_applied_once_after_its_cause_was_removed() throws Exception {
        frozen(step(1));
        var id = letters(1).getFirst();
        assertThat(text(refused(422, replay(id, false)), "detail")).contains("A frozen counter takes no step");
        assertThat(text(refused(422, replay(id, true)), "detail")).contains("A frozen counter takes no step");
        assertThat(text(one(id), "state")).isEqualTo("waiting");

        thaw();
        assertThat(answered(replay(id, false))).isEqualTo(JsonMapper.shared()
                .readTree("{\"id\": \"%s\", \"dry_run\": false, \"outcome\": \"applied\"}".formatted(id)));
        assertThat(tallies.of(counter)).contains(new Tally(1, 1, null));
        assertThat(text(one(id), "state")).isEqualTo("processed");

        refused(409, replay(id, false));
        refused(409, replay(id, true));
        assertThat(events.awaitSecurity(entry -> caller.equals(entry.getActorId()))).singleElement()
                .satisfies(entry -> {
                    assertThat(entry.getKind()).isEqualTo("DEAD_LETTER_REPLAYED");
                    assertThat(entry.getSubject()).isEqualTo(id);
                });
        events.send(events.awaitRecords(Topics.TASKS, counter, 1).stream()
                .map(record -> new ProducerRecord<>(record.topic(), null, record.key(), record.value(),
                        record.headers()))
                .toList());
        events.send(step(2));
        awaitTally(2, 3);
    }

    @Test
    void dry_run_returns_the_outcome_of_a_replay_and_changes_nothing() throws Exception {
        frozen(step(1));
        var id = letters(1).getFirst();
        thaw();
        for (int run = 0; run < 2; run++) {
            assertThat(text(answered(replay(id, true)), "outcome")).isEqualTo("would_be_applied");
            assertThat(tallies.of(counter)).isEmpty();
            assertThat(text(one(id), "state")).isEqualTo("waiting");
        }
        answered(replay(id, false));
        assertThat(tallies.of(counter)).contains(new Tally(1, 1, null));
    }

    @Test
    void replay_with_an_idempotency_key_repeats_its_answer() {
        frozen(step(1));
        var id = letters(1).getFirst();
        for (var dryRun : List.of(true, false)) {
            var key = UUID.randomUUID().toString();
            refused(422, send(replaying(id, dryRun).header("Idempotency-Key", key)));
            thaw();
            for (int n = 0; n < 2; n++) {
                assertThat(text(answered(send(replaying(id, dryRun).header("Idempotency-Key", key))), "outcome"))
                        .isEqualTo(dryRun ? "would_be_applied" : "applied");
            }
            freeze();
        }
        assertThat(tallies.of(counter)).contains(new Tally(1, 1, null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "{\"dry_run\": null}"})
    void replay_without_a_dry_run_flag_applies_the_dead_letter(String body) {
        frozen(step(1));
        var id = letters(1).getFirst();
        thaw();
        var replay = request("/api/dead-letters/" + id + "/replay", Role.ADMIN).POST(BodyPublishers.ofString(body));
        assertThat(text(answered(send(replay)), "outcome")).isEqualTo("applied");
    }

    @Test
    void discarded_dead_letter_cannot_be_replayed() {
        events.send(List.of(events.record(step(1), new byte[0])));
        var id = letters(1).getFirst();
        assertThat(text(answered(discard(id)), "state")).isEqualTo("discarded");
        assertThat(text(one(id), "state")).isEqualTo("discarded");
        for (var again : List.of(discard(id), replay(id, false), replay(id, true))) {
            assertThat(text(refused(409, again), "detail")).isEqualTo("The dead letter was discarded");
        }
        assertThat(events.awaitSecurity(entry -> caller.equals(entry.getActorId()))).singleElement()
                .satisfies(entry -> {
                    assertThat(entry.getKind()).isEqualTo("DEAD_LETTER_DISCARDED");
                    assertThat(entry.getSubject()).isEqualTo(id);
                });
    }

    @Test
    void applied_dead_letter_cannot_be_discarded_and_a_discarded_fact_can_be_redelivered() {
        var first = frozen(step(1));
        events.send(step(2));
        var ids = letters(2);
        answered(discard(ids.getLast()));
        thaw();
        answered(replay(ids.getFirst(), false));
        assertThat(text(refused(409, discard(ids.getFirst())), "detail"))
                .isEqualTo("The fact has been applied already");
        events.send(first);
        awaitTally(2, 3);
        assertThat(text(one(ids.getLast()), "state")).isEqualTo("processed");
    }

    @Test
    void long_record_key_is_truncated_in_the_list_only() {
        var key = counter + "x".repeat(100_000);
        events.send(List.of(new ProducerRecord<>(Topics.TASKS, key, new byte[0])));
        var letter = await().atMost(Duration.ofSeconds(20)).until(
                () -> listed().stream().filter(each -> text(each, "key").startsWith(counter + "x")).findFirst(),
                Optional::isPresent).orElseThrow();
        assertThat(text(letter, "key")).isEqualTo(key.substring(0, 1_024));
        assertThat(text(shown(id(letter)), "key")).isEqualTo(key);
    }

    @Test
    void concurrent_replays_apply_the_dead_letter_once() throws Exception {
        frozen(step(1));
        var id = letters(1).getFirst();
        thaw();
        assertThat(atOnce(replaying(id, false), replaying(id, false)).map(HttpResponse::statusCode))
                .containsExactlyInAnyOrder(200, 409);
        assertThat(tallies.of(counter)).contains(new Tally(1, 1, null));
    }

    @Test
    void dead_letter_cannot_be_discarded_during_its_replay() {
        frozen(step(1));
        var id = letters(1).getFirst();
        thaw();
        assertThat(atOnce(replaying(id, false), discarding(id)).map(HttpResponse::statusCode)).containsExactly(200,
                409);
        assertThat(text(one(id), "state")).isEqualTo("processed");
        assertThat(db.sql("select count(*) from dead_letters where discarded_by = ?").param(caller)
                .query(Integer.class).single()).isZero();
    }

    /**
     * The answers of both requests: a lock holds the first in the middle of its transaction, the second waits for it, in
     * the database or, as a second replay, for its turn before that.
     */
    private Stream<HttpResponse<String>> atOnce(HttpRequest.Builder first, HttpRequest.Builder second) {
        var answers = new ArrayList<CompletableFuture<HttpResponse<String>>>();
        transaction.executeWithoutResult(_ -> {
            db.sql("set local idle_in_transaction_session_timeout = 0").update();
            db.sql("lock table tallies in access exclusive mode").update();
            for (var request : List.of(first, second)) {
                if (answers.size() == 1 && request.build().uri().getPath().endsWith("/replay")) {
                    answers.add(http.sendAsync(request.build(), BodyHandlers.ofString()));
                    break;
                }
                answers.add(http.sendAsync(request.build(), BodyHandlers.ofString()));
                await().pollInSameThread().atMost(Duration.ofSeconds(20)).until(() -> {
                    // Within a transaction, statistics stay as they were at the first read.
                    db.sql("select pg_stat_clear_snapshot()").query().singleValue();
                    return db.sql("""
                            select count(*) from pg_stat_activity
                             where datname = current_database() and wait_event_type = 'Lock'
                            """).query(Integer.class).single() == answers.size();
                });
            }
        });
        return answers.stream().map(CompletableFuture::join);
    }

    @Test
    void replay_does_not_apply_a_fact_that_was_applied_meanwhile() throws Exception {
        var step = frozen(step(1));
        var id = letters(1).getFirst();
        thaw();
        events.send(step);
        awaitTally(1, 1);
        assertThat(text(one(id), "state")).isEqualTo("processed");
        refused(409, replay(id, false));
        assertThat(tallies.of(counter)).contains(new Tally(1, 1, null));
    }

    @Test
    void undecodable_dead_letter_is_shown_as_bytes_and_stays() throws Exception {
        var bytes = "{\"json\": true}".getBytes(UTF_8);
        events.send(List.of(events.record(step(1), bytes)));
        var id = letters(1).getFirst();
        var content = shown(id);
        assertThat(content.path("event").isNull()).isTrue();
        assertThat(text(content, "reason")).contains("Not in Confluent's wire format");
        assertThat(Base64.getDecoder().decode(text(content, "value"))).isEqualTo(bytes);
        assertThat(text(refused(422, replay(id, false)), "detail")).contains("Not in Confluent's wire format");
        assertThat(text(one(id), "state")).isEqualTo("waiting");
    }

    @Test
    void dead_letter_of_an_unknown_version_or_schema_id_stays() throws Exception {
        var unknownVersion = events.record(step(1));
        Envelope.put(unknownVersion.headers(), Envelope.DATA_SCHEMA, Envelope.dataSchema("Tasks.Assigned", 2));
        Envelope.put(unknownVersion.headers(), Envelope.DATA_VERSIONS, "2");
        var unknownId = events.record(step(1), new byte[]{0, 0, 120, 0, 0, 1});
        var nothing = new ProducerRecord<String, byte[]>(Topics.TASKS, counter.toString(), null);
        events.send(List.of(unknownVersion, unknownId, nothing));
        var causes = letters(3).reversed().stream().map(id -> {
            assertThat(shown(id).path("state").asString()).isEqualTo("waiting");
            return text(refused(422, replay(id, false)), "detail");
        }).toList();
        assertThat(causes.get(0)).contains("Version 2 of Tasks.Assigned is not known here");
        assertThat(causes.get(1)).contains("does not know schema id 7864320");
        assertThat(causes.get(2)).contains("does not handle the erasure");
    }

    @Test
    void list_has_pages_with_the_newest_first() throws Exception {
        events.send(Stream.iterate(1, n -> n <= 5, n -> n + 1).map(_ -> events.record(step(-1))).toList());
        events.send(List.of(new ProducerRecord<>(Topics.PRICES, counter.toString(), new byte[0])));
        var all = letters(6);
        var seen = new ArrayList<String>();
        for (Optional<String> next = Optional.of(""); next.isPresent();) {
            var page = answered(get("/api/dead-letters?limit=2" + next.get()));
            assertThat(page.path("items").size()).isLessThanOrEqualTo(2);
            page.path("items").forEach(letter -> seen.add(id(letter)));
            next = page.path("next").asStringOpt().map(cursor -> "&after=" + cursor);
        }
        assertThat(seen).doesNotHaveDuplicates().containsSubsequence(all);
        var listed = listed().stream().map(DeadLetterTests::id).toList();
        // Other tests of this database may have left more than a page.
        assertThat(listed).hasSize(Math.min(seen.size(), MOST))
                .containsExactlyElementsOf(seen.subList(0, listed.size()));
        assertThat(listed().stream().map(letter -> Instant.parse(text(letter, "failed_at"))))
                .isSortedAccordingTo((a, b) -> b.compareTo(a));
    }

    @ParameterizedTest
    @CsvSource({"nonsense, 400", "-0-0, 400", "counting.tasks-0-, 400", "counting.tasks-0-9999999999999999999, 400",
            "counting.tasks-0--1, 400", "counting.tasks-0-999999999, 404", "counting.tasks-99-0, 404",
            "ates.tasks-0-0, 404", "other.tasks-0-0, 404", "counting.new-0-0, 404", "'not a consumer-0-0', 400",
            "'counting.tasks\0-0-0', 400"})
    void unknown_dead_letter_is_not_replayed(String id, int status) throws Exception {
        frozen(step(1));
        letters(1);
        var encoded = URLEncoder.encode(id, UTF_8).replace("+", "%20");
        refused(status, get("/api/dead-letters/" + encoded));
        refused(status, replay(encoded, false));
        refused(status, replay(encoded, true));
        refused(status, discard(encoded));
    }

    @Test
    void invalid_and_forbidden_requests_are_refused() throws Exception {
        for (var query : List.of("limit=0", "limit=201", "limit=many", "after=!!!", "after=AAAA")) {
            refused(400, get("/api/dead-letters?" + query));
        }
        for (var cursor : List.of(Cursor.of(ID), Cursor.of("yesterday", 1), Cursor.of(NOON, 0),
                Cursor.of(NOON, "1;2"), Cursor.of("+1000000000-12-31T23:59:59.999999999Z", 1),
                Cursor.of("-1000000000-01-01T00:00:00Z", 1), Cursor.of("+999999999-01-01T00:00:00Z", 1),
                Cursor.of(NOON, "\uFF11\uFF12"))) {
            refused(400, get("/api/dead-letters?after=" + cursor.encoded()));
        }
        var path = "/api/dead-letters/" + ID + "/replay";
        for (var body : List.of("{\"dry_run\": \"yes\"}", "{\"dry_run\": true, \"all\": 1}")) {
            refused(422, send(request(path, Role.ADMIN).POST(BodyPublishers.ofString(body))));
        }
        for (var role : List.of(Role.POPUG, Role.ACCOUNTANT, Role.MANAGER)) {
            refused(403, send(request("/api/dead-letters", role)));
            refused(403, send(request("/api/dead-letters/" + ID, role)));
            refused(403, send(request(path, role).POST(BodyPublishers.ofString("{\"dry_run\": true}"))));
            refused(403, send(request("/api/dead-letters/" + ID + "/discard", role)
                    .POST(BodyPublishers.noBody())));
        }
    }

    private Fact step(long cents) {
        return Fact.of(Ids.next(), counter, 1, NOON,
                new TaskAssigned(counter, counter, 1, cents, NOON, null, Amounts.CURRENCY));
    }

    /** Freezes the counter and sends the step, which then fails. */
    private Fact frozen(Fact step) {
        freeze();
        events.send(step);
        return step;
    }

    private void freeze() {
        db.sql("insert into frozen_counters values (?)").param(counter).update();
    }

    private void thaw() {
        db.sql("delete from frozen_counters where id = ?").param(counter).update();
    }

    private void awaitTally(long steps, long cents) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(tallies.of(counter)).contains(new Tally(steps, cents, null)));
    }

    /** The ids of this counter's dead letters, the newest first, as soon as there are this many. */
    private List<String> letters(int count) {
        return await().atMost(Duration.ofSeconds(20)).until(() -> listed().stream()
                .filter(letter -> text(letter, "key").equals(counter.toString())).map(DeadLetterTests::id).toList(),
                ids -> ids.size() == count);
    }

    private List<JsonNode> listed() throws Exception {
        return answered(get("/api/dead-letters?limit=" + MOST)).path("items").values().stream().toList();
    }

    /** The dead letter as the list shows it. */
    private JsonNode one(String id) {
        var content = shown(id);
        ((ObjectNode) content).remove(List.of("key_bytes", "headers", "event", "reason", "value"));
        return content;
    }

    private JsonNode shown(String id) {
        return answered(get("/api/dead-letters/" + id));
    }

    private HttpResponse<String> get(String path) {
        return send(request(path, Role.ADMIN));
    }

    private HttpResponse<String> replay(String id, boolean dryRun) {
        return send(replaying(id, dryRun));
    }

    private HttpResponse<String> discard(String id) {
        return send(discarding(id));
    }

    private HttpRequest.Builder discarding(String id) {
        return request("/api/dead-letters/" + id + "/discard", Role.ADMIN).POST(BodyPublishers.noBody());
    }

    private HttpRequest.Builder replaying(String id, boolean dryRun) {
        return request("/api/dead-letters/" + id + "/replay", Role.ADMIN)
                .POST(BodyPublishers.ofString("{\"dry_run\": " + dryRun + "}"));
    }

    private HttpRequest.Builder request(String path, Role role) {
        var token = Tokens.of(caller, role, claims -> claims.audience("counting-service"));
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).timeout(Duration.ofSeconds(20))
                .header("Authorization", "Bearer " + token).header("Content-Type", "application/json");
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) {
        return http.sendAsync(request.build(), BodyHandlers.ofString()).join();
    }

    private static JsonNode answered(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(answer.body());
    }

    private static JsonNode refused(int status, HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        return JsonMapper.shared().readTree(answer.body());
    }

    private static String id(JsonNode letter) {
        return text(letter, "id");
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asString();
    }
}
