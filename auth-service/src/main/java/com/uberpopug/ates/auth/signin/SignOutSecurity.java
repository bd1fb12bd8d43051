package com.uberpopug.ates.auth.signin;

import com.uberpopug.ates.auth.session.SessionId;
import com.uberpopug.ates.auth.session.SignIns;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.security.authentication.event.LogoutSuccessEvent;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;
import org.springframework.security.oauth2.core.oidc.OidcIdToken;
import org.springframework.security.oauth2.server.authorization.oidc.authentication.OidcLogoutAuthenticationToken;
import org.springframework.security.web.authentication.logout.SecurityContextLogoutHandler;
import org.springframework.stereotype.Component;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.WebUtils;

/** Makes a sign-out, here or at a client, sign the user out at all clients. */
@Component
class SignOutSecurity {

    private static final String SIGN_ON = "ATES_AUTH_SIGN_ON";
    private static final Pattern SESSION_ID = Pattern.compile("[\\w-]{43}");

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

    /** Remembers the sign-on's name beside its session, for a sign-out after the session has ended by itself. */
    static void remember(Authentication signedIn, HttpServletRequest request, HttpServletResponse response) {
        if (SessionId.of(signedIn) instanceof String sessionId) {
            response.addHeader(HttpHeaders.SET_COOKIE, ResponseCookie.from(SIGN_ON, sessionId).path("/logout")
                    .httpOnly(true).secure(request.isSecure()).sameSite("Lax").build().toString());
        }
    }

    /**
     * Signs out the last user of this browser whose session here has ended, while sessions at clients go on. The caller
     * has verified the form's origin; its CSRF token cannot be verified without the session.
     *
     * @return whether the user is known
     */
    boolean byNobody(HttpServletRequest request) {
        var signOn = WebUtils.getCookie(request, SIGN_ON);
        if (signOn == null || !SESSION_ID.matcher(signOn.getValue()).matches()) {
            return false;
        }
        signIns.endIfAlive(signOn.getValue());
        return true;
    }

    /**
     * Ends the sign-on of a client's ID token, also if this browser no longer has its session. If another user is
     * signed in, or the token's sign-on has ended before, the user confirms first.
     */
    void atClient(HttpServletRequest request, HttpServletResponse response, Authentication checked)
            throws IOException {
        try {
            response.sendRedirect(signOut((OidcLogoutAuthenticationToken) checked, request, response));
        } catch (RuntimeException failure) {
            throw OutageSecurity.unavailable(failure);
        }
    }

    private String signOut(OidcLogoutAuthenticationToken clientLogout, HttpServletRequest request,
            HttpServletResponse response) {
        var token = Objects.requireNonNull(clientLogout.getIdToken());
        var signedIn = clientLogout.isPrincipalAuthenticated() ? (Authentication) clientLogout.getPrincipal() : null;
        boolean isOwn = signedIn != null && signedIn.getName().equals(token.getSubject());
        boolean isCurrent = signedIn != null && isOwn
                && Objects.equals(token.getClaimAsString("sid"), SessionId.of(signedIn));
        boolean isOlder = !isCurrent && endSignOn(token);
        if (signedIn != null && (isCurrent || isOlder && isOwn)) {
            new SecurityContextLogoutHandler().logout(request, response, signedIn);
            signedOut(signedIn);
            return client(clientLogout);
        }
        return signedIn == null ? client(clientLogout) : SignInPages.SIGN_OUT;
    }

    private boolean endSignOn(OidcIdToken token) {
        return token.getClaimAsString("sid") instanceof String sessionId
                && signIns.endIfAlive(sessionId, UUID.fromString(String.valueOf(token.getSubject())));
    }

    private static String client(OidcLogoutAuthenticationToken clientLogout) {
        if (!(clientLogout.getPostLogoutRedirectUri() instanceof String address)) {
            return SignInPages.SIGNED_OUT;
        }
        var back = UriComponentsBuilder.fromUriString(address);
        if (clientLogout.getState() instanceof String state && !state.isBlank()) {
            back.queryParam(OAuth2ParameterNames.STATE, "{state}").encode();
            return back.buildAndExpand(state).toUriString();
        }
        return back.toUriString();
    }
}
