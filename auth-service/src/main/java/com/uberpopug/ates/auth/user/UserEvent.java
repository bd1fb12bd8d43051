package com.uberpopug.ates.auth.user;

import java.time.Instant;
import java.util.UUID;

/**
 * An event of a user. Each carries the full state after it, unless the user is erased, and a number in the user's own
 * history, without gaps.
 */
sealed interface UserEvent {

    UUID userId();

    long sequence();

    Instant occurredAt();

    record Created(UUID userId, String login, Profile profile, long sequence, Instant occurredAt) implements UserEvent {
    }

    record Updated(UUID userId, String login, Profile profile, long sequence, Instant occurredAt) implements UserEvent {
    }

    record Erased(UUID userId, long sequence, Instant occurredAt) implements UserEvent {
    }
}
