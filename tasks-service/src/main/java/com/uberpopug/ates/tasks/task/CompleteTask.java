package com.uberpopug.ates.tasks.task;

import com.uberpopug.ates.tasks.task.Task.Completion;
import java.time.Clock;
import java.util.UUID;
import java.util.function.Predicate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Completes a task for its assignee. */
@Component
class CompleteTask {

    private final Tasks tasks;
    private final TaskEventPublisher events;
    private final JdbcClient db;
    private final Clock clock;

    CompleteTask(Tasks tasks, TaskEventPublisher events, JdbcClient db, Clock clock) {
        this.tasks = tasks;
        this.events = events;
        this.db = db;
        this.clock = clock;
    }

    /** The result of a completion. */
    enum Outcome {
        COMPLETED, UNKNOWN_TASK, ALREADY_COMPLETED, NO_LONGER_YOURS, NOT_YOURS, CHANGED_MEANWHILE
    }

    /**
     * @param isMeant whether the task is still the one that the popug saw: since then it may have been assigned to
     *                another popug and back, for another fee
     */
    @Transactional
    Outcome complete(UUID taskId, UUID popug, Predicate<Task> isMeant) {
        var task = tasks.lock(taskId);
        if (task.isEmpty()) {
            return Outcome.UNKNOWN_TASK;
        }
        if (task.get().waitsFor(popug) && !isMeant.test(task.get())) {
            return Outcome.CHANGED_MEANWHILE;
        }
        return switch (task.get().complete(popug, clock.instant())) {
            case Completion.Done(var event) -> {
                tasks.saveAndFlush(task.get());
                events.publish(event);
                yield Outcome.COMPLETED;
            }
            case Completion.AlreadyCompleted() -> Outcome.ALREADY_COMPLETED;
            case Completion.NotAssignee() -> wasOnceOf(popug, taskId) ? Outcome.NO_LONGER_YOURS : Outcome.NOT_YOURS;
        };
    }

    private boolean wasOnceOf(UUID popug, UUID taskId) {
        return db.sql("select exists (select from assignments where task_id = :task and assignee_id = :popug)")
                .param("task", taskId).param("popug", popug).query(Boolean.class).single();
    }
}
