package com.uberpopug.ates.auth.oidc;

import com.uberpopug.ates.auth.session.SessionId;
import com.uberpopug.ates.auth.session.SignIns;
import com.uberpopug.ates.auth.user.SecondFactor;
import com.uberpopug.ates.auth.user.User;
import com.uberpopug.ates.auth.user.Users;
import com.uberpopug.ates.platform.web.security.SignInTime;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.authority.FactorGrantedAuthority;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.server.authorization.OAuth2TokenType;
import org.springframework.security.oauth2.server.authorization.token.JwtEncodingContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenCustomizer;
import org.springframework.stereotype.Component;

/** The user's claims in tokens, as of now: a deactivated user gets no token. */
@Component
class TokenClaims implements OAuth2TokenCustomizer<JwtEncodingContext> {

    private final Users users;
    private final SignIns signIns;
    private final SecondFactor secondFactor;
    private final OidcProperties properties;

    TokenClaims(Users users, SignIns signIns, SecondFactor secondFactor, OidcProperties properties) {
        this.users = users;
        this.signIns = signIns;
        this.secondFactor = secondFactor;
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
        // The role may have changed since the sign-in.
        if (secondFactor.isMissing(signedIn)) {
            throw new OAuth2AuthenticationException(
                    new OAuth2Error(OAuth2ErrorCodes.INVALID_GRANT, "The role needs a sign-in with a passkey", null));
        }
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
        // A Date, as Spring's own generator sets and expects it.
        SignInTime.of(signedIn).ifPresent(at -> claims.claim(SignInTime.CLAIM, Date.from(at)));
        if (!OAuth2TokenType.ACCESS_TOKEN.equals(context.getTokenType())) {
            claims.claim("amr", methods(signedIn));
            claims.claim("name", profile.displayName()).claim("locale", profile.language().wire());
            if (SessionId.of(signedIn) instanceof String sessionId) {
                claims.claim("sid", sessionId);
                signIns.recordClient(sessionId, user.id());
            }
        }
    }

    /**
     * How the user has signed in. A passkey proves that the user holds a key, was there, and was verified by it.
     *
     * @see <a href="https://www.rfc-editor.org/rfc/rfc8176">RFC 8176, Authentication Method Reference Values</a>
     */
    private static List<String> methods(Authentication signedIn) {
        var factors = AuthorityUtils.authorityListToSet(signedIn.getAuthorities());
        var methods = new ArrayList<String>();
        if (factors.contains(FactorGrantedAuthority.PASSWORD_AUTHORITY)) {
            methods.add("pwd");
        }
        if (factors.contains(FactorGrantedAuthority.WEBAUTHN_AUTHORITY)) {
            methods.addAll(List.of("pop", "user", "mfa"));
        }
        return methods;
    }
}
