package com.uberpopug.ates.platform.web.security;

import java.util.List;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtValidators;

/** The rules for tokens that open an API, beside their signature. */
public final class AccessTokens {

    private AccessTokens() {
    }

    /**
     * Not expired, of this issuer, and meant for this service.
     *
     * <p>An ID token is refused: its audience is the client, which may well be called as a service is, and the client
     * is what it names as its authorized party.
     */
    public static OAuth2TokenValidator<Jwt> validator(String issuer, String audience) {
        return new DelegatingOAuth2TokenValidator<>(JwtValidators.createDefaultWithIssuer(issuer),
                new JwtClaimValidator<List<String>>("aud", audiences -> audiences != null
                        && audiences.contains(audience)),
                AccessTokens::isNoIdToken);
    }

    private static OAuth2TokenValidatorResult isNoIdToken(Jwt token) {
        return token.hasClaim("azp")
                ? OAuth2TokenValidatorResult.failure(
                        new OAuth2Error(OAuth2ErrorCodes.INVALID_TOKEN, "An ID token opens nothing", null))
                : OAuth2TokenValidatorResult.success();
    }
}
