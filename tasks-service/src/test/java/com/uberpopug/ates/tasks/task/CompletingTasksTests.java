package com.uberpopug.ates.tasks.task;

import static com.uberpopug.ates.tasks.Company.AMOUNT_CENTS;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.events.Amounts;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.serde.Envelope;
import com.uberpopug.ates.events.tasks.v1.TaskCompleted;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.test.Events;
import com.uberpopug.ates.platform.web.security.Caller;
import com.uberpopug.ates.platform.web.security.Role;
import com.uberpopug.ates.tasks.Api.Answer;
import com.uberpopug.ates.tasks.Api;
import com.uberpopug.ates.tasks.Company;
import com.uberpopug.ates.tasks.TasksTest;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@TasksTest
class CompletingTasksTests {

    private final Caller anna = new Caller(Ids.next(), Role.POPUG);
    private final Caller boris = new Caller(Ids.next(), Role.POPUG);

    @Autowired
    private Api api;

    @Autowired
    private Company company;

    @Autowired
    private Events events;

    @Autowired
    private JdbcClient db;

    @Test
    void only_the_assignee_completes_a_task() {
        var task = company.taskOf(anna);
        assertThat(complete(boris, task).status()).isEqualTo(403);
        var answer = complete(anna, task);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text("status")).isEqualTo("COMPLETED");
        assertThat(answer.text("assignee_id")).isEqualTo(anna.id().toString());
        assertThat(Instant.parse(answer.text("completed_at"))).isAfter(Instant.parse(answer.text("assigned_at")));
        assertThat(api.get(boris, "/api/tasks/" + task).body()).isEqualTo(answer.body());
    }

    @Test
    void completion_is_announced_with_the_reward() {
        var task = company.taskOf(anna);
        var completedAt = Instant.parse(complete(anna, task).text("completed_at"));
        assertThat(events.await(TaskCompleted.class, task))
                .isEqualTo(new TaskCompleted(task, anna.id(), 1, AMOUNT_CENTS, completedAt, Amounts.CURRENCY));
        var record = events.awaitRecords(Topics.TASKS, task, 1).getFirst();
        assertThat(Envelope.get(record.headers(), Envelope.AGGREGATE_VERSION)).contains("4");
    }

    @Test
    void task_is_completed_once() {
        var task = company.taskOf(anna);
        complete(anna, task);
        var again = complete(anna, task);
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.text("detail")).isEqualTo("The task is completed already");
        assertThat(company.factsOf(task)).isEqualTo(4);
    }

    @RepeatedTest(10)
    void one_of_two_concurrent_calls_completes_the_task() {
        var task = company.taskOf(anna);
        var other = CompletableFuture.supplyAsync(() -> complete(anna, task).status());
        var one = complete(anna, task).status();
        assertThat(new int[]{one, other.join()}).containsExactlyInAnyOrder(200, 409);
        assertThat(company.factsOf(task)).isEqualTo(4);
    }

    @Test
    void reassigned_task_cannot_be_completed_by_its_former_assignee() {
        var task = company.taskOf(anna);
        db.sql("update tasks set assignee_id = ?, assignment_number = 2 where id = ?").params(boris.id(), task)
                .update();
        var answer = complete(anna, task);
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.text("detail")).isEqualTo("The task is no longer assigned to you");
        assertThat(complete(boris, task).status()).isEqualTo(200);
    }

    @Test
    void promoted_popug_completes_an_assigned_task() {
        var task = company.taskOf(anna);
        assertThat(complete(new Caller(anna.id(), Role.MANAGER), task).status()).isEqualTo(200);
    }

    @Test
    void unassigned_task_cannot_be_completed() {
        assertThat(complete(anna, company.newTask()).status()).isEqualTo(403);
        assertThat(complete(anna, company.readyTasks(1).getFirst()).status()).isEqualTo(403);
    }

    @Test
    void unknown_task_is_not_found() {
        assertThat(complete(anna, Ids.next()).status()).isEqualTo(404);
        var answer = api.post(anna, "/api/tasks/4711/complete");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body().at("/errors/0/field").asString()).isEqualTo("id");
    }

    private Answer complete(Caller popug, UUID task) {
        return api.post(popug, "/api/tasks/" + task + "/complete");
    }
}
