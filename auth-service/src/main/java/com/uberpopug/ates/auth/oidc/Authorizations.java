package com.uberpopug.ates.auth.oidc;

import com.uberpopug.ates.auth.session.SessionId;
import com.uberpopug.ates.auth.session.SignIns;
import com.uberpopug.ates.auth.user.Users;
import java.security.Principal;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.server.authorization.JdbcOAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.OAuth2Authorization;
import org.springframework.security.oauth2.server.authorization.OAuth2TokenType;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AuthorizationCodeRequestAuthenticationException;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Stores the authorizations of clients, under the user's lock.
 *
 * <p>Ending a user's sign-ins takes the same lock, so a code or token requested at that moment is refused and does not
 * outlive the others. The lock also makes codes single-use under concurrent requests. Codes, tokens and states are
 * stored as hashes, see {@link HashedTokens}, and what belongs to them by {@link SealedJson}.
 */
class Authorizations extends JdbcOAuth2AuthorizationService {

    /** Counts the changes of an authorization: of two changes to the same state the second is refused. */
    private static final String VERSION = "ates.version";
    /** The version of an authorization with a code, but no token yet. */
    private static final int OF_A_CODE = 1;
    private static final int MOST_WAITING = 1_000;
    private static final int MOST_WAITING_OF_A_SOURCE = 20;

    private final Users users;
    private final JdbcOperations jdbc;
    private final Clock clock;
    private final TransactionTemplate transaction;
    private final Supplier<String> sources;

    /** @param sources where the current request comes from */
    Authorizations(JdbcOperations jdbc, RegisteredClientRepository clients, Users users,
            TransactionTemplate transaction, SealedJson json, Clock clock, Supplier<String> sources) {
        super(jdbc, clients);
        setAuthorizationRowMapper(new JsonMapperOAuth2AuthorizationRowMapper(clients, json));
        setAuthorizationParametersMapper(new JsonMapperOAuth2AuthorizationParametersMapper(json));
        this.jdbc = jdbc;
        this.clock = clock;
        this.users = users;
        this.transaction = transaction;
        this.sources = sources;
    }

    @Override
    public void save(OAuth2Authorization authorization) {
        if (AuthorizationGrantType.CLIENT_CREDENTIALS.equals(authorization.getAuthorizationGrantType())) {
            super.save(HashedTokens.hidden(authorization));
        } else if (isOfNobody(authorization)) {
            transaction.executeWithoutResult(_ -> saveUnlessTooMany(authorization));
        } else if (!Boolean.TRUE.equals(transaction.execute(_ -> saveUnlessUsed(authorization)))) {
            throw new OAuth2AuthenticationException(
                    new OAuth2Error(OAuth2ErrorCodes.INVALID_GRANT, "The code or token was used before", null));
        }
    }

    @Override
    public @Nullable OAuth2Authorization findByToken(String token, @Nullable OAuth2TokenType type) {
        var found = super.findByToken(HashedTokens.hash(token), type);
        return found == null ? null : HashedTokens.revealed(found, token);
    }

    /** Whether the code or token of this authorization is still the stored one. */
    private boolean saveUnlessUsed(OAuth2Authorization authorization) {
        users.lock(UUID.fromString(authorization.getPrincipalName()));
        var stored = findById(authorization.getId());
        if (stored == null) {
            refuseAsEnded(authorization);
        }
        if (stored == null || version(stored) == version(authorization)) {
            super.save(HashedTokens.hidden(next(authorization)));
            if (stored == null || isOfNobody(stored)) {
                keepSession(authorization);
            }
            return true;
        }
        boolean revokes = authorization.getAccessToken() != null && authorization.getAccessToken().isInvalidated();
        if (revokes || version(authorization) == OF_A_CODE) {
            super.save(HashedTokens.hidden(next(revoked(stored))));
        }
        return revokes;
    }

    /** Whether a command line waits for a person; the authorization bears its client's name until then. */
    private static boolean isOfNobody(OAuth2Authorization authorization) {
        return AuthorizationGrantType.DEVICE_CODE.equals(authorization.getAuthorizationGrantType())
                && authorization.getPrincipalName().equals(ClientRegistrations.COMMAND_LINE);
    }

    /**
     * Anybody may begin a sign-in at a command line, so the number of those that wait is bounded, and of one source
     * more tightly, so that no stranger takes the places of all others.
     */
    private void saveUnlessTooMany(OAuth2Authorization authorization) {
        // Serialises the requests of strangers: each counts those before it.
        jdbc.queryForList("select pg_advisory_xact_lock(hashtext('device codes'))");
        var source = sources.get();
        boolean tooMany = Boolean.TRUE.equals(jdbc.queryForObject("""
                select count(*) >= ? or count(*) filter (where device_source = ?) >= ?
                  from oauth2_authorization where principal_name = ? and device_code_expires_at > ?
                """, Boolean.class, MOST_WAITING, source, MOST_WAITING_OF_A_SOURCE, ClientRegistrations.COMMAND_LINE,
                Timestamp.from(clock.instant())));
        if (tooMany) {
            throw new OAuth2AuthenticationException(new OAuth2Error(OAuth2ErrorCodes.TEMPORARILY_UNAVAILABLE,
                    "Too many sign-ins wait for a person; try again in ten minutes", null));
        }
        super.save(HashedTokens.hidden(next(authorization)));
        jdbc.update("update oauth2_authorization set device_source = ? where id = ?", source, authorization.getId());
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
        var token = stored.getAccessToken();
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
        if (authorization.getAccessToken() != null
                || AuthorizationGrantType.DEVICE_CODE.equals(authorization.getAuthorizationGrantType())) {
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
