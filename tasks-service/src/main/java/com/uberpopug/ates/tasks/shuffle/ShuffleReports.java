package com.uberpopug.ates.tasks.shuffle;

import com.uberpopug.ates.tasks.shuffle.ShuffleView.Status;
import com.uberpopug.ates.tasks.user.Users;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The read model of shuffles, shared by pages and REST: progress, and a preview of the next one. */
@Component
class ShuffleReports {

    private final JdbcClient db;
    private final Users users;

    ShuffleReports(JdbcClient db, Users users) {
        this.db = db;
        this.users = users;
    }

    /** A shuffle with its progress; empty for an unknown id. */
    Optional<ShuffleView> find(UUID shuffleId) {
        return db.sql("select * from shuffles where id = :id").param("id", shuffleId).query(ShuffleReports::view)
                .optional();
    }

    /**
     * The effect of a shuffle that starts now.
     *
     * @param openTasks number of tasks to assign
     * @param workers   number of active workers
     * @param running   the oldest unfinished shuffle; null for none
     * @param newest    the newest shuffle; null before the first one
     */
    record Outlook(long openTasks, int workers, @Nullable ShuffleView running, @Nullable ShuffleView newest) {
    }

    Outlook outlook() {
        var open = db.sql("select count(*) from tasks where status in ('READY', 'ASSIGNED')").query(Long.class)
                .single();
        var running = db.sql("select * from shuffles where finished_at is null order by id limit 1")
                .query(ShuffleReports::view).optional();
        return new Outlook(open, users.activeWorkers().size(), running.orElse(null), newest().orElse(null));
    }

    /**
     * The cost of a shuffle that starts now.
     *
     * @param tasks     number of tasks to assign
     * @param assigned  those among them that have an assignee, who was charged the fee before
     * @param feesCents sum of the fees to charge
     */
    record Costs(long tasks, long assigned, long feesCents) {
    }

    Costs costs() {
        return db.sql("""
                select count(*) as tasks, count(*) filter (where status = 'ASSIGNED') as assigned,
                       coalesce(sum(fee_cents), 0)::bigint as fees_cents
                  from tasks where status in ('READY', 'ASSIGNED')
                """).query(Costs.class).single();
    }

    Optional<ShuffleView> newest() {
        return db.sql("select * from shuffles order by id desc limit 1").query(ShuffleReports::view).optional();
    }

    private static ShuffleView view(ResultSet row, int number) throws SQLException {
        var finished = row.getTimestamp("finished_at");
        return new ShuffleView(row.getObject("id", UUID.class), finished == null ? Status.RUNNING : Status.FINISHED,
                row.getLong("tasks_total"), row.getLong("tasks_done"), row.getLong("fees_cents"),
                row.getObject("assignees", Long.class), row.getObject("requested_by", UUID.class),
                row.getTimestamp("requested_at").toInstant(), finished == null ? null : finished.toInstant());
    }
}
