package com.uberpopug.ates.auth.signin;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.security.web.csrf.DeferredCsrfToken;

/**
 * The CSRF tokens of forms: the platform's for signed-in users, and one in a cookie for the sign-in form, which has no
 * session.
 */
final class SignInFormSecurity implements CsrfTokenRepository {

    private final CsrfTokenRepository ofSignedIn;
    private final CookieCsrfTokenRepository ofForm = new CookieCsrfTokenRepository();

    SignInFormSecurity(CsrfTokenRepository ofSignedIn, String path) {
        this.ofSignedIn = ofSignedIn;
        ofForm.setCookieName("ATES_AUTH_FORM");
        ofForm.setHeaderName("X-CSRF-TOKEN");
        ofForm.setCookiePath(path);
        ofForm.setCookieCustomizer(cookie -> cookie.sameSite("Lax"));
    }

    @Override
    public CsrfToken generateToken(HttpServletRequest request) {
        return ofForm.generateToken(request);
    }

    /** The token survives a sign-in, because forms in other tabs hold the same one. */
    @Override
    public void saveToken(@Nullable CsrfToken token, HttpServletRequest request, HttpServletResponse response) {
        if (token != null) {
            ofForm.saveToken(token, request, response);
        }
    }

    @Override
    public @Nullable CsrfToken loadToken(HttpServletRequest request) {
        var token = ofSignedIn.loadToken(request);
        return token == null ? ofForm.loadToken(request) : token;
    }

    @Override
    public DeferredCsrfToken loadDeferredToken(HttpServletRequest request, HttpServletResponse response) {
        var known = ofSignedIn.loadDeferredToken(request, response);
        var other = ofForm.loadDeferredToken(request, response);
        return new DeferredCsrfToken() {
            @Override
            public CsrfToken get() {
                return (known.isGenerated() ? other : known).get();
            }

            @Override
            public boolean isGenerated() {
                return known.isGenerated() && other.isGenerated();
            }
        };
    }
}
