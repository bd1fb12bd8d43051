package com.uberpopug.ates.accounting.ledger;

import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.inbox.Received;
import java.time.Instant;
import java.util.UUID;

/**
 * Money that is to move because of an event.
 *
 * @param kind             what it is for
 * @param workerId         the popug it is charged to or credited to
 * @param cents            how much, positive
 * @param taskId           the task it is for
 * @param assignmentNumber which of the task's assignments
 * @param occurredAt       when the event occurred
 * @param cause            the event
 */
public record Posting(Kind kind, UUID workerId, long cents, UUID taskId, int assignmentNumber, Instant occurredAt,
        Received cause) {

    /** What money moves for. */
    public enum Kind {
        FEE, REWARD
    }

    /** What there can be only one transfer of: a fee for an assignment, a reward for a task. */
    record NaturalKey(Kind kind, UUID taskId, int assignmentNumber) {
    }

    NaturalKey naturalKey() {
        return new NaturalKey(kind, taskId, kind == Kind.FEE ? assignmentNumber : 0);
    }

    /** Derived from the event, so that a replay after a restore makes the same transfer. */
    UUID transferId() {
        return Ids.derived(occurredAt, cause.factId());
    }
}
