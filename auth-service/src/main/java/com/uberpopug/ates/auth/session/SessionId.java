package com.uberpopug.ates.auth.session;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
