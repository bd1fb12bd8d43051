package com.uberpopug.ates.auth.oidc;

import com.uberpopug.ates.platform.events.Sha256;
import java.time.Instant;
import java.util.Base64;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.OAuth2DeviceCode;
import org.springframework.security.oauth2.core.OAuth2Token;
import org.springframework.security.oauth2.core.OAuth2UserCode;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;
import org.springframework.security.oauth2.core.oidc.OidcIdToken;
import org.springframework.security.oauth2.server.authorization.OAuth2Authorization;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationCode;

/**
 * Replaces codes, tokens and states by their SHA-256: an authorization is stored with hashes only, so that a copy of
 * the database opens nothing. All of them are random or signed, so a hash without a salt cannot be reversed; only the
 * short code that a person compares could be guessed, and it opens nothing without a sign-in.
 */
final class HashedTokens {

    /** Tells a hash from a value; a value that a client sends is hashed even with this prefix. */
    private static final String PREFIX = "sha256:";

    private HashedTokens() {
    }

    /** The stored form of a code, token or state. */
    static String hash(String value) {
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(Sha256.of(value));
    }

    /** The same authorization without values. Those that it was read with are hashes already. */
    static OAuth2Authorization hidden(OAuth2Authorization authorization) {
        return replaced(authorization, value -> value.startsWith(PREFIX) ? value : hash(value));
    }

    /** The same authorization with the one value that a client has sent. */
    static OAuth2Authorization revealed(OAuth2Authorization authorization, String sent) {
        var hash = hash(sent);
        return replaced(authorization, value -> value.equals(hash) ? sent : value);
    }

    private static OAuth2Authorization replaced(OAuth2Authorization authorization, UnaryOperator<String> value) {
        var builder = OAuth2Authorization.from(authorization);
        replace(authorization, OAuth2AuthorizationCode.class, builder, code -> new OAuth2AuthorizationCode(
                value.apply(code.getTokenValue()), issued(code), expires(code)));
        replace(authorization, OAuth2AccessToken.class, builder, token -> new OAuth2AccessToken(token.getTokenType(),
                value.apply(token.getTokenValue()), token.getIssuedAt(), token.getExpiresAt(), token.getScopes()));
        replace(authorization, OidcIdToken.class, builder, token -> new OidcIdToken(
                value.apply(token.getTokenValue()), token.getIssuedAt(), token.getExpiresAt(), token.getClaims()));
        replace(authorization, OAuth2UserCode.class, builder, code -> new OAuth2UserCode(
                value.apply(code.getTokenValue()), issued(code), expires(code)));
        replace(authorization, OAuth2DeviceCode.class, builder, code -> new OAuth2DeviceCode(
                value.apply(code.getTokenValue()), issued(code), expires(code)));
        if (authorization.getAttribute(OAuth2ParameterNames.STATE) instanceof String state) {
            builder.attribute(OAuth2ParameterNames.STATE, value.apply(state));
        }
        return builder.build();
    }

    private static <T extends OAuth2Token> void replace(OAuth2Authorization authorization, Class<T> type,
            OAuth2Authorization.Builder builder, Function<T, T> replacement) {
        var token = authorization.getToken(type);
        if (token != null) {
            builder.token(replacement.apply(token.getToken()));
        }
    }

    private static Instant issued(OAuth2Token code) {
        return Objects.requireNonNull(code.getIssuedAt());
    }

    private static Instant expires(OAuth2Token code) {
        return Objects.requireNonNull(code.getExpiresAt());
    }
}
