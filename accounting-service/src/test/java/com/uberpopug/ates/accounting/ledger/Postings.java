package com.uberpopug.ates.accounting.ledger;

import com.uberpopug.ates.accounting.ledger.Posting.Kind;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.inbox.Received;
import java.time.Instant;
import java.util.UUID;

/** Postings of tests, each with its own event. */
final class Postings {

    private Postings() {
    }

    static Posting fee(UUID worker, long cents, UUID task, int assignment, Instant at) {
        return posting(Kind.FEE, worker, cents, task, assignment, at);
    }

    static Posting reward(UUID worker, long cents, UUID task, int assignment, Instant at) {
        return posting(Kind.REWARD, worker, cents, task, assignment, at);
    }

    private static Posting posting(Kind kind, UUID worker, long cents, UUID task, int assignment, Instant at) {
        return new Posting(kind, worker, cents, task, assignment, at,
                new Received(Ids.next(), task.toString(), assignment, at, null, "the event"));
    }
}
