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
 * Deals the tasks of a shuffle, a chunk in a transaction.
 *
 * <p>The shuffle's row is locked for the length of a chunk and remembers the last task dealt, so whoever goes on after a
 * crash, and even two at once, deal each task once.
 */
@Component
class RunShuffle {

    private static final int CHUNK = 500;

    private final JdbcClient db;
    private final Users users;
    private final AssignToRandomWorkers assignToRandomWorkers;
    private final TaskEventPublisher events;
    private final Clock clock;

    RunShuffle(JdbcClient db, Users users, AssignToRandomWorkers assignToRandomWorkers, TaskEventPublisher events, Clock clock) {
        this.db = db;
        this.users = users;
        this.assignToRandomWorkers = assignToRandomWorkers;
        this.events = events;
        this.clock = clock;
    }

    /** How a shuffle goes on. */
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
            // The last worker left after the button was pressed; the tasks stay with whom they are.
            finish(shuffleId);
            return Progress.FINISHED;
        }
        var open = lockOpenTasks(shuffle.get());
        if (!open.isEmpty()) {
            events.publish(assignToRandomWorkers.assign(open, workers, shuffleId));
            remember(shuffleId, open);
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

    private void remember(UUID shuffleId, List<OpenTask> dealt) {
        // A task that was priced after the button was pressed, and before its turn came, is dealt as well.
        db.sql("""
                update shuffles
                   set tasks_done = tasks_done + :count, tasks_total = greatest(tasks_total, tasks_done + :count),
                       fees_cents = fees_cents + :fees, last_task_id = :last
                 where id = :id
                """).param("count", dealt.size())
                .param("fees", dealt.stream().mapToLong(OpenTask::feeCents).reduce(0, Math::addExact))
                .param("last", dealt.getLast().id()).param("id", shuffleId)
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
