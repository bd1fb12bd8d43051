package com.uberpopug.ates.platform.pages;

import com.uberpopug.ates.platform.events.Hmac;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Base64;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.web.authentication.WebAuthenticationDetails;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.security.web.csrf.DefaultCsrfToken;
import org.springframework.security.web.csrf.DeferredCsrfToken;

/**
 * Tokens against cross-site request forgery, computed from the sign-on session and stored nowhere: a form stays valid
 * in each session of the same sign-on. Only signed-in users have a valid token.
 *
 * @see <a href="https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html">OWASP:
 *      HMAC-based tokens</a>
 */
final class FormTokens implements CsrfTokenRepository {

    private static final String HEADER = "X-CSRF-TOKEN";
    private static final String PARAMETER = "_csrf";

    private final Hmac hmac;

    FormTokens(String secret, String purpose) {
        hmac = new Hmac(purpose + "\n" + secret);
    }

    @Override
    public CsrfToken generateToken(HttpServletRequest request) {
        return token(UUID.randomUUID().toString());
    }

    @Override
    public void saveToken(@Nullable CsrfToken token, HttpServletRequest request, HttpServletResponse response) {
    }

    @Override
    public @Nullable CsrfToken loadToken(HttpServletRequest request) {
        return of(SecurityContextHolder.getContext());
    }

    /**
     * Belongs to the user at the start of the request: the error page needs the token after the context was cleared.
     */
    @Override
    public DeferredCsrfToken loadDeferredToken(HttpServletRequest request, HttpServletResponse response) {
        return new Deferred(SecurityContextHolder.getDeferredContext());
    }

    private final class Deferred implements DeferredCsrfToken {

        private final Supplier<SecurityContext> context;
        private @Nullable CsrfToken token;
        private boolean generated;

        Deferred(Supplier<SecurityContext> context) {
            this.context = context;
        }

        @Override
        public CsrfToken get() {
            if (token == null) {
                var known = of(context.get());
                generated = known == null;
                token = known == null ? token(UUID.randomUUID().toString()) : known;
            }
            return token;
        }

        @Override
        public boolean isGenerated() {
            get();
            return generated;
        }
    }

    private @Nullable CsrfToken of(SecurityContext context) {
        var signedIn = context.getAuthentication();
        return signedIn == null || signedIn instanceof AnonymousAuthenticationToken
                ? null
                : token(signed(session(signedIn)));
    }

    private static CsrfToken token(String value) {
        return new DefaultCsrfToken(HEADER, PARAMETER, value);
    }

    private static String session(Authentication signedIn) {
        if (signedIn.getPrincipal() instanceof OidcUser user) {
            return user.getSubject() + " " + user.getClaimAsString("sid");
        }
        return signedIn.getDetails() instanceof WebAuthenticationDetails details
                ? signedIn.getName() + " " + details.getSessionId()
                : signedIn.getName();
    }

    private String signed(String session) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(hmac.of(session));
    }
}
