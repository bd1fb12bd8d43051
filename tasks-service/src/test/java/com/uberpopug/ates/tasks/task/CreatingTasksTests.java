package com.uberpopug.ates.tasks.task;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.serde.Envelope;
import com.uberpopug.ates.events.tasks.v2.TaskCreated;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.test.Events;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.security.Caller;
import com.uberpopug.ates.platform.web.security.Role;
import com.uberpopug.ates.tasks.Api.Answer;
import com.uberpopug.ates.tasks.Api;
import com.uberpopug.ates.tasks.TasksTest;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@TasksTest
class CreatingTasksTests {

    private final Caller anna = new Caller(Ids.next(), Role.POPUG);

    @Autowired
    private Api api;

    @Autowired
    private Events events;

    @Autowired
    private JdbcClient db;

    @ParameterizedTest
    @EnumSource
    void every_signed_in_user_creates_tasks(Role role) {
        var caller = new Caller(Ids.next(), role);
        var answer = create(caller, "{\"title\": \"Repaint the button\", \"description\": \"Green.\\n\\tOr blue.\"}");
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.location()).isEqualTo("/api/tasks/" + answer.text("id"));
        assertThat(answer.text("title")).isEqualTo("Repaint the button");
        assertThat(answer.text("description")).isEqualTo("Green.\n\tOr blue.");
        assertThat(answer.text("status")).isEqualTo("NEW");
        assertThat(answer.text("created_by")).isEqualTo(caller.id().toString());
        assertThat(answer.body().path("fee_cents").isNull()).isTrue();
        assertThat(answer.body().path("assignment_number").asInt()).isZero();
        assertThat(api.get(anna, answer.location()).body()).isEqualTo(answer.body());
    }

    @Test
    void creation_is_announced() {
        var answer = create(anna, "{\"title\": \"[UBERPOP-42] – Repaint the button\"}");
        var task = UUID.fromString(answer.text("id"));
        var createdAt = Instant.parse(answer.text("created_at"));
        assertThat(events.await(TaskCreated.class, task)).isEqualTo(
                new TaskCreated(task, "UBERPOP-42", "Repaint the button", null, anna.id(), createdAt));
        assertThat(events.await(com.uberpopug.ates.events.tasks.v1.TaskCreated.class, task))
                .isEqualTo(new com.uberpopug.ates.events.tasks.v1.TaskCreated(task,
                        "[UBERPOP-42] - Repaint the button", null, anna.id(), createdAt));
    }

    @Test
    void announcement_has_the_whole_envelope() {
        var answer = api.send(api.request(anna, "/api/tasks").header("Content-Type", "application/json")
                .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                .POST(BodyPublishers.ofString("{\"title\": \"Repaint the button\"}")));
        var task = answer.text("id");
        var record = events.awaitRecords(Topics.TASKS, task, 1).getFirst();
        assertThat(record.headers()).extracting(Header::key).containsExactlyInAnyOrder(Envelope.SPEC_VERSION,
                Envelope.ID, Envelope.TYPE, Envelope.SOURCE, Envelope.TIME, Envelope.SUBJECT, Envelope.DATA_SCHEMA,
                Envelope.FACT_ID, Envelope.DATA_VERSIONS, Envelope.AGGREGATE_VERSION, Envelope.CONTENT_TYPE,
                Envelope.TRACEPARENT);
        assertThat(record.key()).isEqualTo(task);
        assertThat(header(record, Envelope.SPEC_VERSION)).isEqualTo("1.0");
        assertThat(UUID.fromString(header(record, Envelope.ID)).version()).isEqualTo(7);
        assertThat(header(record, Envelope.TYPE)).isEqualTo("Tasks.Created");
        assertThat(header(record, Envelope.SOURCE)).isEqualTo("https://localhost/ates/tasks-service");
        assertThat(header(record, Envelope.TIME)).isEqualTo(answer.text("created_at"));
        assertThat(header(record, Envelope.SUBJECT)).isEqualTo(task);
        assertThat(header(record, Envelope.DATA_SCHEMA))
                .isEqualTo("https://ates.uberpopug.example/events/Tasks.Created/v2");
        assertThat(UUID.fromString(header(record, Envelope.FACT_ID)).version()).isEqualTo(7);
        assertThat(header(record, Envelope.DATA_VERSIONS)).isEqualTo("1,2");
        assertThat(header(record, Envelope.AGGREGATE_VERSION)).isEqualTo("1");
        assertThat(header(record, Envelope.CONTENT_TYPE)).isEqualTo("application/avro");
        assertThat(header(record, Envelope.TRACEPARENT))
                .matches("00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            '  Repaint the button '              | 'Repaint the button'
            '\\t\\n Repaint\\u2003the button\\r' | 'Repaint\u2003the button'
            '(UBERPOP-42) - <b>Beak</b>'         | '(UBERPOP-42) - <b>Beak</b>'
            'Перекрасить 🦜'                     | 'Перекрасить 🦜'
            """)
    void title_is_trimmed_and_otherwise_kept(String given, String kept) {
        assertThat(create(anna, "{\"title\": \"" + given + "\"}").text("title")).isEqualTo(kept);
    }

    @Test
    void title_has_up_to_200_characters_after_trimming() {
        var longest = "🦜".repeat(200);
        assertThat(create(anna, "{\"title\": \"  " + longest + "  \"}").text("title")).isEqualTo(longest);
        assertThat(create(anna, "{\"title\": \"" + longest + "x\"}")).satisfies(CreatingTasksTests::refusesTheTitle);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "null", textBlock = """
            "title": "[UBERPOP-42] - Repaint"                           | UBERPOP-42 | Repaint
            "title": "[UBERPOP-42]Repaint"                              | UBERPOP-42 | Repaint
            "title": " \u3010UBERPOP\u201042\u3011\u00a0\u2014 Repaint"    | UBERPOP-42 | Repaint
            "title": "Repaint", "jira_id": " UBERPOP-42 "               | UBERPOP-42 | Repaint
            "title": "[UBERPOP-42] Repaint", "jira_id": "UBERPOP-42"    | UBERPOP-42 | Repaint
            "title": "[UBERPOP-42] Repaint", "jira_id": " "             | UBERPOP-42 | Repaint
            "title": "Repaint", "jira_id": "[UBERPOP\u201342]"           | UBERPOP-42 | Repaint
            "title": "[UBERPOP-42] [UBERPOP-42] Repaint"                | UBERPOP-42 | Repaint
            "title": "Repaint", "jira_id": null                         | null       | Repaint
            """)
    void jira_id_is_told_from_the_title(String fields, @Nullable String jiraId, String title) {
        var answer = create(anna, "{" + fields + "}");
        assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
        assertThat(answer.text("title")).isEqualTo(title);
        assertThat(answer.body().path("jira_id").asString(null)).isEqualTo(jiraId);
    }

    @Test
    void title_behind_an_id_has_up_to_200_characters() {
        var longest = "🦜".repeat(200);
        assertThat(create(anna, "{\"title\": \"[UBERPOP-42] - " + longest + "\"}").text("title")).isEqualTo(longest);
        assertThat(create(anna, "{\"title\": \"[UBERPOP-42] - " + longest + "x\"}"))
                .satisfies(CreatingTasksTests::refusesTheTitle);
    }

    @ParameterizedTest
    @ValueSource(strings = {"uberpop-42", "UBERPOP", "A-1", "UBERPOP-", "[UBERPOP-42] x", "UBERPOP-42x",
            "UBERPOP-11111111111111111111111111111111111111111111111111"})
    void invalid_jira_id_is_refused(String jiraId) {
        var answer = create(anna, "{\"title\": \"a\", \"jira_id\": \"" + jiraId + "\"}");
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.body().at("/errors/0/field").asString()).isEqualTo("jira_id");
    }

    @Test
    void tasks_are_found_by_their_jira_id() {
        var number = Math.abs(Ids.next().getLeastSignificantBits());
        var task = create(anna, "{\"title\": \"[FIND-%d] Beak\"}".formatted(number)).text("id");
        for (var text : List.of("FIND-" + number, "find-" + number, "FIND-" + number + " beak", "[FIND-" + number + "]",
                "[FIND-" + number + "] beak")) {
            assertThat(api.get(anna, "/api/tasks?q=" + URLEncoder.encode(text, StandardCharsets.UTF_8)).body()
                    .path("items")).as(text).singleElement()
                    .satisfies(found -> assertThat(found.path("id").asString()).isEqualTo(task));
        }
        assertThat(api.get(anna, "/api/tasks?q=%5BFIND-" + number + "%5D%20claw").body().path("items")).isEmpty();
    }

    @Test
    void row_of_an_instance_from_before_version_2_is_split_when_it_is_read() {
        var task = create(anna, "{\"title\": \"a\"}").text("id");
        db.sql("update tasks set title = '[UBERPOP-42] - Repaint [it]' where id = ?::uuid").param(task).update();
        var read = api.get(anna, "/api/tasks/" + task);
        assertThat(read.text("jira_id")).isEqualTo("UBERPOP-42");
        assertThat(read.text("title")).isEqualTo("Repaint (it)");
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "{}",
            "{\"title\": null}",
            "{\"title\": \"\"}",
            "{\"title\": \" \\t\\n \"}",
            "{\"title\": \"a\\u0000b\"}",
            "{\"title\": \"a\\nb\"}",
            "{\"title\": \"\\ud83e\"}",
            "{\"title\": \"[UBERPOP-42]\"}",
            "{\"title\": \"[UBERPOP-42] - \"}",
            "{\"title\": \"[A-1] [B-2] x\"}",
            "{\"title\": \"[]\"}",
            "{\"title\": \"[a-1] x\"}",
            "{\"title\": \"x [UBERPOP-42]\"}",
            "{\"title\": \"[UBERPOP-42] [UBERPOP-43] x\"}",
            "{\"title\": \"[UBERPOP-42] x\", \"jira_id\": \"UBERPOP-43\"}",
            "{\"title\": 42}",
            "{\"title\": [\"a\"]}"})
    void invalid_title_is_refused(String body) {
        long before = tasks();
        assertThat(create(anna, body)).satisfies(CreatingTasksTests::refusesTheTitle);
        assertThat(tasks()).isEqualTo(before);
    }

    @Test
    void description_has_up_to_10_000_characters() {
        var longest = "x".repeat(10_000);
        assertThat(create(anna, "{\"title\": \"a\", \"description\": \"" + longest + "\"}").text("description"))
                .isEqualTo(longest);
        var answer = create(anna, "{\"title\": \"a\", \"description\": \"" + longest + "x\"}");
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.body().at("/errors/0/field").asString()).isEqualTo("description");
    }

    @Test
    void unknown_field_is_refused() {
        var answer = create(anna, "{\"title\": \"a\", \"fee_cents\": 1}");
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.body().at("/errors/0/field").asString()).isEqualTo("fee_cents");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            400 | application/json | {"title":
            400 | application/json | ''
            422 | application/json | ["title"]
            415 | text/plain       | {"title": "a"}
            """)
    void body_that_is_not_a_json_object_is_refused(int status, String type, String body) {
        var answer = api.send(api.request(anna, "/api/tasks").header("Content-Type", type)
                .POST(BodyPublishers.ofString(body)));
        assertThat(answer).satisfies(problem(status));
    }

    @Test
    void body_above_one_mebibyte_is_refused() {
        assertThat(create(anna, "{\"title\": \"" + "x".repeat(1 << 20) + "\"}")).satisfies(problem(413));
    }

    @Test
    void request_without_a_valid_token_is_refused() {
        assertThat(api.send(api.request("/api/tasks").POST(BodyPublishers.ofString("{\"title\": \"a\"}"))))
                .satisfies(problem(401));
        var forged = api.request("/api/tasks").header("Authorization",
                "Bearer " + Tokens.forged(anna.id(), Role.ADMIN));
        assertThat(api.send(forged.POST(BodyPublishers.ofString("{\"title\": \"a\"}")))).satisfies(problem(401));
    }

    @Test
    void unknown_task_is_not_found() {
        assertThat(api.get(anna, "/api/tasks/" + Ids.next())).satisfies(problem(404));
        assertThat(api.get(anna, "/api/tasks/4711")).satisfies(problem(400));
    }

    private Answer create(Caller caller, String body) {
        return api.post(caller, "/api/tasks", body);
    }

    private long tasks() {
        return db.sql("select count(*) from tasks").query(Long.class).single();
    }

    private static void refusesTheTitle(Answer answer) {
        assertThat(answer).satisfies(problem(422));
        assertThat(answer.body().at("/errors/0/field").asString()).startsWith("title");
    }

    private static Consumer<Answer> problem(int status) {
        return answer -> {
            assertThat(answer.status()).as("%s", answer.body()).isEqualTo(status);
            assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        };
    }

    private static String header(ConsumerRecord<?, ?> record, String name) {
        return Envelope.get(record.headers(), name).orElseThrow();
    }
}
