package com.uberpopug.ates.auth.security;

import com.uberpopug.ates.platform.events.security.SecurityEntry;
import com.uberpopug.ates.platform.events.security.SecurityKind;
import com.uberpopug.ates.platform.events.security.SecurityLog;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Raises an alarm when one user, one login or one address has at least {@code ates.security.burst.size} failures or
 * refusals of a kind within {@code ates.security.burst.within}, over all services and instances: an entry of its own,
 * a metric and a warning. The next alarm of the same comes after that time at the earliest.
 */
@Component
class Bursts {

    private static final Logger log = LoggerFactory.getLogger(Bursts.class);
    /** Any number will do, as long as nothing else in the database takes it as an advisory lock. */
    private static final long LOCK = 0x61746573_62757273L;

    private final JdbcClient db;
    private final SecurityLog securityLog;
    private final Clock clock;
    private final int size;
    private final Duration within;

    Bursts(JdbcClient db, SecurityLog securityLog, Clock clock, @Value("${ates.security.burst.size}") int size,
            @Value("${ates.security.burst.within}") Duration within) {
        this.db = db;
        this.securityLog = securityLog;
        this.clock = clock;
        this.size = size;
        this.within = within;
    }

    private record Burst(String kind, String source, String value, long total) {
    }

    /** Looks whether new entries make a burst, in the transaction that adds them. */
    void find(Collection<UUID> added) {
        if (added.isEmpty()) {
            return;
        }
        // Of two instances that add at once, the second counts what the first has added.
        db.sql("select pg_advisory_xact_lock(?)").param(LOCK).query((_, _) -> LOCK).single();
        bursts(added).forEach(this::raise);
    }

    private List<Burst> bursts(Collection<UUID> added) {
        return db.sql("""
                with recent as (
                    select event.id, kind, times, source, value
                      from security_events event
                     cross join lateral (values ('by', actor_id::text), ('of', coalesce(user_id::text, login_hash)),
                                                ('from', address)) as origin (source, value)
                     where outcome <> 'DONE' and kind <> 'BURST' and value is not null and occurred_at > :since
                       and kind = any(array(select distinct kind from security_events where id = any(:added)))
                ), counted as (
                    select kind, source, value, sum(times) as total,
                           sum(times) filter (where id = any(:added)) as fresh
                      from recent group by kind, source, value
                )
                select kind, source, value, total from counted
                 where total >= :size and total - fresh < :size
                   and not exists (select from security_events burst
                                    where burst.kind = 'BURST' and burst.occurred_at > :since
                                      and burst.subject like counted.kind || ' %'
                                      and counted.value = case source when 'by' then burst.actor_id::text
                                              when 'of' then coalesce(burst.user_id::text, burst.login_hash)
                                              else burst.address end)
                 order by kind, source, value
                """).param("since", Timestamp.from(clock.instant().minus(within))).param("size", size)
                .param("added", added.toArray(UUID[]::new)).query(Burst.class).list();
    }

    private void raise(Burst burst) {
        log.warn("Security: {} failures or refusals of the kind {} {} {} within {}", burst.total(), burst.kind(),
                burst.source(), burst.value(), within);
        var entry = SecurityEntry.failed(SecurityKind.BURST).of(burst.kind() + " " + burst.total());
        securityLog.record(switch (burst.source()) {
            case "by" -> entry.by(UUID.fromString(burst.value()));
            case "of" -> burst.value().length() == 36
                    ? entry.about(UUID.fromString(burst.value()))
                    : entry.typed(burst.value());
            default -> entry.from(burst.value());
        });
    }
}
