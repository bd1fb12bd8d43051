package com.uberpopug.ates.auth.user;

import com.uberpopug.ates.platform.events.security.SecurityEntry;
import com.uberpopug.ates.platform.events.security.SecurityKind;
import com.uberpopug.ates.platform.events.security.SecurityLog;
import java.time.Clock;
import java.util.UUID;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Announces a user's state anew, so that it counts in every service whatever a forged or damaged record said of the
 * user; of an id that is nobody's, that there is no such user.
 */
@Service
class RestateUser {

    private final Users users;
    private final UserEventPublisher events;
    private final SecurityLog securityLog;
    private final Clock clock;

    RestateUser(Users users, UserEventPublisher events, SecurityLog securityLog, Clock clock) {
        this.users = users;
        this.events = events;
        this.securityLog = securityLog;
        this.clock = clock;
    }

    /** What was announced. */
    enum Outcome {
        STATE, NO_SUCH_USER
    }

    /** The lock keeps the order of the announcements that of the changes. */
    @Transactional
    public Outcome restate(UUID id) {
        var now = clock.instant();
        var user = users.lock(id);
        events.publish(user.<UserEvent>map(found -> found.restated(now))
                .orElseGet(() -> new UserEvent.Erased(id, Long.MAX_VALUE, now)));
        var outcome = user.isPresent() ? Outcome.STATE : Outcome.NO_SUCH_USER;
        securityLog.record(SecurityEntry.done(SecurityKind.USER_ANNOUNCED).about(id).of(outcome));
        return outcome;
    }
}
