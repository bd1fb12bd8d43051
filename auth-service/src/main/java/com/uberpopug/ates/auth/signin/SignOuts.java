package com.uberpopug.ates.auth.signin;

import com.uberpopug.ates.auth.session.SessionId;
import com.uberpopug.ates.auth.session.SignIns;
import java.util.UUID;
import org.springframework.context.event.EventListener;
import org.springframework.security.authentication.event.LogoutSuccessEvent;
import org.springframework.stereotype.Component;

/** Whoever signs out, here or at a client, is signed out at all clients. */
@Component
class SignOuts {

    private final SignIns signIns;

    SignOuts(SignIns signIns) {
        this.signIns = signIns;
    }

    @EventListener
    void signedOut(LogoutSuccessEvent out) {
        var user = out.getAuthentication();
        if (SessionId.of(user) instanceof String sessionId) {
            signIns.signedOut(sessionId, UUID.fromString(user.getName()));
        }
    }
}
