package com.uberpopug.ates.tasks.task;

import com.uberpopug.ates.events.TaskTitle;
import com.uberpopug.ates.platform.events.Ids;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A task: NEW until it is priced, READY until its first assignment, ASSIGNED until its assignee completes it, then
 * COMPLETED for ever.
 *
 * <p>Pricing and shuffles change tasks in sets, by SQL, under the same invariant: they lock the row, and raise
 * {@code facts} and {@code version}.
 */
@Entity
@Table(name = "tasks")
class Task {

    enum Status {
        NEW, READY, ASSIGNED, COMPLETED
    }

    /** The result of {@link #complete}. */
    sealed interface Completion {

        record Done(TaskEvent.Completed event) implements Completion {
        }

        /** The task was completed before, perhaps by the same popug. */
        record AlreadyCompleted() implements Completion {
        }

        record NotAssignee() implements Completion {
        }
    }

    @Id
    private UUID id;
    private @Nullable String jiraId;
    private String title;
    private @Nullable String description;
    @Enumerated(EnumType.STRING)
    private Status status;
    private UUID createdBy;
    private Instant createdAt;
    private @Nullable Long feeCents;
    private @Nullable Long amountCents;
    private @Nullable UUID assigneeId;
    private int assignmentNumber;
    private @Nullable Instant assignedAt;
    private @Nullable Instant completedAt;
    private long facts;
    @Version
    private @Nullable Long version;

    @SuppressWarnings("NullAway.Init")
    protected Task() {
    }

    Task(TaskTitle title, @Nullable String description, UUID createdBy, Instant now) {
        this.id = Ids.next();
        this.jiraId = title.jiraId();
        this.title = title.text();
        this.description = description;
        this.status = Status.NEW;
        this.createdBy = createdBy;
        this.createdAt = now;
        this.facts = 1;
    }

    /** The first event of a new task. */
    TaskEvent.Created created() {
        return new TaskEvent.Created(id, facts, createdAt, new TaskTitle(jiraId, title), description, createdBy);
    }

    /** Completes the task; only its assignee can, and only once. */
    Completion complete(UUID popug, Instant now) {
        if (status == Status.COMPLETED) {
            return new Completion.AlreadyCompleted();
        }
        if (amountCents == null || !waitsFor(popug)) {
            return new Completion.NotAssignee();
        }
        status = Status.COMPLETED;
        completedAt = now;
        facts++;
        return new Completion.Done(new TaskEvent.Completed(id, facts, now, popug, assignmentNumber, amountCents));
    }

    /** Whether the task is assigned to this popug and not completed. */
    boolean waitsFor(UUID popug) {
        return status == Status.ASSIGNED && popug.equals(assigneeId);
    }

    UUID id() {
        return id;
    }

    int assignmentNumber() {
        return assignmentNumber;
    }

    /** Raised by every change. */
    long version() {
        return Objects.requireNonNull(version, "The task is not stored yet");
    }
}
