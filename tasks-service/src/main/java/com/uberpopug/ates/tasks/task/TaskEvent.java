package com.uberpopug.ates.tasks.task;

import com.uberpopug.ates.events.TaskTitle;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The events of a task, each with its number among them. */
public sealed interface TaskEvent {

    UUID taskId();

    long sequence();

    Instant occurredAt();

    record Created(UUID taskId, long sequence, Instant occurredAt, TaskTitle title, @Nullable String description,
            UUID createdBy) implements TaskEvent {
    }

    record ReadyForAssign(UUID taskId, long sequence, Instant occurredAt, long feeCents, long amountCents)
            implements
                TaskEvent {
    }

    record Assigned(UUID taskId, long sequence, Instant occurredAt, UUID assigneeId, int assignmentNumber,
            long feeCents, @Nullable UUID shuffleId) implements TaskEvent {
    }

    record Completed(UUID taskId, long sequence, Instant occurredAt, UUID assigneeId, int assignmentNumber,
            long amountCents) implements TaskEvent {
    }
}
