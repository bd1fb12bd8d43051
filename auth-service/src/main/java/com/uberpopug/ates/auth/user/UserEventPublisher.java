package com.uberpopug.ates.auth.user;

import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.users.v1.UserCreated;
import com.uberpopug.ates.events.users.v1.UserUpdated;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.outbox.Fact.Erasure;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.events.outbox.Outbox;
import org.apache.avro.specific.SpecificRecord;
import org.springframework.stereotype.Component;

/** Publishes users' events on {@code ates.users}, in the transaction of the change. */
@Component
class UserEventPublisher {

    private final Outbox outbox;

    UserEventPublisher(Outbox outbox) {
        this.outbox = outbox;
    }

    void publish(UserEvent event) {
        switch (event) {
            case UserEvent.Created(var id, var login, var profile, _, _) -> append(event, new UserCreated(id, login,
                    profile.displayName(), profile.email(), profile.language().wire(), profile.role().wire(),
                    profile.active()));
            case UserEvent.Updated(var id, var login, var profile, _, _) -> append(event, new UserUpdated(id, login,
                    profile.displayName(), profile.email(), profile.language().wire(), profile.role().wire(),
                    profile.active()));
            case UserEvent.Erased(var id, var sequence, var at) ->
                outbox.erase(new Erasure(Ids.next(), Topics.USERS, "Users.Erased", id.toString(), sequence, at));
        }
    }

    private void append(UserEvent event, SpecificRecord state) {
        outbox.append(Fact.of(Ids.next(), event.userId(), event.sequence(), event.occurredAt(), state));
    }
}
