package com.uberpopug.ates.tasks.task;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.SqlArray;
import com.uberpopug.ates.platform.web.security.Caller;
import com.uberpopug.ates.platform.web.security.Role;
import com.uberpopug.ates.tasks.Api;
import com.uberpopug.ates.tasks.Company;
import com.uberpopug.ates.tasks.TasksTest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

@TasksTest(kafka = false)
class TaskListsTests {

    private final Caller anna = new Caller(Ids.next(), Role.POPUG);
    private final Caller boris = new Caller(Ids.next(), Role.POPUG);

    @Autowired
    private Api api;

    @Autowired
    private Company company;

    @Autowired
    private JdbcClient db;

    @BeforeEach
    void clear() {
        company.clear();
    }

    @Test
    void my_tasks_are_assigned_to_me_and_uncompleted() {
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
    void pages_have_neither_gaps_nor_duplicates(String list) {
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
            // A new task stands before the first page and moves no other onto the next one.
            company.taskOf(anna);
            page = page(anna, list + "?after=" + page.path("next").asString());
        }
        assertThat(seen).isEqualTo(tasks.reversed());
        assertThat(sizes).containsExactly(50, 50, 20);
    }

    @ParameterizedTest
    @CsvSource({"1, 1, true", "119, 119, true", "120, 120, false", "200, 120, false"})
    void page_has_the_requested_length(int limit, int length, boolean hasNext) {
        company.tasksOf(anna, 120);
        var page = page(anna, "/api/tasks/mine?limit=" + limit);
        assertThat(page.path("items").size()).isEqualTo(length);
        assertThat(page.path("next").isNull()).isEqualTo(!hasNext);
    }

    @Test
    void empty_list_is_an_empty_page() {
        assertThat(api.get(anna, "/api/tasks/mine").body().toString()).isEqualTo("{\"items\":[],\"next\":null}");
    }

    @Test
    void tasks_are_filtered_by_every_combination_of_status_assignee_and_title() {
        var titles = List.of("Repaint the button", "Feed 100% of them", "Накорми СОВУ");
        company.newTask();
        company.readyTasks(2);
        company.tasksOf(anna, 3);
        company.tasksOf(boris, 2);
        company.taskCompletedBy(anna);
        company.taskCompletedBy(boris);
        db.sql("""
                update tasks set title = (:titles)[1 + row_number % 3]
                  from (select id, row_number() over (order by id) as row_number from tasks) numbered
                 where tasks.id = numbered.id
                """).param("titles", SqlArray.texts(titles, title -> title)).update();
        var all = tasks(page(anna, "/api/tasks"));
        assertThat(all).hasSize(10);

        var statuses = List.of("", "status=NEW", "status=READY", "status=ASSIGNED", "status=COMPLETED",
                "status=NEW,ASSIGNED", "status=READY&status=COMPLETED", "status=NEW,READY,ASSIGNED,COMPLETED");
        for (var status : statuses) {
            for (var assignee : List.of("", "assignee=me", "assignee=" + boris.id(), "assignee=" + Ids.next())) {
                for (var q : List.of("", "q=BUTTON", "q=100%25", "q=_", "q=%D1%81%D0%BE%D0%B2%D1%83")) {
                    var expected = all.stream()
                            .filter(task -> status.isEmpty() || status.contains(task.path("status").asString()))
                            .filter(task -> assignee.isEmpty() || task.path("assignee_id").asString("")
                                    .equals(assignee.equals("assignee=me")
                                            ? anna.id().toString()
                                            : assignee.replace("assignee=", "")))
                            .filter(task -> task.path("title").asString().toLowerCase(Locale.ROOT)
                                    .contains(URLDecoder.decode(q.replace("q=", ""), StandardCharsets.UTF_8)
                                            .toLowerCase(Locale.ROOT)))
                            .map(TaskListsTests::id).toList();
                    var query = Stream.of(status, assignee, q).filter(part -> !part.isEmpty()).collect(joining("&"));
                    assertThat(pages("/api/tasks?limit=2&" + query)).as(query).isEqualTo(expected);
                }
            }
        }
        assertThat(pages("/api/tasks/mine?limit=1&q=THE")).isEqualTo(
                all.stream().filter(task -> task.path("assignee_id").asString("").equals(anna.id().toString())
                        && task.path("status").asString().equals("ASSIGNED")
                        && task.path("title").asString().contains("the")).map(TaskListsTests::id).toList());
    }

    /** All pages of a list, as anna gets them. */
    private List<UUID> pages(String list) {
        var seen = new ArrayList<UUID>();
        for (String after = ""; after != null;) {
            var page = page(anna, list + "&after=" + after);
            seen.addAll(ids(page));
            after = page.path("next").asString(null);
        }
        return seen;
    }

    @ParameterizedTest
    @CsvSource({"status=, status", "status=open, status", "status=new, status", "status=%00, status",
            "'status=NEW,', status", "'status=NEW,OPEN', status", "status=READY&status=x, status",
            "assignee=, assignee", "assignee=anna, assignee", "assignee=Me, assignee", "assignee=%00, assignee",
            "q=, q", "q=%00, q", "q=%0A, q"})
    void invalid_filter_is_refused(String query, String parameter) {
        assertRefused("/api/tasks?" + query, parameter);
        if (parameter.equals("q")) {
            assertRefused("/api/tasks/mine?" + query, parameter);
        }
    }

    @Test
    void search_text_has_up_to_200_characters() {
        assertThat(page(anna, "/api/tasks?q=" + "%F0%9F%A6%9C".repeat(200)).path("items").size()).isZero();
        assertRefused("/api/tasks?q=" + "x".repeat(201), "q");
    }

    private void assertRefused(String uri, String parameter) {
        var answer = api.get(anna, uri);
        assertThat(answer.status()).as("%s: %s", uri, answer.body()).isEqualTo(400);
        assertThat(answer.body().at("/errors/0/field").asString()).as("%s", answer.body()).isEqualTo(parameter);
    }

    @ParameterizedTest
    @CsvSource({"limit=0, limit", "limit=-1, limit", "limit=201, limit", "limit=10000, limit",
            "limit=2147483648, limit",
            "limit=ten, limit", "limit=1.5, limit", "after=4711, after", "after=%00, after",
            "after=bm90IGFuIGlk, after",
            "after=..%2F..%2F, after", "after=💚, after"})
    void invalid_cursor_or_limit_is_refused(String query, String parameter) {
        for (var list : List.of("/api/tasks", "/api/tasks/mine")) {
            assertRefused(list + "?" + query.replace("💚", "%F0%9F%92%9A"), parameter);
        }
    }

    private JsonNode page(Caller caller, String uri) {
        var answer = api.get(caller, uri);
        assertThat(answer.status()).isEqualTo(200);
        return answer.body();
    }

    private static List<UUID> ids(JsonNode page) {
        return tasks(page).stream().map(TaskListsTests::id).toList();
    }

    private static List<JsonNode> tasks(JsonNode page) {
        return page.path("items").values().stream().toList();
    }

    private static UUID id(JsonNode task) {
        return UUID.fromString(task.path("id").asString());
    }
}
