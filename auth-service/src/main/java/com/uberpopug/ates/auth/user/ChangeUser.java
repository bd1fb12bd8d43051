package com.uberpopug.ates.auth.user;

import com.uberpopug.ates.auth.session.SignIns;
import java.time.Clock;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** An admin changes what is known of a user, makes them something else, or sends them away. */
@Service
class ChangeUser {

    private final Users users;
    private final UserEventPublisher events;
    private final SignIns signIns;
    private final Clock clock;

    ChangeUser(Users users, UserEventPublisher events, SignIns signIns, Clock clock) {
        this.users = users;
        this.events = events;
        this.signIns = signIns;
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
        var locked = users.lockForChange(id);
        if (locked.isEmpty()) {
            return new Outcome.UnknownUser();
        }
        var user = locked.get().user();
        var after = change.apply(user.profile());
        if (locked.get().isOnlyAdmin() && !after.isActiveAdmin()) {
            return new Outcome.NobodyElseIsAdmin();
        }
        user.change(after, clock.instant()).ifPresent(events::publish);
        if (!after.active()) {
            signIns.endAll(id);
        }
        return new Outcome.Done(user);
    }
}
