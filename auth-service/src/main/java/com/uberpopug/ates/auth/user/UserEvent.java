package com.uberpopug.ates.auth.user;

import java.time.Instant;
import java.util.UUID;

/**
 * An event of a user. Each carries the full state after it, unless the user is erased, and a number in the user's own
 * history, without gaps; a restated one has the number of the state.
 */
sealed interface UserEvent {

    UUID userId();

    long sequence();

    Instant occurredAt();

    record Created(UUID userId, String login, Profile profile, long sequence, Instant occurredAt) implements UserEvent {
    }

    record Updated(UUID userId, String login, Profile profile, long sequence, Instant occurredAt) implements UserEvent {
    }

    /** The state that holds, whatever another record says of the user. */
    record Restated(UUID userId, String login, Profile profile, long sequence, Instant occurredAt)
            implements
                UserEvent {
    }

    record Erased(UUID userId, long sequence, Instant occurredAt) implements UserEvent {
    }
}
