package com.uberpopug.ates.auth.signin;

import com.uberpopug.ates.auth.oidc.SessionId;
import com.uberpopug.ates.events.sessions.v1.SessionEnded;
import com.uberpopug.ates.platform.Ids;
import com.uberpopug.ates.platform.outbox.Fact;
import com.uberpopug.ates.platform.outbox.Outbox;
import java.time.Clock;
import java.util.UUID;
import org.springframework.context.event.EventListener;
import org.springframework.security.authentication.event.LogoutSuccessEvent;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Announces on {@code ates.sessions} that someone signed out, so that the sessions which other services hold for them end too. */
@Component
class SessionEventPublisher {

    private final Outbox outbox;
    private final Clock clock;

    SessionEventPublisher(Outbox outbox, Clock clock) {
        this.outbox = outbox;
        this.clock = clock;
    }

    @EventListener
    @Transactional
    public void publish(LogoutSuccessEvent signedOut) {
        var user = signedOut.getAuthentication();
        if (SessionId.of(user) instanceof String sessionId) {
            var now = clock.instant();
            outbox.append(Fact.of(Ids.next(), sessionId, 1, now,
                    new SessionEnded(sessionId, UUID.fromString(user.getName()), now)));
        }
    }
}
