package com.uberpopug.ates.tasks.shuffle;

import com.uberpopug.ates.tasks.task.AssignToRandomWorkers;
import com.uberpopug.ates.tasks.task.AssignToRandomWorkers.OpenTask;
import com.uberpopug.ates.tasks.task.TaskEventPublisher;
import com.uberpopug.ates.tasks.user.Users;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Runs a shuffle: assigns its tasks in chunks, each chunk in one transaction.
 *
 * <p>A chunk locks the shuffle's row and stores the last assigned task in it. So each task is assigned once, also
 * after a crash and with two instances running the same shuffle.
 */
@Component
class RunShuffle {

    private static final int CHUNK = 500;

    private final JdbcClient db;
    private final Users users;
    private final AssignToRandomWorkers assignToRandomWorkers;
    private final TaskEventPublisher events;
    private final Clock clock;

    RunShuffle(JdbcClient db, Users users, AssignToRandomWorkers assignToRandomWorkers, TaskEventPublisher events,
            Clock clock) {
        this.db = db;
        this.users = users;
        this.assignToRandomWorkers = assignToRandomWorkers;
        this.events = events;
        this.clock = clock;
    }

    /** The next step of a shuffle. */
    enum Progress {
        MORE, WAIT_FOR_EARLIER, FINISHED
    }

    private record Shuffle(@Nullable UUID newestTaskId, UUID lastTaskId) {
    }

    @Transactional
    Progress nextChunk(UUID shuffleId) {
        var shuffle = lock(shuffleId);
        if (shuffle.isEmpty()) {
            return Progress.FINISHED;
        }
        if (hasEarlier(shuffleId)) {
            return Progress.WAIT_FOR_EARLIER;
        }
        var workers = users.activeWorkers();
        if (workers.isEmpty()) {
            // The last worker was deactivated after the request; the remaining tasks keep their assignees.
            finish(shuffleId);
            return Progress.FINISHED;
        }
        var open = lockOpenTasks(shuffle.get());
        if (!open.isEmpty()) {
            events.publish(assignToRandomWorkers.assign(open, workers, shuffleId));
            saveProgress(shuffleId, open);
        }
        if (open.size() < CHUNK) {
            finish(shuffleId);
            return Progress.FINISHED;
        }
        return Progress.MORE;
    }

    private Optional<Shuffle> lock(UUID shuffleId) {
        return db.sql("""
                select newest_task_id, last_task_id from shuffles where id = :id and finished_at is null for update
                """).param("id", shuffleId).query(Shuffle.class).optional();
    }

    private boolean hasEarlier(UUID shuffleId) {
        return db.sql("select exists (select from shuffles where finished_at is null and id < :id)")
                .param("id", shuffleId).query(Boolean.class).single();
    }

    private List<OpenTask> lockOpenTasks(Shuffle shuffle) {
        return db.sql("""
                select id, facts, assignment_number, fee_cents
                  from tasks
                 where status in ('READY', 'ASSIGNED') and id > :last and id <= :newest
                 order by id
                 limit :chunk
                   for update
                """)
                .param("last", shuffle.lastTaskId())
                .param("newest", shuffle.newestTaskId())
                .param("chunk", CHUNK)
                .query(OpenTask.class).list();
    }

    private void saveProgress(UUID shuffleId, List<OpenTask> assigned) {
        // A task priced after the request and before its chunk is assigned too, so the total may grow.
        db.sql("""
                update shuffles
                   set tasks_done = tasks_done + :count, tasks_total = greatest(tasks_total, tasks_done + :count),
                       fees_cents = fees_cents + :fees, last_task_id = :last
                 where id = :id
                """).param("count", assigned.size())
                .param("fees", assigned.stream().mapToLong(OpenTask::feeCents).reduce(0, Math::addExact))
                .param("last", assigned.getLast().id()).param("id", shuffleId)
                .update();
    }

    private void finish(UUID shuffleId) {
        db.sql("""
                update shuffles
                   set finished_at = :now, tasks_total = tasks_done,
                       assignees = (select count(distinct assignee_id) from assignments where shuffle_id = :id)
                 where id = :id
                """)
                .param("now", Timestamp.from(clock.instant())).param("id", shuffleId).update();
    }
}
