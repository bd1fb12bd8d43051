package com.uberpopug.ates.auth.security;

import com.uberpopug.ates.platform.events.SqlArray;
import com.uberpopug.ates.platform.web.Cursor;
import com.uberpopug.ates.platform.web.Page;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The entries of the last 400 days, which are only added. */
@Repository
class SecurityEvents {

    private static final int AT_ONCE = 1_000;

    private final JdbcClient db;

    SecurityEvents(JdbcClient db) {
        this.db = db;
    }

    /** An entry as it came. */
    record SecurityEvent(UUID id, String service, String kind, String outcome, @Nullable UUID actorId,
            @Nullable String client, @Nullable UUID userId, @Nullable String subject, @Nullable String loginHash,
            @Nullable String address, @Nullable String userAgent, @Nullable String trace, int times,
            Instant occurredAt) {
    }

    /**
     * The criteria of a list; null for any.
     *
     * @param user who did it or whom it concerns
     * @param from the first instant
     * @param until the first instant after the last
     */
    record Filter(@Nullable String kind, @Nullable String outcome, @Nullable UUID user, @Nullable String address,
            @Nullable Instant from, @Nullable Instant until) {
    }

    /** The place in the list after which a page begins. */
    record Before(Instant occurredAt, UUID id) {

        static Optional<Before> decode(@Nullable String after) {
            return Cursor.decode(after, 2,
                    parts -> new Before(Cursor.instant(parts.getFirst()), Cursor.uuid(parts.getLast())));
        }
    }

    /** Keeps entries once, in the caller's transaction, and returns the ids of those that are new. */
    List<UUID> add(Collection<SecurityEvent> received) {
        return db.sql("""
                insert into security_events (id, service, kind, outcome, actor_id, client, user_id, subject, login_hash,
                                             address, user_agent, trace, times, occurred_at)
                select id, service, kind, outcome, actor_id, client, user_id, subject, login_hash, address, user_agent,
                       trace, times, occurred_at
                  from unnest(:ids, :services, :kinds, :outcomes, :actors, :clients, :users, :subjects, :hashes,
                              :addresses, :agents, :traces, :times, :instants)
                       as received (id, service, kind, outcome, actor_id, client, user_id, subject, login_hash, address,
                                    user_agent, trace, times, occurred_at)
                 order by id
                on conflict do nothing
                returning id
                """)
                .param("ids", SqlArray.uuids(received, SecurityEvent::id))
                .param("services", SqlArray.texts(received, SecurityEvent::service))
                .param("kinds", SqlArray.texts(received, SecurityEvent::kind))
                .param("outcomes", SqlArray.texts(received, SecurityEvent::outcome))
                .param("actors", SqlArray.uuids(received, SecurityEvent::actorId))
                .param("clients", SqlArray.texts(received, SecurityEvent::client))
                .param("users", SqlArray.uuids(received, SecurityEvent::userId))
                .param("subjects", SqlArray.texts(received, SecurityEvent::subject))
                .param("hashes", SqlArray.texts(received, SecurityEvent::loginHash))
                .param("addresses", SqlArray.texts(received, SecurityEvent::address))
                .param("agents", SqlArray.texts(received, SecurityEvent::userAgent))
                .param("traces", SqlArray.texts(received, SecurityEvent::trace))
                .param("times", SqlArray.integers(received, SecurityEvent::times))
                .param("instants", SqlArray.instants(received, SecurityEvent::occurredAt))
                .query(UUID.class).list();
    }

    /** A page of the entries, the newest first. */
    Page<SecurityEventView> page(Filter filter, Optional<Before> before, int limit) {
        var conditions = new ArrayList<String>();
        conditions.add("true");
        var query = new ArrayList<Object>();
        add(conditions, query, "kind = ?", filter.kind());
        add(conditions, query, "outcome = ?", filter.outcome());
        if (filter.user() != null) {
            conditions.add("(actor_id = ? or user_id = ?)");
            query.addAll(List.of(filter.user(), filter.user()));
        }
        add(conditions, query, "address = ?", filter.address());
        add(conditions, query, "occurred_at >= ?", timestamp(filter.from()));
        add(conditions, query, "occurred_at < ?", timestamp(filter.until()));
        before.ifPresent(place -> {
            conditions.add("(occurred_at, event.id) < (?, ?)");
            query.add(Timestamp.from(place.occurredAt()));
            query.add(place.id());
        });
        query.add(limit + 1);
        var rows = db.sql("""
                select event.id, service, kind, outcome, actor_id, actor.login as actor_login, client, user_id,
                       concerned.login as user_login, subject, address, user_agent, trace, times, occurred_at
                  from (select * from security_events event where %s order by occurred_at desc, event.id desc limit ?)
                       as event
                  left join users actor on actor.id = actor_id
                  left join users concerned on concerned.id = user_id
                 order by occurred_at desc, event.id desc
                """.formatted(String.join(" and ", conditions))).params(query).query(SecurityEventView.class).list();
        return Page.of(rows, limit, row -> Cursor.of(row.occurredAt(), row.id()));
    }

    private static void add(List<String> conditions, List<Object> parameters, String condition,
            @Nullable Object value) {
        if (value != null) {
            conditions.add(condition);
            parameters.add(value);
        }
    }

    private static @Nullable Timestamp timestamp(@Nullable Instant instant) {
        return instant == null ? null : Timestamp.from(instant);
    }

    /** Deletes entries older than 400 days; the database refuses to delete younger ones. */
    void deleteExpired() {
        while (deleteSome() == AT_ONCE) {
            // Short transactions, so that no entry waits for this job.
        }
    }

    private int deleteSome() {
        return db.sql("""
                delete from security_events
                 where id = any(array(select id from security_events
                                       where recorded_at < now() - interval '400 days' limit :most))
                """).param("most", AT_ONCE).update();
    }
}
