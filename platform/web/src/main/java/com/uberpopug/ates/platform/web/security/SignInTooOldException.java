package com.uberpopug.ates.platform.web.security;

import java.time.Duration;
import org.springframework.http.HttpStatus;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.server.resource.BearerTokenError;

/**
 * The caller may do this, after signing in again.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9470#section-3">RFC 9470, Authentication Requirements Challenge</a>
 */
public final class SignInTooOldException extends OAuth2AuthenticationException {

    private final long maxAgeSeconds;

    SignInTooOldException(Duration limit) {
        super(new BearerTokenError("insufficient_user_authentication", HttpStatus.UNAUTHORIZED,
                "This takes a sign-in of the last " + limit.toSeconds() + " seconds", null));
        maxAgeSeconds = limit.toSeconds();
    }

    /** The parameter of the challenge, and of the authorization request that answers it. */
    public long maxAgeSeconds() {
        return maxAgeSeconds;
    }
}
