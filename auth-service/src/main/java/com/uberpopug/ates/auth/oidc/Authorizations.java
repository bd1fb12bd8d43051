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
 * Stores the authorizations of clients, under the user's lock.
 *
 * <p>Ending a user's sign-ins takes the same lock, so a code or token requested at that moment is refused and does not
 * outlive the others. The lock also makes codes and refresh tokens single-use under concurrent requests.
 */
class Authorizations extends JdbcOAuth2AuthorizationService {

    /** Counts the changes of an authorization: of two changes to the same state the second is refused. */
    private static final String VERSION = "ates.version";
    /** The version of an authorization with a code, but no token yet. */
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

    /** Whether the code or token of this authorization is still the stored one. */
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

    /** A client's authorizations end with their sign-on, see {@link SignIns}. */
    private void keepSession(OAuth2Authorization authorization) {
        if (authorization.getAttribute(Principal.class.getName()) instanceof Authentication signedIn) {
            jdbc.update("update oauth2_authorization set session_id = ? where id = ?", SessionId.of(signedIn),
                    authorization.getId());
        }
    }

    /**
     * Either user of a code that was used twice may have stolen it, so the tokens from it are revoked (RFC 6749,
     * section 4.1.2).
     */
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
        var ended = new OAuth2Error(OAuth2ErrorCodes.INVALID_GRANT, "The user is no longer signed in", null);
        if (authorization.getAccessToken() != null) {
            throw new OAuth2AuthenticationException(ended);
        }
        // A code is the first stored state of an authorization.
        if (!isSignedIn(authorization.getPrincipalName())) {
            throw new OAuth2AuthorizationCodeRequestAuthenticationException(ended, null);
        }
    }

    private boolean isSignedIn(String user) {
        return Boolean.TRUE.equals(jdbc.queryForObject(
                "select exists (select from spring_session where principal_name = ?)", Boolean.class, user));
    }
}
