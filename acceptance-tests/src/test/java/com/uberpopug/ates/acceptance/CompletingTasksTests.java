package com.uberpopug.ates.acceptance;

import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.TASKS;
import static com.uberpopug.ates.acceptance.Company.admin;
import static com.uberpopug.ates.acceptance.Company.balanceOf;
import static com.uberpopug.ates.acceptance.Company.task;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.acceptance.Company.Role;
import com.uberpopug.ates.acceptance.Task.Status;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * "A popug sees the tasks assigned to them in a place of their own and marks them completed. Only the assignee can;
 * only once."
 */
class CompletingTasksTests {

    @RegisterExtension
    private final Company company = new Company();

    @Test
    void popug_sees_their_own_open_tasks_and_completes_them() {
        var anna = company.hires(Role.POPUG);
        var beaks = task("Sharpen the beaks");
        var nests = task("Air the nests");
        admin().assignsTasks();
        assertThat(anna.looksAtOwnTasks()).extracting(Task::title).containsExactly("Air the nests",
                "Sharpen the beaks");

        var completed = anna.completes(beaks);

        assertThat(completed.status()).isEqualTo(Status.COMPLETED);
        assertThat(completed.assigneeId()).isEqualTo(anna.id());
        assertThat(completed.completedAt()).isAfter(completed.createdAt());
        assertThat(anna.looksAtOwnTasks()).extracting(Task::id).containsExactly(nests.id());
    }

    @Test
    void only_the_assignee_completes_a_task() {
        var staff = company.hires(Role.POPUG, Role.MANAGER, Role.ADMIN);
        var anna = staff.getFirst();
        var task = task("Only Anna can");
        anna.triesToComplete(task).isProblem(403);
        admin().assignsTasks();
        var boris = company.hires(Role.POPUG);

        staff.get(1).triesToComplete(task).isProblem(403);
        staff.get(2).triesToComplete(task).isProblem(403);
        boris.triesToComplete(task).isProblem(403);

        assertThat(admin().looksAt(task).status()).isEqualTo(Status.ASSIGNED);
        anna.completes(task);
    }

    @Test
    void task_is_completed_once() {
        var anna = company.hires(Role.POPUG);
        var task = task("Once");
        admin().assignsTasks();
        anna.completes(task);

        anna.triesToComplete(task).isProblem(409);
        anna.triesToComplete(task).isProblem(409);
    }

    @Test
    void former_assignee_cannot_complete_a_task() {
        var anna = company.hires(Role.POPUG);
        var task = task("Moves on");
        admin().assignsTasks();
        company.deactivates(anna);
        Company.isKeptOut(anna);
        var boris = company.hires(Role.POPUG);
        admin().assignsTasks();
        company.reinstates(anna);

        anna.triesToComplete(task).isProblem(409);
        boris.completes(task);
    }

    @Test
    void one_of_two_concurrent_completions_succeeds_and_pays() {
        var anna = company.hires(Role.POPUG);
        var tasks = IntStream.range(0, 10).mapToObj(i -> task("At once " + i)).toList();
        admin().assignsTasks();

        for (var task : tasks) {
            assertThat(Stream.of(task, task, task).parallel().map(anna::triesToComplete).map(Answer::status))
                    .containsExactlyInAnyOrder(200, 409, 409);
        }

        balanceOf(anna).becomes(tasks.stream().mapToLong(task -> task.amountCents() - task.feeCents()).sum());
    }

    @Test
    void completion_of_an_unknown_task_is_refused() {
        var anna = company.hires(Role.POPUG);
        anna.posts(TASKS, "/api/tasks/" + UUID.randomUUID() + "/complete").isProblem(404);
    }
}
