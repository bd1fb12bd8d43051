package com.uberpopug.ates.auth.signin;

import com.uberpopug.ates.auth.session.SessionId;
import com.uberpopug.ates.auth.session.SignIns;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import java.util.UUID;
import org.springframework.context.event.EventListener;
import org.springframework.security.authentication.event.LogoutSuccessEvent;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;
import org.springframework.security.oauth2.core.oidc.OidcIdToken;
import org.springframework.security.oauth2.server.authorization.oidc.authentication.OidcLogoutAuthenticationToken;
import org.springframework.security.web.authentication.logout.SecurityContextLogoutHandler;
import org.springframework.stereotype.Component;
import org.springframework.web.util.UriComponentsBuilder;

/** Whoever signs out, here or at a client, is signed out at all clients. */
@Component
class SignOutSecurity {

    private final SignIns signIns;

    SignOutSecurity(SignIns signIns) {
        this.signIns = signIns;
    }

    @EventListener
    void signedOut(LogoutSuccessEvent out) {
        signedOut(out.getAuthentication());
    }

    private void signedOut(Authentication user) {
        if (SessionId.of(user) instanceof String sessionId) {
            signIns.signedOut(sessionId, UUID.fromString(user.getName()));
        }
    }

    /**
     * Does what a client asks for, which has an ID token to show: ends the sign-on that the token comes from, also where that
     * is not signed in at this browser any more. Where somebody else is, or the token is of a sign-on that ended before, the
     * user is asked.
     */
    void atClient(HttpServletRequest request, HttpServletResponse response, Authentication checked)
            throws IOException {
        try {
            response.sendRedirect(signOut((OidcLogoutAuthenticationToken) checked, request, response));
        } catch (RuntimeException failure) {
            throw OutageSecurity.unavailable(failure);
        }
    }

    private String signOut(OidcLogoutAuthenticationToken asked, HttpServletRequest request,
            HttpServletResponse response) {
        var token = Objects.requireNonNull(asked.getIdToken());
        var signedIn = asked.isPrincipalAuthenticated() ? (Authentication) asked.getPrincipal() : null;
        boolean isOwn = signedIn != null && signedIn.getName().equals(token.getSubject());
        boolean isCurrent = signedIn != null && isOwn
                && Objects.equals(token.getClaimAsString("sid"), SessionId.of(signedIn));
        boolean isOlder = !isCurrent && endSignOn(token);
        if (signedIn != null && (isCurrent || isOlder && isOwn)) {
            new SecurityContextLogoutHandler().logout(request, response, signedIn);
            signedOut(signedIn);
            return client(asked);
        }
        return signedIn == null ? client(asked) : SignInPages.SIGN_OUT;
    }

    private boolean endSignOn(OidcIdToken token) {
        return token.getClaimAsString("sid") instanceof String sessionId
                && signIns.endIfAlive(sessionId, UUID.fromString(String.valueOf(token.getSubject())));
    }

    private static String client(OidcLogoutAuthenticationToken asked) {
        if (!(asked.getPostLogoutRedirectUri() instanceof String address)) {
            return SignInPages.SIGNED_OUT;
        }
        var back = UriComponentsBuilder.fromUriString(address);
        if (asked.getState() instanceof String state && !state.isBlank()) {
            back.queryParam(OAuth2ParameterNames.STATE, "{state}").encode();
            return back.buildAndExpand(state).toUriString();
        }
        return back.toUriString();
    }
}
