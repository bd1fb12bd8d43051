package com.uberpopug.ates.auth.oidc;

import com.uberpopug.ates.auth.session.SessionId;
import com.uberpopug.ates.auth.session.SignIns;
import com.uberpopug.ates.auth.user.User;
import com.uberpopug.ates.auth.user.Users;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.server.authorization.OAuth2TokenType;
import org.springframework.security.oauth2.server.authorization.token.JwtEncodingContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenCustomizer;
import org.springframework.stereotype.Component;

/**
 * The user's claims in tokens, as of now: a refreshed token has the current role, and a deactivated user gets no token.
 */
@Component
class TokenClaims implements OAuth2TokenCustomizer<JwtEncodingContext> {

    private final Users users;
    private final SignIns signIns;
    private final OidcProperties properties;

    TokenClaims(Users users, SignIns signIns, OidcProperties properties) {
        this.users = users;
        this.signIns = signIns;
        this.properties = properties;
    }

    @Override
    public void customize(JwtEncodingContext context) {
        // The claims are stored with the authorization, and its reader accepts plain collections only.
        if (OAuth2TokenType.ACCESS_TOKEN.equals(context.getTokenType())) {
            context.getClaims().audience(new ArrayList<>(properties.webClients().keySet()));
        }
        if (!AuthorizationGrantType.CLIENT_CREDENTIALS.equals(context.getAuthorizationGrantType())) {
            var signedIn = Objects.requireNonNull(context.<Authentication>getPrincipal());
            describe(user(signedIn), signedIn, context);
        }
    }

    private User user(Authentication signedIn) {
        return users.findById(UUID.fromString(signedIn.getName()))
                .filter(user -> user.profile().active())
                .orElseThrow(() -> new OAuth2AuthenticationException(
                        new OAuth2Error(OAuth2ErrorCodes.INVALID_GRANT, "The account is deactivated", null)));
    }

    private void describe(User user, Authentication signedIn, JwtEncodingContext context) {
        var profile = user.profile();
        var claims = context.getClaims()
                .claim("roles", new ArrayList<>(List.of(profile.role().wire())))
                .claim("preferred_username", user.login());
        if (!OAuth2TokenType.ACCESS_TOKEN.equals(context.getTokenType())) {
            claims.claim("name", profile.displayName()).claim("locale", profile.language().wire());
            if (SessionId.of(signedIn) instanceof String sessionId) {
                claims.claim("sid", sessionId);
                signIns.recordClient(sessionId, user.id());
            }
        }
    }
}
