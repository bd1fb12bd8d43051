package com.uberpopug.ates.platform.events.inbox;

import com.uberpopug.ates.platform.events.SqlArray;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The inbox table: which facts each consumer has applied in the last 30 days. */
final class AppliedFacts {

    private static final int FORGET_AT_ONCE = 10_000;

    private final JdbcClient db;

    AppliedFacts(JdbcClient db) {
        this.db = db;
    }

    /** Remembers facts, and returns those that were not known before. */
    List<UUID> remember(String consumer, Collection<UUID> factIds) {
        return db.sql("""
                insert into inbox (consumer, fact_id)
                select :consumer, fact_id from unnest(:factIds) as fact_id order by fact_id
                on conflict do nothing
                returning fact_id
                """)
                .param("consumer", consumer).param("factIds", SqlArray.uuids(factIds))
                .query(UUID.class).list();
    }

    /** Those among some facts that are remembered. */
    Set<UUID> among(String consumer, Collection<UUID> factIds) {
        return db.sql("""
                select fact_id from inbox where consumer = :consumer and fact_id = any(:factIds)
                """)
                .param("consumer", consumer).param("factIds", SqlArray.uuids(factIds))
                .query(UUID.class).set();
    }

    /** Forgets what is older than 30 days, a bounded number of rows; returns how many those were. */
    private int forgetOld() {
        return db.sql("""
                delete from inbox where ctid = any(array(
                    select ctid from inbox where received_at < now() - interval '30 days' limit :atOnce))
                """).param("atOnce", FORGET_AT_ONCE).update();
    }

    /** Forgets everything that is older than 30 days. */
    void forgetAllOld() {
        int forgotten;
        do {
            forgotten = forgetOld();
        } while (forgotten == FORGET_AT_ONCE);
    }
}
