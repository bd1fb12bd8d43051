package com.uberpopug.ates.tasks.task;

import static java.util.stream.Collectors.joining;

import com.uberpopug.ates.events.TaskTitle;
import com.uberpopug.ates.platform.web.Cursor;
import com.uberpopug.ates.platform.web.Page;
import com.uberpopug.ates.tasks.task.Task.Status;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The read model of tasks, shared by pages and REST. */
@Component
class TaskList {

    private final JdbcClient db;

    TaskList(JdbcClient db) {
        this.db = db;
    }

    Optional<TaskView> find(UUID taskId) {
        return db.sql("select * from tasks where id = :id").param("id", taskId).query(TaskList::view).optional();
    }

    /** An assignment of a task; numbers count from 1. */
    record Assignment(int number, UUID assigneeId, Instant assignedAt) {
    }

    /** The assignments of a task, the newest first. */
    List<Assignment> assignments(UUID taskId, int most) {
        return db
                .sql("""
                        select number, assignee_id, assigned_at from assignments where task_id = :id order by number desc limit :most
                        """)
                .param("id", taskId).param("most", most).query(Assignment.class).list();
    }

    /** When a task was priced; empty before that, and for tasks older than the column. */
    Optional<Instant> pricedAt(UUID taskId) {
        return db.sql("select priced_at from tasks where id = :id").param("id", taskId)
                .query((row, _) -> Optional.ofNullable(instant(row.getTimestamp("priced_at")))).optional()
                .flatMap(at -> at);
    }

    /**
     * A filter of tasks.
     *
     * @param statuses the statuses to include; empty for all
     * @param assignee the user to whom the task is assigned, or who completed it; null for all tasks
     * @param text     a part of the title or of the Jira id, by folded case, or both as in {@code [id] - title}; null
     *                 for all
     */
    record Filter(Set<Status> statuses, @Nullable UUID assignee, @Nullable String text) {
    }

    /** The tasks that pass a filter, the newest first. */
    Page<TaskView> page(Filter filter, Optional<UUID> after, int limit) {
        var conditions = new ArrayList<>(List.of("true"));
        var parameters = new HashMap<String, Object>();
        if (!filter.statuses().isEmpty()) {
            // Literals, not parameters: the planner can then use the partial indexes.
            conditions.add(filter.statuses().stream().map(Status::name).sorted()
                    .collect(joining("', '", "status in ('", "')")));
        }
        if (filter.assignee() != null) {
            conditions.add("assignee_id = :assignee");
            parameters.put("assignee", filter.assignee());
        }
        if (filter.text() != null) {
            var wanted = TaskTitle.split(filter.text());
            conditions.add(wanted.jiraId() == null
                    ? "(strpos(title_folded, (select folded(:text))) > 0"
                            + " or strpos(folded(jira_id || ' ' || title), (select folded(:text))) > 0)"
                    : "jira_id = :jiraId and strpos(title_folded, (select folded(:text))) > 0");
            parameters.put("text", wanted.text());
            parameters.put("jiraId", wanted.jiraId());
        }
        after.ifPresent(id -> {
            conditions.add("id < :after");
            parameters.put("after", id);
        });
        var rows = db.sql("select * from tasks where " + String.join(" and ", conditions)
                + " order by id desc limit :rows").params(parameters).param("rows", limit + 1)
                .query(TaskList::view).list();
        return Page.of(rows, limit, task -> Cursor.of(task.id()));
    }

    private static TaskView view(ResultSet row, int number) throws SQLException {
        var title = TaskTitle.stored(row.getString("jira_id"), row.getString("title"));
        return new TaskView(row.getObject("id", UUID.class), title.jiraId(), title.text(), row.getString("description"),
                Status.valueOf(row.getString("status")), row.getObject("created_by", UUID.class),
                row.getTimestamp("created_at").toInstant(), row.getObject("fee_cents", Long.class),
                row.getObject("amount_cents", Long.class), row.getObject("assignee_id", UUID.class),
                row.getInt("assignment_number"), instant(row.getTimestamp("assigned_at")),
                instant(row.getTimestamp("completed_at")), row.getLong("version"));
    }

    private static @Nullable Instant instant(@Nullable Timestamp timestamp) {
        return timestamp == null ? null : timestamp.toInstant();
    }
}
