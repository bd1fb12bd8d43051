package com.uberpopug.ates.auth.user;

import com.uberpopug.ates.auth.session.SignIns;
import com.uberpopug.ates.platform.web.IdempotencyKeys;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import java.util.function.LongPredicate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Erases a user: here at once, in all other services when they read the event. Tasks and money keep the bare id. */
@Service
class EraseUser {

    private final Users users;
    private final SignIns signIns;
    private final UserEventPublisher events;
    private final IdempotencyKeys answers;
    private final JdbcClient db;
    private final Clock clock;

    EraseUser(Users users, SignIns signIns, UserEventPublisher events, IdempotencyKeys answers, JdbcClient db,
            Clock clock) {
        this.users = users;
        this.signIns = signIns;
        this.events = events;
        this.answers = answers;
        this.db = db;
        this.clock = clock;
    }

    /** The outcome of the request. */
    sealed interface Outcome {

        record Erased() implements Outcome {
        }

        record UnknownUser() implements Outcome {
        }

        record NobodyElseIsAdmin() implements Outcome {
        }

        /** Nothing was done: the user is in another version. */
        record ChangedMeanwhile(long version) implements Outcome {
        }
    }

    @Transactional
    public Outcome erase(UUID id, LongPredicate isMeant) {
        var locked = users.lockForChange(id);
        if (locked.isEmpty()) {
            return new Outcome.UnknownUser();
        }
        var version = locked.get().user().sequence();
        if (!isMeant.test(version)) {
            return new Outcome.ChangedMeanwhile(version);
        }
        if (locked.get().isOnlyAdmin()) {
            return new Outcome.NobodyElseIsAdmin();
        }
        var user = locked.get().user();
        var now = clock.instant();
        signIns.endAll(id);
        answers.forget(List.of(id));
        db.sql("insert into erased_users (id, erased_at) values (:id, :now)").param("id", id)
                .param("now", Timestamp.from(now)).update();
        users.delete(user);
        events.publish(user.erased(now));
        return new Outcome.Erased();
    }
}
