package com.uberpopug.ates.auth.signin;

import com.uberpopug.ates.auth.attempt.DeviceSecurity;
import com.uberpopug.ates.auth.attempt.Origin;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.authentication.WebAuthenticationDetails;

/** The details of a sent sign-in form: those that a session keeps, and where the form comes from. */
final class SignInDetailsSecurity extends WebAuthenticationDetails {

    private static final long serialVersionUID = 1;

    private final transient Origin origin;

    /** @param signOn from which the name of the sign-on session derives; there is no session yet */
    SignInDetailsSecurity(HttpServletRequest request, String signOn) {
        super(request.getRemoteAddr(), signOn);
        this.origin = DeviceSecurity.origin(request);
    }

    static Origin origin(Authentication typed) {
        return typed.getDetails() instanceof SignInDetailsSecurity details
                ? details.origin
                : new Origin("unknown", List.of());
    }

    /** Without the device's tokens. */
    static @Nullable Object kept(Authentication typed) {
        return typed.getDetails() instanceof SignInDetailsSecurity details
                ? new WebAuthenticationDetails(details.getRemoteAddress(), details.getSessionId())
                : typed.getDetails();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return super.equals(other);
    }

    @Override
    public int hashCode() {
        return super.hashCode();
    }
}
