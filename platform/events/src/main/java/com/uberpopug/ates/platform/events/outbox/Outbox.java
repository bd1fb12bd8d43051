package com.uberpopug.ates.platform.events.outbox;

import com.uberpopug.ates.events.EventType;
import com.uberpopug.ates.events.serde.AvroSerializer;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.SqlArray;
import com.uberpopug.ates.platform.events.Traces;
import com.uberpopug.ates.platform.events.outbox.Fact.Erasure;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Takes facts to be announced: they are stored with the business transaction and sent after it, in order per key.
 *
 * <p>Order per key is the order of commits as long as the aggregate's row is locked before a fact is appended.
 */
public final class Outbox {

    /** The most Avro bytes an event may have; Kafka's own limit for a record is 1 MiB by default. */
    public static final int MAX_EVENT_BYTES = 900_000;

    /** Counts stop here. */
    static final int MAX_COUNTED = 100_000;

    private final JdbcClient db;
    private final PublishedVersions published;
    private final Traces traces;
    private final Runnable wakeRelay;

    Outbox(JdbcClient db, PublishedVersions published, Traces traces, Runnable wakeRelay) {
        this.db = db;
        this.published = published;
        this.traces = traces;
        this.wakeRelay = wakeRelay;
    }

    private record Row(UUID factId, String topic, String key, String type, int version, String dataVersions,
            long sequence, Instant occurredAt, @Nullable String traceparent, byte @Nullable [] payload) {
    }

    /**
     * Appends one fact.
     *
     * @throws IllegalStateException    outside a transaction
     * @throws IllegalArgumentException where an event has more than {@link #MAX_EVENT_BYTES}
     */
    public void append(Fact fact) {
        append(List.of(fact));
    }

    /**
     * Appends facts in their order, with one statement.
     *
     * @throws IllegalStateException    outside a transaction
     * @throws IllegalArgumentException where an event has more than {@link #MAX_EVENT_BYTES}
     */
    public void append(Collection<Fact> facts) {
        var current = traces.current();
        insert(facts.stream().flatMap(fact -> rows(fact, current).stream()).toList());
    }

    /**
     * Appends an erasure, behind the facts of its key.
     *
     * @throws IllegalStateException outside a transaction
     */
    public void erase(Erasure erasure) {
        // There is no value, and so no version of one.
        insert(List.of(new Row(erasure.id(), erasure.topic(), erasure.key(), erasure.type(), 0, "",
                erasure.sequence(), erasure.occurredAt(), traces.current(), null)));
    }

    private void insert(List<Row> rows) {
        requireTransaction();
        if (rows.isEmpty()) {
            return;
        }
        if (rows.size() == 1) {
            insertOne(rows.getFirst());
        } else {
            insertAll(rows);
        }
        wakeAfterCommit();
    }

    /** Most transactions append one event, and without the arrays that takes a quarter less time. */
    private void insertOne(Row row) {
        db.sql("""
                insert into outbox (event_id, fact_id, topic, key, type, version, data_versions, sequence,
                                    occurred_at, traceparent, payload)
                values (:eventId, :factId, :topic, :key, :type, :version, :dataVersions, :sequence,
                        :occurredAt, :traceparent, :payload)
                """)
                .param("eventId", Ids.next()).param("factId", row.factId).param("topic", row.topic)
                .param("key", row.key).param("type", row.type).param("version", row.version)
                .param("dataVersions", row.dataVersions).param("sequence", row.sequence)
                .param("occurredAt", Timestamp.from(row.occurredAt)).param("traceparent", row.traceparent)
                .param("payload", row.payload, Types.BINARY).update();
    }

    private void insertAll(List<Row> rows) {
        db.sql("""
                insert into outbox (event_id, fact_id, topic, key, type, version, data_versions, sequence,
                                    occurred_at, traceparent, payload)
                select event_id, fact_id, topic, key, type, version, data_versions, sequence,
                       occurred_at, traceparent, payload
                  from unnest(:eventIds, :factIds, :topics, :keys, :types, :versions, :dataVersions, :sequences,
                              :occurredAts, :traceparents, :payloads)
                       with ordinality
                       as fact (event_id, fact_id, topic, key, type, version, data_versions, sequence,
                                occurred_at, traceparent, payload, place)
                 order by place
                """)
                .param("eventIds", SqlArray.uuids(rows, _ -> Ids.next()))
                .param("factIds", SqlArray.uuids(rows, Row::factId))
                .param("topics", SqlArray.texts(rows, Row::topic))
                .param("keys", SqlArray.texts(rows, Row::key))
                .param("types", SqlArray.texts(rows, Row::type))
                .param("versions", SqlArray.integers(rows, Row::version))
                .param("dataVersions", SqlArray.texts(rows, Row::dataVersions))
                .param("sequences", SqlArray.longs(rows, Row::sequence))
                .param("occurredAts", SqlArray.instants(rows, Row::occurredAt))
                .param("traceparents", SqlArray.texts(rows, Row::traceparent))
                .param("payloads", SqlArray.bytes(rows, Row::payload))
                .update();
    }

    private static void requireTransaction() {
        if (!TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException("Facts are appended in the transaction that makes them true");
        }
    }

    private List<Row> rows(Fact fact, @Nullable String currentTrace) {
        var events = published.of(fact);
        var versions = events.stream().mapToInt(event -> EventType.of(event.getClass()).version()).sorted()
                .mapToObj(Integer::toString).collect(Collectors.joining(","));
        var traceparent = fact.traceparent() == null ? currentTrace : fact.traceparent();
        return events.stream().map(event -> {
            var payload = AvroSerializer.encode(event);
            if (payload.length > MAX_EVENT_BYTES) {
                throw new IllegalArgumentException("A %s of %d bytes is more than the %d that an event may have"
                        .formatted(event.getSchema().getFullName(), payload.length, MAX_EVENT_BYTES));
            }
            var type = EventType.of(event.getClass());
            return new Row(fact.id(), type.topic(), fact.key(), type.type(), type.version(), versions, fact.sequence(),
                    fact.occurredAt(), traceparent, payload);
        }).toList();
    }

    private void wakeAfterCommit() {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                wakeRelay.run();
            }
        });
    }

    /** How many events wait to be sent, and since when the oldest does; it costs the same however many there are. */
    public Backlog backlog() {
        return db.sql("""
                select (select count(*) from (select from outbox limit :most) as counted) as events,
                       (select appended_at from outbox order by id limit 1) as oldest,
                       (select count(*) from (select from outbox_dead_letters limit :most) as counted) as refused
                """)
                .param("most", MAX_COUNTED)
                .query((row, _) -> {
                    var oldest = row.getTimestamp("oldest");
                    return new Backlog(row.getLong("events"), oldest == null ? null : oldest.toInstant(),
                            row.getLong("refused"));
                }).single();
    }

    /** Whether any instance sends, or is about to. */
    public boolean isLed() {
        return db.sql("""
                select exists (
                    select from pg_locks
                     where locktype = 'advisory' and granted and objsubid = 1
                       and database = (select oid from pg_database where datname = current_database())
                       and (classid::bigint << 32) + objid::bigint = :lock)
                """).param("lock", RelayLock.LOCK_KEY).query(Boolean.class).single();
    }

    /**
     * The events that wait to be sent.
     *
     * @param events how many, at most {@value #MAX_COUNTED}
     * @param oldest when the oldest was appended; null where there is none
     * @param refused how many Kafka has refused for their content, at most {@value #MAX_COUNTED}
     */
    public record Backlog(long events, @Nullable Instant oldest, long refused) {
    }
}
