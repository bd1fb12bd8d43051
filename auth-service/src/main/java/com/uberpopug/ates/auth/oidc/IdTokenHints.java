package com.uberpopug.ates.auth.oidc;

import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
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
 * Checks the ID token by which a client names a user, to sign them out or to see that they are signed in: that it is one of
 * ours, whatever its age. Spring reads it for signing out only, and looks for it among the authorizations, which are deleted
 * when they have expired, while the sign-on lives on.
 *
 * @see <a href="https://openid.net/specs/openid-connect-rpinitiated-1_0.html">OpenID Connect RP-Initiated Logout 1.0</a>
 */
@Component
public class IdTokenHints {

    private final RegisteredClientRepository clients;
    private final JwtDecoder hints;

    IdTokenHints(RegisteredClientRepository clients, JWKSource<SecurityContext> keys, OidcProperties properties) {
        this.clients = clients;
        var decoder = NimbusJwtDecoder.withJwkSource(keys).build();
        decoder.setJwtValidator(new JwtIssuerValidator(properties.issuer().toString()));
        this.hints = decoder;
    }

    /** The check as Spring Security takes it; a bean of this kind would count as a way to sign in. */
    public AuthenticationProvider provider() {
        return new AuthenticationProvider() {
            @Override
            public Authentication authenticate(Authentication asked) {
                return check((OidcLogoutAuthenticationToken) asked);
            }

            @Override
            public boolean supports(Class<?> authentication) {
                return OidcLogoutAuthenticationToken.class.isAssignableFrom(authentication);
            }
        };
    }

    private Authentication check(OidcLogoutAuthenticationToken asked) {
        var hint = decoded(asked.getIdTokenHint());
        var client = client(hint).filter(each -> asked.getClientId() == null || asked.getClientId().isBlank()
                || asked.getClientId().equals(each.getClientId())).orElseThrow(IdTokenHints::refused);
        return new OidcLogoutAuthenticationToken(
                new OidcIdToken(hint.getTokenValue(), hint.getIssuedAt(), hint.getExpiresAt(), hint.getClaims()),
                (Authentication) Objects.requireNonNull(asked.getPrincipal()), asked.getSessionId(),
                client.getClientId(), registered(client, asked.getPostLogoutRedirectUri()), asked.getState());
    }

    /** Whether a hint is an ID token of ours, and of a user. */
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

    /** The client that an ID token was made for; other tokens name no authorized party. */
    private Optional<RegisteredClient> client(Jwt hint) {
        var client = hint.getClaimAsString("azp");
        var audience = hint.getAudience();
        return client == null || audience == null || !audience.contains(client)
                ? Optional.empty()
                : Optional.ofNullable(clients.findByClientId(client));
    }

    /** Nobody is led to an address that is not the client's; they are signed out all the same. */
    private static @Nullable String registered(RegisteredClient client, @Nullable String address) {
        return client.getPostLogoutRedirectUris().contains(address) ? address : null;
    }

    private static OAuth2AuthenticationException refused() {
        return new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_TOKEN);
    }
}
