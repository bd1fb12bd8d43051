package com.uberpopug.ates.tasks.shuffle;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.uberpopug.ates.platform.Ids;
import com.uberpopug.ates.platform.security.Caller;
import com.uberpopug.ates.platform.security.Role;
import com.uberpopug.ates.tasks.user.Users;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
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
     * Asks for a shuffle of all tasks that are open and priced now. Managers and admins may, at any time.
     *
     * @return the shuffle; empty where there is no worker to give tasks to
     */
    @Transactional
    Optional<UUID> request(Caller caller) {
        caller.mustBe(Role.MANAGER, Role.ADMIN);
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
