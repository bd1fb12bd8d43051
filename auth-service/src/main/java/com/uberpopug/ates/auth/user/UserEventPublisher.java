package com.uberpopug.ates.auth.user;

import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.users.v1.UserCreated;
import com.uberpopug.ates.events.users.v1.UserRestated;
import com.uberpopug.ates.events.users.v1.UserUpdated;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.outbox.Fact.Erasure;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.events.outbox.Outbox;
import com.uberpopug.ates.platform.events.security.SecurityEntry;
import com.uberpopug.ates.platform.events.security.SecurityKind;
import com.uberpopug.ates.platform.events.security.SecurityLog;
import org.apache.avro.specific.SpecificRecord;
import org.springframework.stereotype.Component;

/** Publishes users' events on {@code ates.users}, in the transaction of the change; new and erased users stand in the security log, too. */
@Component
class UserEventPublisher {

    private final Outbox outbox;
    private final SecurityLog securityLog;

    UserEventPublisher(Outbox outbox, SecurityLog securityLog) {
        this.outbox = outbox;
        this.securityLog = securityLog;
    }

    void publish(UserEvent event) {
        switch (event) {
            case UserEvent.Created(var id, var login, var profile, _, _) -> {
                append(event, new UserCreated(id, login, profile.displayName(), profile.email(),
                        profile.language().wire(), profile.role().wire(), profile.active(), event.occurredAt()));
                securityLog.record(
                        SecurityEntry.done(SecurityKind.USER_CREATED).about(id).of(profile.role().wire()));
            }
            case UserEvent.Updated(var id, var login, var profile, _, _) -> append(event, new UserUpdated(id, login,
                    profile.displayName(), profile.email(), profile.language().wire(), profile.role().wire(),
                    profile.active(), event.occurredAt()));
            case UserEvent.Restated(var id, var login, var profile, _, _) -> append(event, new UserRestated(id, login,
                    profile.displayName(), profile.email(), profile.language().wire(), profile.role().wire(),
                    profile.active(), event.occurredAt()));
            case UserEvent.Erased(var id, var sequence, var at) -> {
                outbox.erase(new Erasure(Ids.next(), Topics.USERS, "Users.Erased", id.toString(), sequence, at));
                securityLog.record(SecurityEntry.done(SecurityKind.USER_ERASED).about(id));
            }
        }
    }

    private void append(UserEvent event, SpecificRecord state) {
        outbox.append(Fact.of(Ids.next(), event.userId(), event.sequence(), event.occurredAt(), state));
    }
}
