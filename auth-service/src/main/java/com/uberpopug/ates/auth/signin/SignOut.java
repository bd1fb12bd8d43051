package com.uberpopug.ates.auth.signin;

import com.uberpopug.ates.auth.oidc.SessionId;
import com.uberpopug.ates.events.sessions.v1.SessionEnded;
import com.uberpopug.ates.platform.Ids;
import com.uberpopug.ates.platform.outbox.Fact;
import com.uberpopug.ates.platform.outbox.Outbox;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.authentication.logout.LogoutHandler;
import org.springframework.security.web.authentication.logout.SecurityContextLogoutHandler;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Ends the sign-on session here, and announces it on {@code ates.sessions}, so that the sessions it began elsewhere end too. */
@Component
class SignOut implements LogoutHandler {

    private final SecurityContextLogoutHandler session = new SecurityContextLogoutHandler();
    private final Outbox outbox;
    private final TransactionTemplate transaction;
    private final Clock clock;

    SignOut(Outbox outbox, TransactionTemplate transaction, Clock clock) {
        this.outbox = outbox;
        this.transaction = transaction;
        this.clock = clock;
    }

    @Override
    public void logout(HttpServletRequest request, HttpServletResponse response, @Nullable Authentication signedIn) {
        if (signedIn != null && SessionId.of(signedIn) instanceof String sessionId) {
            var now = clock.instant();
            transaction.executeWithoutResult(_ -> outbox.append(Fact.of(Ids.next(), sessionId, 1, now,
                    new SessionEnded(sessionId, UUID.fromString(signedIn.getName()), now))));
        }
        session.logout(request, response, signedIn);
    }
}
