package com.uberpopug.ates.auth.signin;

import com.uberpopug.ates.auth.oidc.PromptSecurity;
import com.uberpopug.ates.auth.oidc.ProtocolSecurity;
import com.uberpopug.ates.platform.web.security.SignInLimit;
import java.time.Clock;
import org.springframework.security.core.Authentication;
import org.springframework.stereotype.Component;

/**
 * Decides whether the page that a sign-in leads to needs another sign-in of the signed-in user. The page is sealed, so
 * nobody can take the demand from it.
 */
@Component
class SignInAgain {

    /** The end of a page of this service that takes a new sign-in; a browser would not send it. */
    private static final String MARK = "#again";

    private final Clock clock;
    private final SignInLimit limit;

    SignInAgain(Clock clock, SignInLimit limit) {
        this.clock = clock;
        this.limit = limit;
    }

    /** Marks a page of this service. */
    static String needed(String page) {
        return page + MARK;
    }

    boolean isNeeded(String page, Authentication signedIn) {
        return isAuthorization(page)
                ? PromptSecurity.refuses(page, signedIn, clock.instant())
                : page.endsWith(MARK) && !limit.allows(signedIn);
    }

    /** The page for a user who has just signed in for it. */
    static String done(String page) {
        return isAuthorization(page) ? PromptSecurity.answered(page) : unmarked(page);
    }

    /** The page for a user whose sign-in is new enough. */
    static String unmarked(String page) {
        return page.endsWith(MARK) ? page.substring(0, page.length() - MARK.length()) : page;
    }

    private static boolean isAuthorization(String page) {
        return page.startsWith(ProtocolSecurity.AUTHORIZE + "?");
    }
}
