package com.uberpopug.ates.tasks.shuffle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.test.PageSession;
import com.uberpopug.ates.platform.web.security.Caller;
import com.uberpopug.ates.platform.web.security.Role;
import com.uberpopug.ates.tasks.Api.Answer;
import com.uberpopug.ates.tasks.Api;
import com.uberpopug.ates.tasks.Company;
import com.uberpopug.ates.tasks.TasksTest;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.session.SessionRepository;

/** A second request within the pause is refused as a second click; the page asks for confirmation. */
@TasksTest(kafka = false)
class SecondShufflesTests {

    private static final Pattern HIDDEN = Pattern.compile("<input type=\"hidden\" name=\"(\\w+)\" value=\"([^\"]*)\"");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Caller manager = new Caller(Ids.next(), Role.MANAGER);

    @Autowired
    private Api api;

    @Autowired
    private Company company;

    @Autowired
    private Shuffles shuffles;

    @Autowired
    private SessionRepository<?> sessions;

    @Autowired
    private Environment environment;

    @Autowired
    private JdbcClient db;

    @BeforeEach
    void createTasksAndPopugs() {
        company.clear();
        company.hire(Role.POPUG);
        company.hire(Role.POPUG);
        company.readyTasks(3);
    }

    @Test
    void second_request_is_refused_with_the_location_of_the_first() {
        var first = press("");
        assertThat(first.status()).isEqualTo(202);
        var second = press("");
        assertThat(second.status()).isEqualTo(409);
        assertThat(second.location()).isEqualTo(first.location());
        assertThat(second.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(second.text("detail")).contains(first.text("id"), "again=true");
        assertThat(shuffles()).isEqualTo(1);
    }

    @Test
    void second_request_with_again_is_accepted() {
        assertThat(press("").status()).isEqualTo(202);
        assertThat(press("?again=true").status()).isEqualTo(202);
        assertThat(press("?again=false").status()).isEqualTo(409);
        assertThat(press("?again=perhaps").status()).isEqualTo(400);
        assertThat(shuffles()).isEqualTo(2);
    }

    @Test
    void request_after_the_pause_or_of_another_user_is_accepted() {
        assertThat(press("").status()).isEqualTo(202);
        assertThat(api.post(new Caller(Ids.next(), Role.ADMIN), "/api/shuffles").status()).isEqualTo(202);
        later("1 min");
        assertThat(press("").status()).isEqualTo(409);
        later("4 min");
        assertThat(press("").status()).isEqualTo(202);
        assertThat(press("").status()).isEqualTo(409);
        assertThat(shuffles()).isEqualTo(3);
    }

    @Test
    void concurrent_requests_begin_one_shuffle() {
        var answers = Stream.generate(() -> CompletableFuture.supplyAsync(() -> press(""))).limit(8).toList().stream()
                .map(CompletableFuture::join).toList();
        assertThat(answers).extracting(Answer::status).containsOnlyOnce(202).containsOnly(202, 409);
        assertThat(answers).extracting(Answer::location).hasSameElementsAs(Stream.of(answers.getFirst().location())
                .toList());
        assertThat(shuffles()).isEqualTo(1);
    }

    @Test
    void idempotency_key_replays_accepted_requests_only() {
        var first = press("", "one key");
        var repeated = press("", "one key");
        assertThat(repeated.status()).isEqualTo(202);
        assertThat(repeated.body()).isEqualTo(first.body());
        assertThat(repeated.headers().firstValue("Idempotent-Replayed")).contains("true");
        assertThat(press("", "another").status()).isEqualTo(409);
        later("5 min");
        assertThat(press("", "another").status()).as("a refused request is not replayed").isEqualTo(202);
        assertThat(shuffles()).isEqualTo(2);
    }

    @Test
    void finished_shuffle_reports_fees_and_assignees() {
        var progress = shuffles.awaitFinished(UUID.fromString(press("").text("id")));
        assertThat(progress.path("fees_cents").asLong()).isEqualTo(3 * Company.FEE_CENTS);
        assertThat(progress.path("assignees").asLong()).isBetween(1L, 2L);
    }

    @Test
    void page_confirms_with_figures_runs_once_and_reports_the_result() throws Exception {
        var session = session(manager);
        var question = get(session, "/shuffles/new");
        assertThat(question.statusCode()).isEqualTo(200);
        assertThat(question.body()).contains("<dd>3</dd>", "<dd>2</dd>", "$45.00", "Assign 3 tasks",
                "This cannot be undone.");
        assertThat(shuffles()).isZero();

        var answer = fields(question);
        var first = post(session, answer);
        assertThat(first.statusCode()).isEqualTo(303);
        assertThat(post(session, answer).headers().firstValue("Location")).isEqualTo(location(first));
        // The same confirmation, sent from another tab.
        answer.put("once", UUID.randomUUID().toString());
        assertThat(location(post(session, answer))).isEqualTo(location(first));
        assertThat(shuffles()).isEqualTo(1);

        var page = location(first).orElseThrow();
        shuffles.awaitFinished(UUID.fromString(page.substring(page.lastIndexOf('/') + 1)));
        assertThat(get(session, page).body())
                .containsPattern("3 tasks assigned to (one popug|2 popugs), \\$45.00 in fees");
        assertThat(get(session, "/shuffles").body()).contains("Last time:", "href=\"" + page);
    }

    @ParameterizedTest
    @ValueSource(strings = {"count", "cents", "at"})
    void page_requires_the_figures_of_its_confirmation(String missing) throws Exception {
        var session = session(manager);
        var answer = fields(get(session, "/shuffles/new"));
        answer.remove(missing);
        var asked = post(session, answer);
        assertThat(asked.statusCode()).isEqualTo(409);
        assertThat(asked.body()).contains("Assign 3 tasks");
        assertThat(shuffles()).isZero();
    }

    @Test
    void page_accepts_new_tasks_and_asks_again_after_two_minutes() throws Exception {
        var session = session(manager);
        var answer = fields(get(session, "/shuffles/new"));
        company.readyTasks(1);
        var old = new HashMap<>(answer);
        old.put("at", Long.toString(Long.parseLong(answer.get("at")) - 121_000));
        var asked = post(session, old);
        assertThat(asked.statusCode()).isEqualTo(409);
        assertThat(asked.body()).contains("The figures have changed", "Assign 4 tasks", "$60.00");
        assertThat(shuffles()).isZero();

        answer.put("once", UUID.randomUUID().toString());
        assertThat(post(session, answer).statusCode()).isEqualTo(303);
        assertThat(shuffles()).isEqualTo(1);
    }

    @Test
    void page_asks_again_after_the_shuffle_of_another_user() throws Exception {
        var session = session(manager);
        var answer = fields(get(session, "/shuffles/new"));
        assertThat(api.post(new Caller(Ids.next(), Role.ADMIN), "/api/shuffles").status()).isEqualTo(202);
        var asked = post(session, answer);
        assertThat(asked.statusCode()).isEqualTo(409);
        assertThat(asked.body()).contains("Meanwhile the tasks were assigned already.");
        assertThat(shuffles()).isEqualTo(1);
        assertThat(post(session, fields(asked)).statusCode()).isEqualTo(303);
        assertThat(shuffles()).isEqualTo(2);
    }

    private Answer press(String query) {
        return api.post(manager, "/api/shuffles" + query);
    }

    private Answer press(String query, String key) {
        return api.send(api.request(manager, "/api/shuffles" + query).header("Idempotency-Key", key)
                .POST(BodyPublishers.noBody()));
    }

    private void later(String interval) {
        db.sql("update latest_shuffles set requested_at = requested_at - cast(? as interval)").param(interval).update();
    }

    private long shuffles() {
        return db.sql("select count(*) from shuffles").query(Long.class).single();
    }

    private String session(Caller caller) {
        return PageSession.cookie(sessions, environment, caller.id(), caller.role());
    }

    private HttpResponse<String> get(String session, String path) throws IOException, InterruptedException {
        return HTTP.send(api.request(path).header("Cookie", session).header("Accept", "text/html").build(),
                BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String session, Map<String, String> form)
            throws IOException, InterruptedException {
        var body = form.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), UTF_8))
                .collect(Collectors.joining("&"));
        return HTTP.send(api.request("/shuffles").header("Cookie", session).header("Accept", "text/html")
                .header("Content-Type", "application/x-www-form-urlencoded").POST(BodyPublishers.ofString(body))
                .build(), BodyHandlers.ofString());
    }

    private static Optional<String> location(HttpResponse<String> answer) {
        return answer.headers().firstValue("Location");
    }

    /** The hidden fields of the confirmation. */
    private static Map<String, String> fields(HttpResponse<String> question) {
        var form = question.body().substring(question.body().indexOf("action=\"/shuffles\""));
        var fields = new HashMap<String, String>();
        HIDDEN.matcher(form).results().forEach(field -> fields.putIfAbsent(field.group(1), field.group(2)));
        assertThat(fields).containsKeys("_csrf", "once", "count", "cents", "at", "latest");
        return fields;
    }
}
