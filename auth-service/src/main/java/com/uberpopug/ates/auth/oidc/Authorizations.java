package com.uberpopug.ates.auth.oidc;

import com.uberpopug.ates.auth.session.SessionId;
import com.uberpopug.ates.auth.session.SignIns;
import com.uberpopug.ates.auth.user.Users;
import java.security.Principal;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.security.core.Authentication;
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
 * token that was asked for at that very moment is refused, and does not outlive the others. Under the same lock a code or a
 * refresh token is found unused for the second time, and so works once also where several use it at the same moment.
 */
class Authorizations extends JdbcOAuth2AuthorizationService {

    /** Counts the changes of an authorization: of two that were made of the same state the second is refused. */
    private static final String VERSION = "ates.version";
    /** The version of one that a code, but no token yet, was given out of. */
    private static final int OF_A_CODE = 1;

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
        } else if (!Boolean.TRUE.equals(transaction.execute(_ -> saveUnlessUsed(authorization)))) {
            throw new OAuth2AuthenticationException(
                    new OAuth2Error(OAuth2ErrorCodes.INVALID_GRANT, "The code or token was used before", null));
        }
    }

    /** Whether the code or token that this authorization was found by is still the one that is stored. */
    private boolean saveUnlessUsed(OAuth2Authorization authorization) {
        users.lock(UUID.fromString(authorization.getPrincipalName()));
        var stored = findById(authorization.getId());
        if (stored == null) {
            refuseAsEnded(authorization);
        }
        if (stored == null || version(stored) == version(authorization)) {
            super.save(next(authorization));
            if (stored == null) {
                keepSession(authorization);
            }
            return true;
        }
        boolean revokes = authorization.getAccessToken() != null && authorization.getAccessToken().isInvalidated();
        if (revokes || version(authorization) == OF_A_CODE) {
            super.save(next(revoked(stored)));
        }
        return revokes;
    }

    /** What a client holds ends with the sign-on that it comes from, see {@link SignIns}. */
    private void keepSession(OAuth2Authorization authorization) {
        if (authorization.getAttribute(Principal.class.getName()) instanceof Authentication signedIn) {
            jdbc.update("update oauth2_authorization set session_id = ? where id = ?", SessionId.of(signedIn),
                    authorization.getId());
        }
    }

    /** Nobody can tell who stole a code that was used twice: as RFC 6749, section 4.1.2, says, what it gave is revoked. */
    private static OAuth2Authorization revoked(OAuth2Authorization stored) {
        var token = stored.getRefreshToken() != null ? stored.getRefreshToken() : stored.getAccessToken();
        return token == null ? stored : OAuth2Authorization.from(stored).invalidate(token.getToken()).build();
    }

    private static OAuth2Authorization next(OAuth2Authorization authorization) {
        return OAuth2Authorization.from(authorization).attribute(VERSION, version(authorization) + 1).build();
    }

    private static int version(OAuth2Authorization authorization) {
        return authorization.getAttribute(VERSION) instanceof Integer version ? version : 0;
    }

    private void refuseAsEnded(OAuth2Authorization authorization) {
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
