package com.uberpopug.ates.platform.outbox;

import com.uberpopug.ates.events.EventType;
import com.uberpopug.ates.platform.Ids;
import com.uberpopug.ates.platform.avro.AvroSerializer;
import com.uberpopug.ates.platform.jdbc.SqlArray;
import com.uberpopug.ates.platform.trace.Traces;
import java.sql.Timestamp;
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

    /** What is beyond this is not counted. */
    static final int MAX_COUNTED = 100_000;

    private final JdbcClient db;
    private final Traces traces;
    private final Runnable wakeRelay;

    Outbox(JdbcClient db, Traces traces, Runnable wakeRelay) {
        this.db = db;
        this.traces = traces;
        this.wakeRelay = wakeRelay;
    }

    private record Row(UUID eventId, Fact fact, EventType type, String dataVersions, @Nullable String traceparent,
            byte[] payload) {
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
        requireTransaction();
        if (facts.isEmpty()) {
            return;
        }
        var current = traces.current();
        var rows = facts.stream().flatMap(fact -> rows(fact, current).stream()).toList();
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
                .param("eventIds", SqlArray.uuids(rows, Row::eventId))
                .param("factIds", SqlArray.uuids(rows, row -> row.fact().id()))
                .param("topics", SqlArray.texts(rows, row -> row.type().topic()))
                .param("keys", SqlArray.texts(rows, row -> row.fact().key()))
                .param("types", SqlArray.texts(rows, row -> row.type().type()))
                .param("versions", SqlArray.integers(rows, row -> row.type().version()))
                .param("dataVersions", SqlArray.texts(rows, Row::dataVersions))
                .param("sequences", SqlArray.longs(rows, row -> row.fact().sequence()))
                .param("occurredAts", SqlArray.instants(rows, row -> row.fact().occurredAt()))
                .param("traceparents", SqlArray.texts(rows, Row::traceparent))
                .param("payloads", SqlArray.bytes(rows, Row::payload))
                .update();
        wakeAfterCommit();
    }

    /**
     * Appends an erasure, behind the facts of its key.
     *
     * @throws IllegalStateException outside a transaction
     */
    public void erase(Erasure erasure) {
        requireTransaction();
        // There is no value, and so no version of one.
        db.sql("""
                insert into outbox (event_id, fact_id, topic, key, type, version, data_versions, sequence,
                                    occurred_at, traceparent)
                values (:eventId, :factId, :topic, :key, :type, 0, '', :sequence, :occurredAt, :traceparent)
                """)
                .param("eventId", Ids.next()).param("factId", erasure.id()).param("topic", erasure.topic())
                .param("key", erasure.key()).param("type", erasure.type()).param("sequence", erasure.sequence())
                .param("occurredAt", Timestamp.from(erasure.occurredAt())).param("traceparent", traces.current())
                .update();
        wakeAfterCommit();
    }

    private static void requireTransaction() {
        if (!TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException("Facts are appended in the transaction that makes them true");
        }
    }

    private static List<Row> rows(Fact fact, @Nullable String currentTrace) {
        var types = fact.versions().stream().map(event -> EventType.of(event.getClass())).toList();
        var versions = types.stream().map(type -> Integer.toString(type.version())).sorted()
                .collect(Collectors.joining(","));
        var traceparent = fact.traceparent() == null ? currentTrace : fact.traceparent();
        return fact.versions().stream().map(event -> {
            var payload = AvroSerializer.encode(event);
            if (payload.length > MAX_EVENT_BYTES) {
                throw new IllegalArgumentException("A %s of %d bytes is more than the %d that an event may have"
                        .formatted(event.getSchema().getFullName(), payload.length, MAX_EVENT_BYTES));
            }
            return new Row(Ids.next(), fact, EventType.of(event.getClass()), versions, traceparent, payload);
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
                       (select appended_at from outbox order by id limit 1) as oldest
                """)
                .param("most", MAX_COUNTED)
                .query((row, _) -> {
                    var oldest = row.getTimestamp("oldest");
                    return new Backlog(row.getLong("events"), oldest == null ? null : oldest.toInstant());
                }).single();
    }

    /**
     * What waits to be sent.
     *
     * @param events how many, at most {@value #MAX_COUNTED}
     * @param oldest when the oldest was appended; null where there is none
     */
    public record Backlog(long events, @Nullable Instant oldest) {
    }
}
