package com.uberpopug.ates.auth.user;

import java.net.URI;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Creates a user, who then chooses a password by a one-time link. */
@Service
class CreateUser {

    private final Users users;
    private final Passwords passwords;
    private final UserEventPublisher events;
    private final Clock clock;

    CreateUser(Users users, Passwords passwords, UserEventPublisher events, Clock clock) {
        this.users = users;
        this.passwords = passwords;
        this.events = events;
        this.clock = clock;
    }

    /** The user and the link to their first password; empty if the login is taken. */
    @Transactional
    public Optional<Created> create(String login, Profile profile, UUID createdBy) {
        var user = new User(login, profile, passwords.hashOfUnknown(), clock.instant());
        if (!users.add(user)) {
            return Optional.empty();
        }
        events.publish(user.created());
        return Optional.of(new Created(user, passwords.linkFor(user.id(), createdBy)));
    }

    record Created(User user, URI firstPasswordLink) {
    }
}
