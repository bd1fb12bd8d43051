package com.uberpopug.ates.tasks.task;

import com.uberpopug.ates.platform.events.SqlArray;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Gives tasks to workers, each task to one drawn by randomPick. */
@Component
public class AssignToRandomWorkers {

    private final JdbcClient db;
    private final RandomPick randomPick;
    private final Clock clock;

    AssignToRandomWorkers(JdbcClient db, RandomPick randomPick, Clock clock) {
        this.db = db;
        this.randomPick = randomPick;
        this.clock = clock;
    }

    /** A task that is priced and not completed, locked by this transaction. */
    public record OpenTask(UUID id, long facts, int assignmentNumber, long feeCents) {
    }

    /**
     * Assigns tasks that the caller has locked; what has happened is still to be announced.
     *
     * @param workers   who may be drawn; at least one
     * @param shuffleId what the tasks are dealt by; null where each is given away for itself
     * @return what has happened, in the order of the tasks
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public List<TaskEvent.Assigned> assign(List<OpenTask> tasks, List<UUID> workers, @Nullable UUID shuffleId) {
        var now = clock.instant();
        var assigned = tasks.stream().map(task -> new TaskEvent.Assigned(task.id(), task.facts() + 1, now,
                randomPick.from(workers), task.assignmentNumber() + 1, task.feeCents(), shuffleId)).toList();
        db.sql("""
                with dealt as (
                    select * from unnest(:taskIds, :numbers, :assignees)
                               as dealt (task_id, number, assignee_id)
                ), assigned as (
                    update tasks
                       set status = 'ASSIGNED', assignee_id = dealt.assignee_id, assignment_number = dealt.number,
                           assigned_at = :now, facts = facts + 1, version = version + 1
                      from dealt where tasks.id = dealt.task_id
                )
                insert into assignments (task_id, number, assignee_id, assigned_at, shuffle_id)
                select task_id, number, assignee_id, :now, :shuffleId::uuid from dealt
                """)
                .param("taskIds", SqlArray.uuids(assigned, TaskEvent.Assigned::taskId))
                .param("numbers", SqlArray.integers(assigned, TaskEvent.Assigned::assignmentNumber))
                .param("assignees", SqlArray.uuids(assigned, TaskEvent.Assigned::assigneeId))
                .param("now", Timestamp.from(now))
                .param("shuffleId", shuffleId)
                .update();
        return assigned;
    }
}
