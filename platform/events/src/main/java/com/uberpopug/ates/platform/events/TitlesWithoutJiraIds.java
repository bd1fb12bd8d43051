package com.uberpopug.ates.platform.events;

import com.uberpopug.ates.events.TaskTitle;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;
import org.flywaydb.core.api.migration.BaseJavaMigration;
import org.flywaydb.core.api.migration.Context;

/**
 * Takes the Jira ids out of the titles in a service's table {@code tasks}, by the rule for Tasks.Created/v1, a thousand
 * rows a transaction: tasks go on being changed meanwhile. Begun again, it goes on where it ended.
 *
 * <p>An instance from before this migration may still write whole titles; {@link TaskTitle#stored} reads them.
 */
public abstract class TitlesWithoutJiraIds extends BaseJavaMigration {

    private static final int ROWS = 1_000;

    private final String key;
    private final String alsoSet;

    /**
     * @param key     the column of the tasks' ids
     * @param alsoSet what else changes with a title, as in {@code version = version + 1}; empty for nothing
     */
    protected TitlesWithoutJiraIds(String key, String alsoSet) {
        this.key = key;
        this.alsoSet = alsoSet.isEmpty() ? "" : ", " + alsoSet;
    }

    @Override
    public boolean canExecuteInTransaction() {
        return false;
    }

    @Override
    public void migrate(Context context) throws SQLException {
        var connection = context.getConnection();
        try (var select = connection.prepareStatement("""
                select %1$s, title from tasks
                 where %1$s > ? and jira_id is null and title ~ '[][［【]' order by %1$s limit %2$d
                """.formatted(key, ROWS)); var update = connection.prepareStatement("""
                update tasks set jira_id = ?, title = ?%s where %s = ? and jira_id is null and title = ?
                """.formatted(alsoSet, key))) {
            var last = new UUID(0, 0);
            for (var more = true; more;) {
                var before = last;
                last = split(connection, select, update, before);
                more = !last.equals(before);
            }
        }
    }

    /** The id of the last task that was split; the given one where there is none behind it. */
    private static UUID split(Connection connection, PreparedStatement select, PreparedStatement update, UUID after)
            throws SQLException {
        var last = after;
        select.setObject(1, after);
        try (var rows = select.executeQuery()) {
            while (rows.next()) {
                last = rows.getObject(1, UUID.class);
                var old = rows.getString(2);
                var split = TaskTitle.ofOld(old);
                if (!split.text().equals(old)) {
                    update.setString(1, split.jiraId());
                    update.setString(2, split.text());
                    update.setObject(3, last);
                    update.setString(4, old);
                    update.addBatch();
                }
            }
        }
        connection.setAutoCommit(false);
        try {
            update.executeBatch();
            connection.commit();
        } finally {
            connection.setAutoCommit(true);
        }
        return last;
    }
}
