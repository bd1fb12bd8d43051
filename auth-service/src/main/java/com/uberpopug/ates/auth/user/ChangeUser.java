package com.uberpopug.ates.auth.user;

import java.time.Clock;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** An admin changes what is known of a user, makes them something else, or sends them away. */
@Service
class ChangeUser {

    private final Users users;
    private final UserEventPublisher events;
    private final JdbcClient db;
    private final Clock clock;

    ChangeUser(Users users, UserEventPublisher events, JdbcClient db, Clock clock) {
        this.users = users;
        this.events = events;
        this.db = db;
        this.clock = clock;
    }

    /** What became of the request. */
    sealed interface Outcome {

        record Done(User user) implements Outcome {
        }

        record UnknownUser() implements Outcome {
        }

        record NobodyElseIsAdmin() implements Outcome {
        }
    }

    @Transactional
    public Outcome change(UUID id, UnaryOperator<Profile> change) {
        // Two admins may demote each other at the same moment: with all of them locked, one finds that nobody else is left.
        var locked = users.lockWithActiveAdmins(id);
        var found = locked.stream().filter(user -> user.id().equals(id)).findFirst();
        if (found.isEmpty()) {
            return new Outcome.UnknownUser();
        }
        var user = found.get();
        var before = user.profile();
        var after = change.apply(before);
        var activeAdmins = locked.stream().filter(each -> each.profile().isActiveAdmin()).count();
        if (before.isActiveAdmin() && !after.isActiveAdmin() && activeAdmins == 1) {
            return new Outcome.NobodyElseIsAdmin();
        }
        user.change(after, clock.instant()).ifPresent(events::publish);
        if (!after.active()) {
            db.sql("delete from spring_session where principal_name = :id").param("id", id.toString()).update();
        }
        return new Outcome.Done(user);
    }
}
