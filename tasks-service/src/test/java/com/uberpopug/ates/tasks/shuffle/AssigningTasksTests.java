package com.uberpopug.ates.tasks.shuffle;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.events.tasks.v1.TaskAssigned;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.web.security.Caller;
import com.uberpopug.ates.platform.web.security.Role;
import com.uberpopug.ates.tasks.Announcements.Announced;
import com.uberpopug.ates.tasks.Announcements;
import com.uberpopug.ates.tasks.Api;
import com.uberpopug.ates.tasks.Company;
import com.uberpopug.ates.tasks.TasksTest;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

@TasksTest(kafka = false)
class AssigningTasksTests {

    @Autowired
    private Api api;

    @Autowired
    private Company company;

    @Autowired
    private Shuffles shuffles;

    @Autowired
    private Announcements announcements;

    @Autowired
    private RequestShuffle requestShuffle;

    @Autowired
    private TransactionTemplate transaction;

    @Autowired
    private JdbcClient db;

    @BeforeEach
    void clear() {
        company.clear();
    }

    @Test
    void every_open_priced_task_is_assigned_once_to_an_active_popug_or_accountant() {
        var anna = company.hire(Role.POPUG);
        var workers = Stream.of(anna, company.hire(Role.POPUG), company.hire(Role.ACCOUNTANT)).map(Caller::id).toList();
        company.hire(Role.MANAGER);
        company.hire(Role.ADMIN);
        company.deactivate(company.hire(Role.POPUG));
        var ready = company.readyTasks(150);
        var assigned = company.tasksOf(anna, 50);
        var shuffle = shuffles.press();
        shuffles.awaitFinished(shuffle, 200);

        var assignments = announcements.assignments();
        assertThat(assignments).extracting(TaskAssigned::getTaskId)
                .containsExactlyInAnyOrderElementsOf(Stream.of(ready, assigned).flatMap(List::stream).toList());
        var seen = new HashMap<String, JsonNode>();
        api.get(anna, "/api/tasks?limit=200").body().path("items").forEach(task -> seen.put(task.path("id").asString(),
                task));
        assertThat(assignments).allSatisfy(event -> {
            assertThat(event.getAssigneeId()).isIn(workers);
            assertThat(event.getAssignmentNumber()).isEqualTo(assigned.contains(event.getTaskId()) ? 2 : 1);
            assertThat(event.getFeeCents()).isEqualTo(Company.FEE_CENTS);
            assertThat(event.getShuffleId()).isEqualTo(shuffle);
            var task = Objects.requireNonNull(seen.get(event.getTaskId().toString()));
            assertThat(task.path("status").asString()).isEqualTo("ASSIGNED");
            assertThat(task.path("assignee_id").asString()).isEqualTo(event.getAssigneeId().toString());
            assertThat(task.path("assigned_at").asString()).isEqualTo(event.getAssignedAt().toString());
            assertThat(task.path("assignment_number").asInt()).isEqualTo(event.getAssignmentNumber());
        });
        // By chance one of three gets none of 200 tasks once in 10^35 runs.
        assertThat(assignments.stream().map(TaskAssigned::getAssigneeId).collect(toSet())).hasSize(3);
    }

    @Test
    void unpriced_and_completed_tasks_are_not_assigned() {
        var anna = company.hire(Role.POPUG);
        var unpriced = company.newTask();
        var completed = company.taskCompletedBy(anna);
        var ready = company.readyTasks(1).getFirst();
        shuffles.awaitFinished(shuffles.press(), 1);
        assertThat(announcements.byTask()).containsOnlyKeys(ready);
        assertThat(List.of(company.factsOf(unpriced), company.factsOf(ready), company.factsOf(completed)))
                .containsExactly(1L, 3L, 4L);
    }

    @Test
    void assignment_to_the_same_popug_is_announced_and_counted_too() {
        var anna = company.hire(Role.POPUG);
        var task = company.readyTasks(1).getFirst();
        for (int time = 1; time <= 3; time++) {
            shuffles.awaitFinished(shuffles.press(), 1);
        }
        var announced = announcements.byTask().get(task);
        assertThat(announced).extracting(Announced::sequence).containsExactly(3L, 4L, 5L);
        assertThat(announcements.assignments()).extracting(TaskAssigned::getAssignmentNumber).containsExactly(1, 2, 3);
        assertThat(announcements.assignments()).extracting(TaskAssigned::getAssigneeId).containsOnly(anna.id());
        assertThat(api.post(anna, "/api/tasks/" + task + "/complete").body().path("assignment_number").asInt())
                .isEqualTo(3);
    }

    @Test
    void assigned_tasks_are_listed_as_mine() {
        var anna = company.hire(Role.ACCOUNTANT);
        var tasks = company.readyTasks(3);
        shuffles.awaitFinished(shuffles.press(), 3);
        assertThat(api.get(anna, "/api/tasks/mine").body().path("items")).extracting(task -> task.path("id").asString())
                .containsExactlyElementsOf(tasks.reversed().stream().map(UUID::toString).toList());
    }

    @Test
    void shuffle_without_open_tasks_finishes() {
        company.hire(Role.POPUG);
        shuffles.awaitFinished(shuffles.press(), 0);
    }

    @Test
    void shuffle_without_an_active_worker_is_refused() {
        var manager = company.hire(Role.MANAGER);
        company.deactivate(company.hire(Role.POPUG));
        company.readyTasks(1);
        var answer = api.post(manager, "/api/shuffles");
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.text("detail"))
                .isEqualTo("No popug or accountant is active: there is nobody to assign tasks to");
        assertThat(db.sql("select count(*) from shuffles").query(Long.class).single()).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"MANAGER", "ADMIN"})
    void managers_and_admins_may_request_shuffles(Role role) {
        company.hire(Role.POPUG);
        var caller = new Caller(Ids.next(), role);
        var answer = api.post(caller, "/api/shuffles");
        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.text("requested_by")).isEqualTo(caller.id().toString());
        shuffles.awaitFinished(UUID.fromString(answer.text("id")), 0);
        assertThat(api.get(caller, answer.location()).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource(names = {"POPUG", "ACCOUNTANT"})
    void popugs_and_accountants_may_not_request_shuffles(Role role) {
        company.hire(Role.POPUG);
        var caller = new Caller(Ids.next(), role);
        assertThat(api.post(caller, "/api/shuffles").status()).isEqualTo(403);
        assertThat(api.get(caller, "/api/shuffles/" + Ids.next()).status()).isEqualTo(403);
        assertThat(db.sql("select count(*) from shuffles").query(Long.class).single()).isZero();
    }

    @Test
    void unknown_shuffle_is_not_found() {
        var manager = new Caller(Ids.next(), Role.MANAGER);
        assertThat(api.get(manager, "/api/shuffles/" + Ids.next()).status()).isEqualTo(404);
        assertThat(api.get(manager, "/api/shuffles/4711").status()).isEqualTo(400);
    }

    @Test
    void failed_request_leaves_no_job() {
        company.hire(Role.POPUG);
        transaction.executeWithoutResult(status -> {
            assertThat(requestShuffle.request(new Caller(Ids.next(), Role.MANAGER), false))
                    .isInstanceOf(RequestShuffle.Outcome.Begun.class);
            status.setRollbackOnly();
        });
        assertThat(
                db.sql("select count(*) from scheduled_tasks where task_name = 'shuffle'").query(Long.class).single())
                .isZero();
    }
}
