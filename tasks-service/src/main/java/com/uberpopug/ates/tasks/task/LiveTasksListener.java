package com.uberpopug.ates.tasks.task;

import static java.util.stream.Collectors.toMap;

import com.uberpopug.ates.events.TaskTitle;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.tasks.v1.TaskAssigned;
import com.uberpopug.ates.events.tasks.v1.TaskCompleted;
import com.uberpopug.ates.events.tasks.v2.TaskCreated;
import com.uberpopug.ates.events.tasks.v1.TaskReadyForAssign;
import com.uberpopug.ates.platform.events.SqlArray;
import com.uberpopug.ates.platform.events.inbox.Received;
import com.uberpopug.ates.platform.pages.LiveSource;
import com.uberpopug.ates.platform.pages.LiveUpdate;
import com.uberpopug.ates.platform.pages.Money;
import com.uberpopug.ates.platform.web.BidiIsolation;
import com.uberpopug.ates.platform.web.Toast;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Notifies open pages of tasks' events; the new and the previous assignee get updates of their own. */
@Configuration(proxyBeanMethods = false)
class LiveTasksListener {

    private static final String ALL = "tasks";
    private static final String MINE = "mine";
    /** Prefix of the topic of one task's page. */
    private static final String ONE = "task-";
    private static final int MOST_OF_TITLE = 60;

    private final JdbcClient db;

    LiveTasksListener(JdbcClient db) {
        this.db = db;
    }

    @Bean
    LiveSource liveTasks() {
        return new LiveSource.Topics(List.of(Topics.TASKS), List.of(TaskCreated.class, TaskReadyForAssign.class,
                TaskAssigned.class, TaskCompleted.class), this::updates);
    }

    private List<LiveUpdate> updates(List<Received> facts) {
        var updates = new ArrayList<LiveUpdate>();
        updates.add(LiveUpdate.toAll(ALL));
        var assigned = new ArrayList<TaskAssigned>();
        for (var fact : facts) {
            updates.add(LiveUpdate.toAll(ONE + fact.key()));
            switch (fact.event()) {
                case TaskAssigned event -> assigned.add(event);
                case TaskCompleted event -> updates.add(LiveUpdate.to(event.getAssigneeId(), MINE));
                default -> {
                }
            }
        }
        var before = before(assigned);
        for (var event : assigned) {
            var task = before.get(new Assignment(event.getTaskId(), event.getAssignmentNumber()));
            if (task != null && task.previous() != null && !task.previous().equals(event.getAssigneeId())) {
                updates.add(LiveUpdate.to(task.previous(), MINE));
            }
            updates.add(LiveUpdate.to(event.getAssigneeId(), MINE, Toast.of("task.assigned-to-you",
                    task == null ? "" : BidiIsolation.text(task.shortTitle()), Money.dollars(event.getFeeCents()))
                    .leadingTo("/tasks/" + event.getTaskId())
                    .inBursts("task.assigned-many", event.getFeeCents(), "/")));
        }
        finished(assigned).forEach(shuffle -> updates.add(LiveUpdate.to(shuffle.requestedBy(), ALL, shuffle.toast())));
        return updates;
    }

    private record Finished(UUID id, UUID requestedBy, long tasksDone, long feesCents) {

        Toast toast() {
            var fees = Money.dollars(feesCents);
            var toast = tasksDone == 1
                    ? Toast.of("shuffle.finished-one", fees)
                    : Toast.of("shuffle.finished", Long.toString(tasksDone), fees);
            return toast.leadingTo("/shuffles/" + id);
        }
    }

    /** The finished shuffles among those that made these assignments. */
    private List<Finished> finished(List<TaskAssigned> assigned) {
        var shuffles = assigned.stream().map(TaskAssigned::getShuffleId).filter(Objects::nonNull).distinct().toList();
        return shuffles.isEmpty()
                ? List.of()
                : db.sql("""
                        select id, requested_by, tasks_done, fees_cents from shuffles
                         where id = any(:ids) and finished_at is not null
                        """).param("ids", SqlArray.uuids(shuffles)).query(Finished.class).list();
    }

    private record Assignment(UUID taskId, int number) {
    }

    private record Before(UUID taskId, int number, @Nullable String jiraId, String title, @Nullable UUID previous) {

        String shortTitle() {
            var line = TaskTitle.stored(jiraId, title).line();
            return line.codePointCount(0, line.length()) <= MOST_OF_TITLE
                    ? line
                    : line.substring(0, line.offsetByCodePoints(0, MOST_OF_TITLE)) + "…";
        }
    }

    private Map<Assignment, Before> before(List<TaskAssigned> assigned) {
        return assigned.isEmpty()
                ? Map.of()
                : db.sql("""
                        select given.task_id, given.number, tasks.jira_id, tasks.title, previous.assignee_id as previous
                          from unnest(:ids, :numbers) as given (task_id, number)
                          join tasks on tasks.id = given.task_id
                          left join assignments as previous
                            on previous.task_id = given.task_id and previous.number = given.number - 1
                        """)
                        .param("ids", SqlArray.uuids(assigned, TaskAssigned::getTaskId))
                        .param("numbers", SqlArray.integers(assigned, TaskAssigned::getAssignmentNumber))
                        .query(Before.class).list().stream()
                        .collect(toMap(task -> new Assignment(task.taskId(), task.number()), task -> task,
                                (first, _) -> first));
    }
}
