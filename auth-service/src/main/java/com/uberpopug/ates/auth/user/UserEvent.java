package com.uberpopug.ates.auth.user;

import java.time.Instant;
import java.util.UUID;

/** What happens to a user. Each event carries the full state after it, if any is left, and its number in the user's own history, without gaps. */
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
