package com.uberpopug.ates.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.events.tasks.v1.TaskAssigned;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.web.security.Caller;
import com.uberpopug.ates.platform.web.security.Role;
import com.uberpopug.ates.tasks.Api.Answer;
import com.uberpopug.ates.tasks.shuffle.Shuffles;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A request repeated with its {@code Idempotency-Key} is done once. */
@TasksTest(kafka = false)
class RepeatedRequestsTests {

    private final String key = UUID.randomUUID().toString();

    @Autowired
    private Api api;

    @Autowired
    private Company company;

    @Autowired
    private Shuffles shuffles;

    @Autowired
    private Announcements announcements;

    @Autowired
    private JdbcClient db;

    @BeforeEach
    void clear() {
        company.clear();
    }

    @Test
    void task_is_created_once() {
        var anna = company.hire(Role.POPUG);
        var task = done(201, anna, "/api/tasks", "{\"title\": \"Repaint the button\"}");
        assertThat(api.get(anna, "/api/tasks").body().path("items")).containsExactly(task.body());
    }

    @Test
    void task_is_completed_once() {
        var anna = company.hire(Role.POPUG);
        var task = company.taskOf(anna);
        assertThat(done(200, anna, "/api/tasks/" + task + "/complete", "").text("status")).isEqualTo("COMPLETED");
        assertThat(company.factsOf(task)).isEqualTo(4);
    }

    @Test
    void shuffle_is_requested_once() {
        company.hire(Role.POPUG);
        var task = company.readyTasks(1).getFirst();
        var manager = new Caller(Ids.next(), Role.MANAGER);
        var shuffle = done(202, manager, "/api/shuffles", "");
        shuffles.awaitFinished(UUID.fromString(shuffle.text("id")), 1);
        assertThat(announcements.assignments()).extracting(TaskAssigned::getTaskId).containsExactly(task);
        assertThat(db.sql("select count(*) from shuffles").query(Long.class).single()).isEqualTo(1);
    }

    private Answer done(int status, Caller caller, String path, String json) {
        var first = send(caller, path, json);
        var again = send(caller, path, json);
        assertThat(first.status()).as("%s", first.body()).isEqualTo(status);
        assertThat(again.status()).as("%s", again.body()).isEqualTo(status);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(again.headers().firstValue("Location")).isEqualTo(first.headers().firstValue("Location"));
        assertThat(again.headers().firstValue("Idempotent-Replayed")).contains("true");
        return first;
    }

    private Answer send(Caller caller, String path, String json) {
        return api.send(api.request(caller, path).header("Content-Type", "application/json")
                .header("Idempotency-Key", key).POST(BodyPublishers.ofString(json)));
    }
}
