package com.uberpopug.ates.auth.session;

import com.uberpopug.ates.platform.events.security.SecurityEntry;
import com.uberpopug.ates.platform.events.security.SecurityKind;
import com.uberpopug.ates.platform.events.security.SecurityLog;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Owns everything that a user is signed in with: sessions here, clients' authorizations, and clients' own sessions. */
@Component
public class SignIns {

    /**
     * A client's session ends 8 hours after its last use; no session is expected to stay in use for longer than
     * this.
     */
    private static final Duration REMEMBERED_FOR = Duration.ofDays(365);

    private final JdbcClient db;
    private final SessionEventPublisher events;
    private final SecurityLog securityLog;
    private final Clock clock;

    SignIns(JdbcClient db, SessionEventPublisher events, SecurityLog securityLog, Clock clock) {
        this.db = db;
        this.events = events;
        this.securityLog = securityLog;
        this.clock = clock;
    }

    /**
     * Records that a client received the name of a sign-on session. The client's own session may outlive the one here.
     */
    public void recordClient(String sessionId, UUID userId) {
        db.sql("""
                insert into sign_on_sessions (session_id, user_id, first_told_at) values (:session, :user, :now)
                on conflict do nothing
                """).param("session", sessionId).param("user", userId)
                .param("now", Timestamp.from(clock.instant())).update();
    }

    /**
     * Signs a user out: ends the clients' sessions of that sign-on session, and the codes and tokens from it. An access
     * token that is verified by its signature alone stays valid for up to five more minutes.
     */
    @Transactional
    public void signedOut(String sessionId, UUID userId) {
        endAuthorizations(sessionId, userId);
        db.sql("delete from sign_on_sessions where session_id = :session").param("session", sessionId).update();
        events.ended(List.of(sessionId), userId, clock.instant());
        record(userId);
    }

    /** Does the same once, and returns whether this call did it. */
    @Transactional
    public boolean endIfAlive(String sessionId, UUID userId) {
        endAuthorizations(sessionId, userId);
        boolean alive = db.sql("delete from sign_on_sessions where session_id = :session and user_id = :user")
                .param("session", sessionId).param("user", userId).update() == 1;
        if (alive) {
            events.ended(List.of(sessionId), userId, clock.instant());
            record(userId);
        }
        return alive;
    }

    private void record(UUID userId) {
        securityLog.record(SecurityEntry.done(SecurityKind.SIGN_OUT).by(userId).about(userId));
    }

    /** Does the same for a session without its user. */
    @Transactional
    public void endIfAlive(String sessionId) {
        db.sql("select user_id from sign_on_sessions where session_id = :session").param("session", sessionId)
                .query(UUID.class).optional().ifPresent(user -> endIfAlive(sessionId, user));
    }

    /**
     * Ends all sign-ins of a user in the caller's transaction: here at once, at the clients when they read the event.
     * An issued access token expires within five minutes.
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void endAll(UUID userId) {
        db.sql("delete from spring_session where principal_name = :user").param("user", userId.toString()).update();
        db.sql("delete from oauth2_authorization where principal_name = :user").param("user", userId.toString())
                .update();
        var ended = db.sql("delete from sign_on_sessions where user_id = :user returning session_id")
                .param("user", userId).query(String.class).list();
        events.ended(ended, userId, clock.instant());
    }

    /** The number of browsers in which a user is signed in here. */
    public long open(UUID userId) {
        return db.sql("select count(*) from spring_session where principal_name = :user and expiry_time > :now")
                .param("user", userId.toString()).param("now", clock.millis()).query(Long.class).single();
    }

    /** Deletes sign-on sessions that expired without a sign-out. */
    public void deleteExpired() {
        db.sql("delete from sign_on_sessions where first_told_at < :before")
                .param("before", Timestamp.from(clock.instant().minus(REMEMBERED_FOR))).update();
    }

    /** Redeeming a code takes the user's lock, too. */
    private void endAuthorizations(String sessionId, UUID userId) {
        db.sql("select from users where id = :user for update").param("user", userId).query((_, _) -> userId)
                .optional();
        db.sql("delete from oauth2_authorization where session_id = :session and principal_name = :user")
                .param("session", sessionId).param("user", userId.toString()).update();
    }
}
