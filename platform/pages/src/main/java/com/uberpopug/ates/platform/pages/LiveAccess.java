package com.uberpopug.ates.platform.pages;

import com.uberpopug.ates.platform.events.SqlArray;
import com.uberpopug.ates.platform.web.security.UserDirectory.Membership;
import com.uberpopug.ates.platform.web.security.UserDirectory;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Ends the streams of users who have lost access: by the end of their session, a deactivation, or another role. */
final class LiveAccess {

    /** The time between two checks: with the half second between two calls, a stream ends within two seconds. */
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    /** How long access counts as confirmed while the database is away. */
    private static final Duration PATIENCE = Duration.ofSeconds(14);
    /** The longest silence of a stream. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(14);
    private static final Logger log = LoggerFactory.getLogger(LiveAccess.class);

    private final UserDirectory users;
    private final JdbcClient db;

    LiveAccess(UserDirectory users, JdbcClient db) {
        this.users = users;
        this.db = db;
    }

    /**
     * Checks all due connections together. While the database is away they end after a while: access that stays
     * unconfirmed counts as lost.
     */
    void check(Collection<LiveConnection> open) {
        var due = open.stream().filter(connection -> connection.unchecked().compareTo(INTERVAL) >= 0).toList();
        if (due.isEmpty()) {
            return;
        }
        try {
            var sessions = db
                    .sql("select session_id from spring_session where session_id = any(cast(:ids as bpchar[]))")
                    .param("ids", SqlArray.texts(due, LiveConnection::session)).query(String.class).set();
            var users = new HashMap<UUID, Optional<Membership>>();
            for (var connection : due) {
                if (sessions.contains(connection.session())
                        && isUnchanged(connection, users.computeIfAbsent(connection.user(), this.users::find))) {
                    connection.goOn();
                    if (connection.silent().compareTo(HEARTBEAT) >= 0) {
                        connection.beat();
                    }
                } else {
                    connection.end();
                }
            }
        } catch (RuntimeException e) {
            var lost = due.stream().filter(connection -> connection.unchecked().compareTo(PATIENCE) >= 0).toList();
            log.warn("The access of {} streams of live updates cannot be checked, {} of them end: {}", due.size(),
                    lost.size(), e.toString());
            lost.forEach(LiveConnection::end);
        }
    }

    private static boolean isUnchanged(LiveConnection connection, Optional<Membership> user) {
        return user.map(now -> now.active() && now.role() == connection.role()).orElse(true);
    }
}
