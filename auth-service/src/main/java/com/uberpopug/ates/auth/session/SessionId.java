package com.uberpopug.ates.auth.session;

import com.uberpopug.ates.platform.events.Sha256;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.authentication.WebAuthenticationDetails;

/** The public name of a sign-on session: a hash of the random id of its sign-in. */
public final class SessionId {

    private SessionId() {
    }

    /** The {@code sid} of a sign-in's session; null for a sign-in without a browser. */
    public static @Nullable String of(Authentication signedIn) {
        return signedIn.getDetails() instanceof WebAuthenticationDetails details
                && details.getSessionId() instanceof String id ? sha256(id) : null;
    }

    private static String sha256(String id) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Sha256.of(id));
    }
}
