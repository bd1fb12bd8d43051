package com.uberpopug.ates.acceptance;

import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.TASKS;
import static com.uberpopug.ates.acceptance.Company.admin;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.acceptance.Company.Role;
import com.uberpopug.ates.acceptance.Task.Status;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** "Anyone signed in may create one, whatever the role." */
class CreatingTasksTests {

    @RegisterExtension
    private final Company company = new Company();

    @Test
    void every_role_creates_tasks() {
        for (var somebody : company.hires(Role.POPUG, Role.ACCOUNTANT, Role.MANAGER, Role.ADMIN)) {
            var task = somebody.creates("Dust the perches", "All of them.\nAlso the high ones.");

            assertThat(task.title()).isEqualTo("Dust the perches");
            assertThat(task.description()).isEqualTo("All of them.\nAlso the high ones.");
            assertThat(task.createdBy()).isEqualTo(somebody.id());
            assertThat(task.assigneeId()).isNull();
            assertThat(task.assignmentNumber()).isZero();
        }
    }

    @Test
    void new_task_is_on_everyones_dashboard_and_at_its_location() {
        var created = admin().posts(TASKS, "/api/tasks", "{\"title\": \"  Oil the wings \"}").is(201);
        var task = created.as(Task.class);
        assertThat(task.title()).isEqualTo("Oil the wings");
        assertThat(created.header("Location")).endsWith("/api/tasks/" + task.id());

        for (var somebody : company.hires(Role.POPUG, Role.MANAGER, Role.ACCOUNTANT)) {
            assertThat(somebody.gets(TASKS, "/api/tasks/" + task.id()).is(200).as(Task.class).title())
                    .isEqualTo("Oil the wings");
            assertThat(somebody.looksAtTasks()).first().extracting(Task::id).isEqualTo(task.id());
        }
    }

    @Test
    void dashboard_pages_list_the_newest_first_without_gaps_or_duplicates() {
        var anna = company.hires(Role.POPUG);
        var titles = List.of("one", "two", "three", "four", "five");
        titles.forEach(anna::creates);
        var first = anna.gets(TASKS, "/api/tasks?limit=2").is(200).json();
        // Tasks created while somebody reads the pages come before the first page.
        anna.creates("six");

        var seen = new ArrayList<String>();
        for (var page = first; seen.size() < 5; page = anna
                .gets(TASKS, "/api/tasks?limit=2&after=" + page.path("next").asString()).is(200).json()) {
            page.path("items").forEach(item -> seen.add(item.path("title").asString()));
        }

        assertThat(seen.subList(0, 5)).isEqualTo(titles.reversed());
    }

    @Test
    void new_task_is_priced_and_then_waits_for_a_shuffle() {
        var anna = company.hires(Role.POPUG);
        var first = Company.task("Waits");
        // A marker: by the time the second task is priced, everything automatic has happened to the first.
        Company.task("Comes later");

        var waiting = anna.looksAt(first);
        assertThat(waiting.status()).isEqualTo(Status.READY);
        assertThat(waiting.assigneeId()).isNull();
        assertThat(anna.looksAtOwnTasks()).isEmpty();
    }
}
