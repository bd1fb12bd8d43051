package com.uberpopug.ates.platform.web.security;

import java.time.Clock;
import java.time.Duration;
import org.springframework.security.core.Authentication;

/** How old a sign-in may be for handlers with {@link FreshSignIn}: {@code ates.fresh-sign-in}, one to 15 minutes. */
public final class SignInLimit {

    private static final Duration LEAST = Duration.ofMinutes(1);
    private static final Duration MOST = Duration.ofMinutes(15);

    private final Clock clock;
    private final Duration limit;

    SignInLimit(Clock clock, Duration limit) {
        if (limit.compareTo(LEAST) < 0 || limit.compareTo(MOST) > 0) {
            throw new IllegalStateException("ates.fresh-sign-in is %s, but must be from %d to %d seconds"
                    .formatted(limit, LEAST.toSeconds(), MOST.toSeconds()));
        }
        this.clock = clock;
        this.limit = limit;
    }

    public Duration limit() {
        return limit;
    }

    /** False too for a machine, and for a session or token that does not say when its user has signed in. */
    public boolean allows(Authentication signedIn) {
        return SignInTime.of(signedIn).filter(at -> at.plus(limit).isAfter(clock.instant())).isPresent();
    }

    /** @throws SignInTooOldException unless the sign-in is new enough */
    void require(Authentication signedIn) {
        if (!allows(signedIn)) {
            throw new SignInTooOldException(limit);
        }
    }
}
