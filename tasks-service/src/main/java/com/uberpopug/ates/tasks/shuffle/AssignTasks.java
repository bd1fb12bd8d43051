package com.uberpopug.ates.tasks.shuffle;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.uberpopug.ates.platform.Ids;
import com.uberpopug.ates.platform.security.Caller;
import com.uberpopug.ates.tasks.user.Users;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** The button "Assign tasks": asks for a shuffle, which then runs in the background. */
@Component
class AssignTasks {

    private final JdbcClient db;
    private final Users users;
    private final Scheduler scheduler;
    private final Clock clock;

    AssignTasks(JdbcClient db, Users users, Scheduler scheduler, Clock clock) {
        this.db = db;
        this.users = users;
        this.scheduler = scheduler;
        this.clock = clock;
    }

    /**
     * Asks for a shuffle of all tasks that are open and priced now, which may be done at any time.
     *
     * @return the shuffle; empty where there is no worker to give tasks to
     */
    @Transactional
    Optional<UUID> request(Caller caller) {
        if (users.activeWorkers().isEmpty()) {
            return Optional.empty();
        }
        var id = Ids.next();
        var now = clock.instant();
        db.sql("""
                insert into shuffles (id, requested_by, requested_at, tasks_total, newest_task_id)
                select :id, :by, :at, count(*), (array_agg(id order by id desc))[1]
                  from tasks where status in ('READY', 'ASSIGNED')
                """).param("id", id).param("by", caller.id()).param("at", Timestamp.from(now)).update();
        scheduler.scheduleIfNotExists(ShuffleJob.TASK.instance(id.toString()).build(), now);
        lookForItAfterCommit();
        return Optional.of(id);
    }

    /** How far a shuffle is; empty where there is none with this id. */
    Optional<ShuffleView> progress(UUID shuffleId) {
        return db.sql("select * from shuffles where id = :id").param("id", shuffleId).query(AssignTasks::view)
                .optional();
    }

    /**
     * What the button would do now.
     *
     * @param openTasks how many tasks it would move
     * @param workers   whom they would be given to
     * @param running   the shuffle under way; null for none
     */
    record Outlook(long openTasks, int workers, @Nullable ShuffleView running) {
    }

    Outlook outlook() {
        var open = db.sql("select count(*) from tasks where status in ('READY', 'ASSIGNED')").query(Long.class)
                .single();
        var running = db.sql("select * from shuffles where finished_at is null order by id limit 1")
                .query(AssignTasks::view).optional();
        return new Outlook(open, users.activeWorkers().size(), running.orElse(null));
    }

    private static ShuffleView view(ResultSet row, int number) throws SQLException {
        var finished = row.getTimestamp("finished_at");
        return new ShuffleView(row.getObject("id", UUID.class), finished == null ? "RUNNING" : "FINISHED",
                row.getLong("tasks_total"), row.getLong("tasks_done"), row.getObject("requested_by", UUID.class),
                row.getTimestamp("requested_at").toInstant(), finished == null ? null : finished.toInstant());
    }

    /** The scheduler looks for what is due the moment it is told, which it cannot see before the commit. */
    private void lookForItAfterCommit() {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                scheduler.triggerCheckForDueExecutions();
            }
        });
    }
}
