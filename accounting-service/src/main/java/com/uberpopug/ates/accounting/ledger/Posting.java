package com.uberpopug.ates.accounting.ledger;

import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.inbox.Received;
import java.time.Instant;
import java.util.UUID;

/**
 * A fee or reward that an event demands.
 *
 * @param kind             fee or reward
 * @param workerId         the worker to charge or credit
 * @param cents            the amount, positive
 * @param taskId           the task
 * @param assignmentNumber the number of the task's assignment
 * @param occurredAt       time of the event
 * @param cause            the event
 */
public record Posting(Kind kind, UUID workerId, long cents, UUID taskId, int assignmentNumber, Instant occurredAt,
        Received cause) {

    public enum Kind {
        FEE, REWARD
    }

    /** The unique key of a posting: one fee for an assignment, one reward for a task. */
    record NaturalKey(Kind kind, UUID taskId, int assignmentNumber) {
    }

    NaturalKey naturalKey() {
        return new NaturalKey(kind, taskId, kind == Kind.FEE ? assignmentNumber : 0);
    }

    /** Derived from the event, so that a replay after a restore creates the same transfer. */
    UUID transferId() {
        return Ids.derived(occurredAt, cause.factId());
    }
}
