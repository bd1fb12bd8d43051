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

/** Assigns tasks, each to a worker picked at random, and stores the assignments. */
@Component
public class AssignToRandomWorkers {

    private final JdbcClient db;
    private final RandomPick pick;
    private final Clock clock;

    AssignToRandomWorkers(JdbcClient db, RandomPick pick, Clock clock) {
        this.db = db;
        this.pick = pick;
        this.clock = clock;
    }

    /** A priced, uncompleted task whose row this transaction has locked. */
    public record OpenTask(UUID id, long facts, int assignmentNumber, long feeCents) {
    }

    /**
     * Assigns tasks that the caller has locked; the caller publishes the events.
     *
     * @param workers   the candidates; at least one
     * @param shuffleId the shuffle; null for assignments without one
     * @return one event for each task, in the order of the tasks
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public List<TaskEvent.Assigned> assign(List<OpenTask> tasks, List<UUID> workers, @Nullable UUID shuffleId) {
        var now = clock.instant();
        var assigned = tasks.stream().map(task -> new TaskEvent.Assigned(task.id(), task.facts() + 1, now,
                pick.from(workers), task.assignmentNumber() + 1, task.feeCents(), shuffleId)).toList();
        db.sql("""
                with picked as (
                    select * from unnest(:taskIds, :numbers, :assignees)
                               as picked (task_id, number, assignee_id)
                ), assigned as (
                    update tasks
                       set status = 'ASSIGNED', assignee_id = picked.assignee_id, assignment_number = picked.number,
                           assigned_at = :now, facts = facts + 1, version = version + 1
                      from picked where tasks.id = picked.task_id
                )
                insert into assignments (task_id, number, assignee_id, assigned_at, shuffle_id)
                select task_id, number, assignee_id, :now, :shuffleId::uuid from picked
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
