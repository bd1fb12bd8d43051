package com.uberpopug.ates.platform.web.security;

import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.FactorGrantedAuthority;
import org.springframework.security.oauth2.core.oidc.IdTokenClaimNames;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.oauth2.jwt.Jwt;

/**
 * The moment at which a user last proved who they are, by a password for instance. A session or token that was issued
 * later without another proof has the same moment.
 *
 * @see <a href="https://openid.net/specs/openid-connect-core-1_0.html#IDToken">OpenID Connect Core, auth_time</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9470#section-6">RFC 9470, Authentication Information Conveyed via
 *      Access Token</a>
 */
public final class SignInTime {

    /** The claim of ID tokens and access tokens. */
    public static final String CLAIM = IdTokenClaimNames.AUTH_TIME;

    private SignInTime() {
    }

    /** Empty for a machine, and for a session or token from before tokens had the claim. */
    public static Optional<Instant> of(Authentication signedIn) {
        return switch (signedIn.getPrincipal()) {
            case Jwt token -> Optional.ofNullable(token.getClaimAsInstant(CLAIM));
            case OidcUser user -> Optional.ofNullable(user.getAuthenticatedAt());
            case null, default -> signedIn.getAuthorities().stream()
                    .filter(FactorGrantedAuthority.class::isInstance).map(FactorGrantedAuthority.class::cast)
                    .map(FactorGrantedAuthority::getIssuedAt).max(Comparator.naturalOrder());
        };
    }
}
