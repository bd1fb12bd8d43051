package com.uberpopug.ates.tasks.task;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.Ids;
import com.uberpopug.ates.platform.security.Caller;
import com.uberpopug.ates.platform.security.Role;
import com.uberpopug.ates.tasks.Api;
import com.uberpopug.ates.tasks.Company;
import com.uberpopug.ates.tasks.TasksTest;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

@TasksTest(kafka = false)
class TaskListsTests {

    private final Caller anna = new Caller(Ids.next(), Role.POPUG);
    private final Caller boris = new Caller(Ids.next(), Role.POPUG);

    @Autowired
    private Api api;

    @Autowired
    private Company company;

    @BeforeEach
    void no_tasks() {
        company.clear();
    }

    @Test
    void my_tasks_are_those_that_wait_for_me() {
        company.newTask();
        company.readyTasks(1);
        company.taskOf(boris);
        company.taskCompletedBy(anna);
        var mine = company.tasksOf(anna, 2);
        assertThat(ids(page(anna, "/api/tasks/mine"))).isEqualTo(mine.reversed());
        assertThat(ids(page(boris, "/api/tasks"))).hasSize(6);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/tasks", "/api/tasks/mine"})
    void a_list_is_paged_through_without_a_gap_or_a_double(String list) {
        var tasks = company.tasksOf(anna, 120);
        var seen = new ArrayList<UUID>();
        var sizes = new ArrayList<Integer>();
        var page = page(anna, list);
        while (true) {
            seen.addAll(ids(page));
            sizes.add(page.path("items").size());
            if (page.path("next").isNull()) {
                break;
            }
            // What is new stands before the first page and does not push anything onto the next one.
            company.taskOf(anna);
            page = page(anna, list + "?after=" + page.path("next").asString());
        }
        assertThat(seen).isEqualTo(tasks.reversed());
        assertThat(sizes).containsExactly(50, 50, 20);
    }

    @ParameterizedTest
    @CsvSource({"1, 1, true", "119, 119, true", "120, 120, false", "200, 120, false"})
    void a_page_is_as_long_as_asked_for(int limit, int length, boolean hasNext) {
        company.tasksOf(anna, 120);
        var page = page(anna, "/api/tasks/mine?limit=" + limit);
        assertThat(page.path("items").size()).isEqualTo(length);
        assertThat(page.path("next").isNull()).isEqualTo(!hasNext);
    }

    @Test
    void an_empty_list_is_a_page_too() {
        assertThat(api.get(anna, "/api/tasks/mine").body().toString()).isEqualTo("{\"items\":[],\"next\":null}");
    }

    @ParameterizedTest
    @CsvSource({"limit=0, limit", "limit=-1, limit", "limit=201, limit", "limit=10000, limit",
            "limit=2147483648, limit",
            "limit=ten, limit", "limit=1.5, limit", "after=4711, after", "after=%00, after",
            "after=bm90IGFuIGlk, after",
            "after=..%2F..%2F, after", "after=💚, after"})
    void a_cursor_or_limit_that_is_none_is_refused(String query, String parameter) {
        for (var list : List.of("/api/tasks", "/api/tasks/mine")) {
            var answer = api.get(anna, list + "?" + query.replace("💚", "%F0%9F%92%9A"));
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body().at("/errors/0/field").asString()).isEqualTo(parameter);
        }
    }

    private JsonNode page(Caller caller, String uri) {
        var answer = api.get(caller, uri);
        assertThat(answer.status()).isEqualTo(200);
        return answer.body();
    }

    private static List<UUID> ids(JsonNode page) {
        return StreamSupport.stream(page.path("items").spliterator(), false)
                .map(task -> UUID.fromString(task.path("id").asString())).toList();
    }
}
