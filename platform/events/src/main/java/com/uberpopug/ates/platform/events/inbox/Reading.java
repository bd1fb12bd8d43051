package com.uberpopug.ates.platform.events.inbox;

import java.util.Optional;

/** What a consumer makes of a record that it can read. */
sealed interface Reading {

    /** It is to be applied. */
    record Fact(Received received) implements Reading {
    }

    /** It is left out, as it should be. */
    record Skipped(Reason reason) implements Reading {
    }

    /** Why a record is left out. */
    enum Reason {
        /** The consumer does not react to its type. */
        TYPE_NOT_HANDLED,
        /** The same fact is published in a version that the consumer knows. */
        OTHER_VERSION
    }

    /** The fact, where it is to be applied. */
    default Optional<Received> fact() {
        return this instanceof Fact(var received) ? Optional.of(received) : Optional.empty();
    }
}
