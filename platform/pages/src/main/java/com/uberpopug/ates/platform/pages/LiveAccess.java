package com.uberpopug.ates.platform.pages;

import com.uberpopug.ates.platform.events.SqlArray;
import com.uberpopug.ates.platform.web.security.UserDirectory.Membership;
import com.uberpopug.ates.platform.web.security.UserDirectory;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Ends the streams of users who have lost access by the end of their session or a deactivation. */
final class LiveAccess {

    /** The time between two checks; with the delays of a call and of a write, a stream ends within 15 seconds. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(14);
    private static final Logger log = LoggerFactory.getLogger(LiveAccess.class);

    private final UserDirectory users;
    private final JdbcClient db;

    LiveAccess(UserDirectory users, JdbcClient db) {
        this.users = users;
        this.db = db;
    }

    /**
     * Checks all due connections together. While the database is away they end: unconfirmed access counts as lost.
     */
    void check(Collection<LiveConnection> open) {
        var due = open.stream().filter(connection -> connection.unchecked().compareTo(HEARTBEAT) >= 0).toList();
        if (due.isEmpty()) {
            return;
        }
        try {
            var sessions = db
                    .sql("select session_id from spring_session where session_id = any(cast(:ids as bpchar[]))")
                    .param("ids", SqlArray.texts(due, LiveConnection::session)).query(String.class).set();
            var active = new HashMap<UUID, Boolean>();
            for (var connection : due) {
                if (sessions.contains(connection.session())
                        && active.computeIfAbsent(connection.user(), this::isActive)) {
                    connection.goOn();
                } else {
                    connection.end();
                }
            }
        } catch (RuntimeException e) {
            log.warn("{} streams of live updates end, because their access cannot be checked: {}", due.size(),
                    e.toString());
            due.forEach(LiveConnection::end);
        }
    }

    private boolean isActive(UUID user) {
        return users.find(user).map(Membership::active).orElse(true);
    }
}
