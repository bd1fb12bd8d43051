package com.uberpopug.ates.tasks.task;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.session.SessionRepository;

/** Completion of a task that was reassigned, and assigned back for another fee, after the page was loaded. */
@TasksTest
class CrossingAssignmentsTests {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Pattern HIDDEN = Pattern.compile("<input type=\"hidden\" name=\"(\\w+)\" value=\"([^\"]*)\"");

    @Autowired
    private Api api;
    @Autowired
    private Company company;
    @Autowired
    private JdbcClient db;
    @Autowired
    private Environment environment;
    @Autowired
    private SessionRepository<?> sessions;
    private Caller anna;
    private String cookie;

    @BeforeEach
    void hire() {
        anna = company.hire(Role.POPUG);
        cookie = PageSession.cookie(sessions, environment, anna.id(), Role.POPUG);
    }

    @AfterEach
    void clear() {
        company.clear();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/tasks/{id}"})
    void button_completes_only_the_assignment_that_the_page_showed(String page) throws Exception {
        var task = company.taskOf(anna);
        var shown = get(page.replace("{id}", task.toString()));
        comesBack(task);
        var refused = press(shown, task);
        assertThat(refused.body()).contains("meanwhile the task went away and came back to you", "$15.00");
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(status(task)).isEqualTo("ASSIGNED");
        assertThat(press(get(page.replace("{id}", task.toString())), task).body()).contains("you have earned");
        assertThat(status(task)).isEqualTo("COMPLETED");
    }

    @Test
    void api_completes_only_the_version_of_if_match() {
        var task = company.taskOf(anna);
        var path = "/api/tasks/" + task;
        var seen = tag(api.get(anna, path));
        assertThat(seen).matches("\"\\d+\"");
        assertThat(status304(path, seen)).isEqualTo(304);
        comesBack(task);
        assertThat(status304(path, seen)).isEqualTo(200);
        var refused = complete(path, seen);
        assertThat(refused.status()).isEqualTo(412);
        assertThat(refused.text("detail")).contains("changed since the version");
        assertThat(tag(refused)).isEqualTo(tag(api.get(anna, path))).isNotEqualTo(seen);
        assertThat(complete(path, "W/" + tag(refused)).status()).isEqualTo(412);
        assertThat(complete(path, "nonsense").status()).isEqualTo(400);
        assertThat(status(task)).isEqualTo("ASSIGNED");
        var done = complete(path, tag(refused));
        assertThat(done.status()).isEqualTo(200);
        assertThat(tag(done)).isEqualTo(tag(api.get(anna, path))).isNotEqualTo(tag(refused));
        assertThat(complete(path, tag(refused)).status()).as("refused without a condition, too").isEqualTo(409);
        assertThat(tag(api.post(anna, "/api/tasks", "{\"title\": \"New\"}"))).isEqualTo("\"0\"");
    }

    private void comesBack(UUID task) {
        db.sql("""
                update tasks set assignment_number = 3, version = version + 2, facts = facts + 2, assigned_at = now()
                 where id = ?""").param(task).update();
    }

    private Answer complete(String path, String ifMatch) {
        return api.send(api.request(anna, path + "/complete").header("If-Match", ifMatch)
                .POST(BodyPublishers.noBody()));
    }

    private int status304(String path, String known) {
        try {
            return HTTP.send(api.request(anna, path).header("If-None-Match", known).GET().build(),
                    BodyHandlers.discarding()).statusCode();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String tag(Answer answer) {
        return answer.headers().firstValue("ETag").orElse("none");
    }

    private String status(UUID task) {
        return db.sql("select status from tasks where id = ?").param(task).query(String.class).single();
    }

    private HttpResponse<String> get(String path) throws Exception {
        return HTTP.send(api.request(path).header("Cookie", cookie).header("Accept", "text/html").GET().build(),
                BodyHandlers.ofString());
    }

    /** Sends the form as htmx does. */
    private HttpResponse<String> press(HttpResponse<String> page, UUID task) throws Exception {
        var action = "/tasks/" + task + "/complete";
        var form = Pattern.compile("(?s)<form[^>]* action=\"" + action + "\".*?</form>").matcher(page.body());
        assertThat(form.find()).as(page.body()).isTrue();
        var fields = HIDDEN.matcher(form.group()).results()
                .map(field -> field.group(1) + "=" + URLEncoder.encode(field.group(2), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return HTTP.send(api.request(action).header("Cookie", cookie).header("HX-Request", "true")
                .header("Content-Type", "application/x-www-form-urlencoded").POST(BodyPublishers.ofString(fields))
                .build(), BodyHandlers.ofString());
    }
}
