package com.uberpopug.ates.auth.oidc;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.oidc.OidcIdToken;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.oidc.authentication.OidcLogoutAuthenticationToken;
import org.springframework.stereotype.Component;

/**
 * Verifies the ID token that a client sends as a hint about a user, at sign-out and at authorization: signed by this
 * service, of any age. Spring verifies it for sign-out only, against the stored authorizations, which are deleted on
 * expiry while the sign-on lives on.
 *
 * @see <a href="https://openid.net/specs/openid-connect-rpinitiated-1_0.html">OpenID Connect RP-Initiated Logout
 *     1.0</a>
 */
@Component
public class IdTokenHints {

    private final RegisteredClientRepository clients;
    private final JwtDecoder hints;

    IdTokenHints(RegisteredClientRepository clients, SigningKeys keys, OidcProperties properties) {
        this.clients = clients;
        var decoder = NimbusJwtDecoder.withJwkSource(keys.ofHints()).build();
        decoder.setJwtValidator(new JwtIssuerValidator(properties.issuer().toString()));
        this.hints = decoder;
    }

    /**
     * The verification in Spring Security's form. It is not a bean, because a bean of this type would add a way to sign
     * in.
     */
    public AuthenticationProvider provider() {
        return new AuthenticationProvider() {
            @Override
            public Authentication authenticate(Authentication logout) {
                return check((OidcLogoutAuthenticationToken) logout);
            }

            @Override
            public boolean supports(Class<?> authentication) {
                return OidcLogoutAuthenticationToken.class.isAssignableFrom(authentication);
            }
        };
    }

    private Authentication check(OidcLogoutAuthenticationToken logout) {
        var hint = decoded(logout.getIdTokenHint());
        var client = client(hint).filter(each -> logout.getClientId() == null || logout.getClientId().isBlank()
                || logout.getClientId().equals(each.getClientId())).orElseThrow(IdTokenHints::refused);
        return new OidcLogoutAuthenticationToken(
                new OidcIdToken(hint.getTokenValue(), hint.getIssuedAt(), hint.getExpiresAt(), hint.getClaims()),
                (Authentication) Objects.requireNonNull(logout.getPrincipal()), logout.getSessionId(),
                client.getClientId(), registered(client, logout.getPostLogoutRedirectUri()), logout.getState());
    }

    /** Whether a hint is an ID token of this service for a user. */
    public boolean isOf(String hint, Authentication user) {
        try {
            var token = hints.decode(hint);
            return client(token).isPresent() && user.getName().equals(token.getSubject());
        } catch (JwtException e) {
            return false;
        }
    }

    private Jwt decoded(String hint) {
        try {
            return hints.decode(hint);
        } catch (JwtException e) {
            throw refused();
        }
    }

    /** The client of an ID token; other tokens name no authorized party. */
    private Optional<RegisteredClient> client(Jwt hint) {
        var client = hint.getClaimAsString("azp");
        var audience = hint.getAudience();
        return client == null || audience == null || !audience.contains(client)
                ? Optional.empty()
                : Optional.ofNullable(clients.findByClientId(client));
    }

    /** An address that is not the client's is dropped: the user is signed out without a redirect. */
    private static @Nullable String registered(RegisteredClient client, @Nullable String address) {
        return client.getPostLogoutRedirectUris().contains(address) ? address : null;
    }

    private static OAuth2AuthenticationException refused() {
        return new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_TOKEN);
    }
}
