package com.uberpopug.ates.auth.oidc;

import com.uberpopug.ates.auth.user.Users;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.oidc.OidcScopes;
import org.springframework.security.oauth2.core.oidc.OidcUserInfo;
import org.springframework.security.oauth2.server.authorization.oidc.authentication.OidcUserInfoAuthenticationContext;
import org.springframework.stereotype.Component;

/** The claims of {@code /userinfo}, as of now and not as of the sign-in. */
@Component
public class UserInfo implements Function<OidcUserInfoAuthenticationContext, OidcUserInfo> {

    private final Users users;

    UserInfo(Users users) {
        this.users = users;
    }

    @Override
    public OidcUserInfo apply(OidcUserInfoAuthenticationContext context) {
        var user = users.findById(UUID.fromString(context.getAuthorization().getPrincipalName()))
                .filter(found -> found.profile().active())
                .orElseThrow(() -> new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_TOKEN));
        var claims = OidcUserInfo.builder().subject(user.id().toString());
        if (context.getAccessToken().getScopes().contains(OidcScopes.PROFILE)) {
            var profile = user.profile();
            claims.name(profile.displayName()).preferredUsername(user.login()).locale(profile.language().wire())
                    .claim("roles", List.of(profile.role().wire()));
        }
        return claims.build();
    }
}
