package com.uberpopug.ates.tasks.task;

import com.uberpopug.ates.platform.web.Cursor;
import com.uberpopug.ates.platform.web.Page;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads tasks for those who look at them. */
@Component
class TaskList {

    /** What every page but the first comes after; no task has this id. */
    private static final UUID END = new UUID(-1, -1);

    private final JdbcClient db;

    TaskList(JdbcClient db) {
        this.db = db;
    }

    Optional<TaskView> find(UUID taskId) {
        return db.sql("select * from tasks where id = :id").param("id", taskId).query(TaskList::view).optional();
    }

    /** All tasks, the newest first. */
    Page<TaskView> all(Optional<UUID> after, int limit) {
        var rows = db.sql("""
                select * from tasks where id < :after order by id desc limit :rows
                """).param("after", after.orElse(END)).param("rows", limit + 1).query(TaskList::view).list();
        return Page.of(rows, limit, task -> Cursor.of(task.id()));
    }

    /** What is assigned to a popug and waits for them, the newest task first. */
    Page<TaskView> assignedTo(UUID popug, Optional<UUID> after, int limit) {
        var rows = db.sql("""
                select * from tasks
                 where assignee_id = :popug and status = 'ASSIGNED' and id < :after
                 order by id desc limit :rows
                """).param("popug", popug).param("after", after.orElse(END)).param("rows", limit + 1)
                .query(TaskList::view).list();
        return Page.of(rows, limit, task -> Cursor.of(task.id()));
    }

    private static TaskView view(ResultSet row, int number) throws SQLException {
        return new TaskView(row.getObject("id", UUID.class), row.getString("title"), row.getString("description"),
                row.getString("status"), row.getObject("created_by", UUID.class),
                row.getTimestamp("created_at").toInstant(), row.getObject("fee_cents", Long.class),
                row.getObject("amount_cents", Long.class), row.getObject("assignee_id", UUID.class),
                row.getInt("assignment_number"), instant(row.getTimestamp("assigned_at")),
                instant(row.getTimestamp("completed_at")));
    }

    private static @Nullable Instant instant(@Nullable Timestamp timestamp) {
        return timestamp == null ? null : timestamp.toInstant();
    }
}
