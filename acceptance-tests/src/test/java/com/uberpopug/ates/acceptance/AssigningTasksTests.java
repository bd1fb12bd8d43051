package com.uberpopug.ates.acceptance;

import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.TASKS;
import static com.uberpopug.ates.acceptance.Company.admin;
import static com.uberpopug.ates.acceptance.Company.balanceOf;
import static com.uberpopug.ates.acceptance.Company.task;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.acceptance.Company.Role;
import com.uberpopug.ates.acceptance.Task.Status;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** "Takes every open task that is priced and gives each to a random active worker." */
class AssigningTasksTests {

    @RegisterExtension
    private final Company company = new Company();

    @Test
    void popugs_and_accountants_get_tasks_but_never_managers_admins_or_the_deactivated() {
        var staff = company.hires(Role.POPUG, Role.POPUG, Role.ACCOUNTANT, Role.MANAGER, Role.ADMIN, Role.POPUG);
        company.deactivates(staff.getLast());
        Company.isKeptOut(staff.getLast());
        var tasks = tasks(30);

        staff.get(3).assignsTasks();

        // Three workers: the chance that one of them gets none of 30 tasks is one in sixty thousand.
        assertThat(assignees(tasks)).containsOnly(staff.get(0).id(), staff.get(1).id(), staff.get(2).id());
    }

    @Test
    void only_managers_and_admins_start_a_shuffle() {
        var staff = company.hires(Role.POPUG, Role.ACCOUNTANT, Role.MANAGER, Role.ADMIN);
        task("Waits for the button");

        staff.get(0).triesToAssignTasks().isProblem(403);
        staff.get(1).triesToAssignTasks().isProblem(403);
        assertThat(staff.get(2).assignsTasks()).isEqualTo(1);
        assertThat(staff.get(3).assignsTasks()).isEqualTo(1);
    }

    @Test
    void every_open_task_is_assigned_again_and_a_completed_one_never() {
        var anna = company.hires(Role.POPUG);
        var completed = task("Is completed soon");
        admin().assignsTasks();
        anna.completes(completed);
        var open = tasks(5);
        admin().assignsTasks();
        var fresh = tasks(3);

        assertThat(admin().assignsTasks()).isEqualTo(8);

        assertThat(now(open)).extracting(Task::assignmentNumber).containsOnly(2);
        assertThat(now(fresh)).extracting(Task::assignmentNumber).containsOnly(1);
        assertThat(admin().looksAt(completed)).satisfies(task -> {
            assertThat(task.assignmentNumber()).isEqualTo(1);
            assertThat(task.status()).isEqualTo(Status.COMPLETED);
        });
    }

    @Test
    void each_assignment_charges_its_fee_even_for_the_same_popug() {
        var anna = company.hires(Role.POPUG);
        var task = task("Nobody else is there to get it");

        for (int times = 1; times <= 3; times++) {
            admin().assignsTasks();
            balanceOf(anna).becomes(-times * task.feeCents());
        }
    }

    @Test
    void fee_stays_with_the_former_assignee() {
        var anna = company.hires(Role.POPUG);
        var task = task("Did not make it in time");
        admin().assignsTasks();
        company.deactivates(anna);
        Company.isKeptOut(anna);
        var boris = company.hires(Role.POPUG);

        admin().assignsTasks();

        assertThat(boris.looksAtOwnTasks()).extracting(Task::id).containsExactly(task.id());
        balanceOf(boris).becomes(-task.feeCents());
        company.reinstates(anna);
        assertThat(anna.looksAtOwnTasks()).isEmpty();
        balanceOf(anna).becomes(-task.feeCents());
    }

    @Test
    void new_worker_gets_tasks_and_former_worker_gets_none() {
        var staff = company.hires(Role.POPUG, Role.MANAGER);
        var anna = staff.get(0);
        var boris = staff.get(1);
        var tasks = tasks(4);
        admin().assignsTasks();
        assertThat(assignees(tasks)).containsOnly(anna.id());

        Company.makes(boris, Role.POPUG);
        Company.makes(anna, Role.MANAGER);
        // Each of them gets the other's former rights as soon as the service has read the event.
        button(boris).becomes(403);
        button(anna).becomes(404);

        anna.assignsTasks();
        assertThat(assignees(tasks)).containsOnly(boris.id());
    }

    @Test
    void shuffle_without_an_active_worker_is_refused() {
        var anna = company.hires(Role.POPUG);
        task("For nobody");
        company.deactivates(anna);
        Company.isKeptOut(anna);

        admin().triesToAssignTasks().isProblem(409);
    }

    @Test
    void second_shuffle_waits_for_the_first_and_assigns_everything_again() {
        company.hires(Role.POPUG, Role.POPUG);
        var tasks = tasks(10);

        var pressed = IntStream.range(0, 4).mapToObj(_ -> admin().triesToAssignTasks()).toList();

        assertThat(pressed).allSatisfy(shuffle -> assertThat(admin().finished(shuffle)).isEqualTo(10));
        assertThat(now(tasks)).extracting(Task::assignmentNumber).containsOnly(4);
    }

    private static List<Task> tasks(int count) {
        return IntStream.range(0, count).mapToObj(i -> admin().creates("Task " + i)).toList().stream()
                .map(Company::priced).toList();
    }

    private static List<Task> now(List<Task> tasks) {
        return tasks.stream().map(admin()::looksAt).toList();
    }

    private static List<UUID> assignees(List<Task> tasks) {
        return now(tasks).stream().map(Task::assigneeId).toList();
    }

    /** 404 for a role with access to shuffles, 403 for any other. */
    private static Eventually<Integer> button(Person person) {
        return new Eventually<>("what " + person + " may",
                () -> person.gets(TASKS, "/api/shuffles/" + UUID.randomUUID())
                        .status());
    }
}
