package com.uberpopug.ates.auth.session;

import com.uberpopug.ates.events.sessions.v1.SessionEnded;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.events.outbox.Outbox;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Publishes the end of sign-on sessions on {@code ates.sessions}, so that the sessions of other services end too. */
@Component
class SessionEventPublisher {

    private final Outbox outbox;

    SessionEventPublisher(Outbox outbox) {
        this.outbox = outbox;
    }

    void ended(List<String> sessionIds, UUID userId, Instant at) {
        outbox.append(sessionIds.stream()
                .map(session -> Fact.of(Ids.next(), session, 1, at, new SessionEnded(session, userId, at))).toList());
    }
}
