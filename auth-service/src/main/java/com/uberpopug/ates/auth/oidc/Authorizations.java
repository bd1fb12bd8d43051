package com.uberpopug.ates.auth.oidc;

import com.uberpopug.ates.auth.user.Users;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.server.authorization.JdbcOAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.OAuth2Authorization;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AuthorizationCodeRequestAuthenticationException;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What clients hold to get tokens for users. What ends a user's sign-ins holds the user's lock, and so does this: a code or
 * token that was asked for at that very moment is refused, and does not outlive the others.
 */
class Authorizations extends JdbcOAuth2AuthorizationService {

    private final Users users;
    private final JdbcOperations jdbc;
    private final TransactionTemplate transaction;

    Authorizations(JdbcOperations jdbc, RegisteredClientRepository clients, Users users,
            TransactionTemplate transaction) {
        super(jdbc, clients);
        this.jdbc = jdbc;
        this.users = users;
        this.transaction = transaction;
    }

    @Override
    public void save(OAuth2Authorization authorization) {
        if (AuthorizationGrantType.CLIENT_CREDENTIALS.equals(authorization.getAuthorizationGrantType())) {
            super.save(authorization);
        } else {
            transaction.executeWithoutResult(_ -> {
                users.lock(UUID.fromString(authorization.getPrincipalName()));
                refuseIfEnded(authorization);
                super.save(authorization);
            });
        }
    }

    private void refuseIfEnded(OAuth2Authorization authorization) {
        if (findById(authorization.getId()) != null) {
            return;
        }
        var ended = new OAuth2Error(OAuth2ErrorCodes.INVALID_GRANT, "The user is not signed in any more", null);
        if (authorization.getAccessToken() != null) {
            throw new OAuth2AuthenticationException(ended);
        }
        // A code is the first that is kept of an authorization.
        if (!isSignedIn(authorization.getPrincipalName())) {
            throw new OAuth2AuthorizationCodeRequestAuthenticationException(ended, null);
        }
    }

    private boolean isSignedIn(String user) {
        return Boolean.TRUE.equals(jdbc.queryForObject(
                "select exists (select from spring_session where principal_name = ?)", Boolean.class, user));
    }
}
