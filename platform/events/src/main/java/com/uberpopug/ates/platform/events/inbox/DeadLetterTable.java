package com.uberpopug.ates.platform.events.inbox;

import static com.uberpopug.ates.platform.events.inbox.DeadLetter.LISTED_KEY_BYTES;

import com.uberpopug.ates.platform.events.SqlArray;
import com.uberpopug.ates.platform.events.inbox.DeadLetter.Id;
import com.uberpopug.ates.platform.events.inbox.DeadLetter.Key;
import com.uberpopug.ates.platform.events.inbox.StoredDeadLetters.Before;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The table of dead letters: which records each consumer could not apply, and which of them an admin has given up on.
 */
final class DeadLetterTable {

    /**
     * The most bytes of key, value and headers that are kept of a record: ten times what a broker takes by default,
     * were it not compressed. PostgreSQL would take 1 GB, but showing a value takes a multiple of it in memory.
     */
    static final int MAX_KEPT_BYTES = 32 << 20;

    /**
     * Set aside in the last 30 days, neither given up on nor applied since, by a replay or because the fact came again.
     */
    private static final String WAITING = """
             where letter.set_aside_at > now() - interval '30 days' and letter.discarded_at is null
               and not exists (select from inbox
                                where inbox.consumer = letter.consumer and inbox.fact_id = letter.fact_id)
            """;

    private static final String SELECT = """
            select id, consumer, place, fact_id, type, occurred_at, cause, set_aside_at, topic, partition, record_offset,
                   substring(key for :keyBytes) as key,
                   case when exists (select from inbox
                                      where inbox.consumer = letter.consumer and inbox.fact_id = letter.fact_id)
                        then 'processed'
                        when discarded_at is not null then 'discarded' else 'waiting' end as state
              from dead_letters letter
             where topic is not null and set_aside_at > now() - interval '30 days'
            """;

    private final JdbcClient db;

    DeadLetterTable(JdbcClient db) {
        this.db = db;
    }

    /**
     * A record to be kept.
     *
     * @param cause a text that PostgreSQL can store
     * @param type  the same; null where the record names none
     */
    record Letter(ConsumerRecord<byte[], byte[]> record, @Nullable UUID factId, @Nullable String type,
            @Nullable Instant occurredAt, String cause) {
    }

    /** A kept record; without key, value and headers where its {@code leftOutBytes} were too many. */
    record Kept(ConsumerRecord<byte[], byte[]> record, long leftOutBytes) {

        boolean isWhole() {
            return leftOutBytes == 0;
        }
    }

    boolean isAny(String consumer) {
        return db.sql("select exists (select from dead_letters where consumer = ?)").param(consumer)
                .query(Boolean.class).single();
    }

    /** Whether the consumer has set a record of this fact aside, whatever became of it. */
    boolean isOf(UUID factId, String consumer) {
        return db.sql("select exists (select from dead_letters where consumer = ? and fact_id = ?)")
                .params(consumer, factId).query(Boolean.class).single();
    }

    /** Keeps a record; false where the consumer has set it aside before. */
    boolean add(String consumer, Letter letter) {
        var record = letter.record();
        var headers = List.of(record.headers().toArray());
        long bytes = headers.stream().mapToLong(header -> header.key().length() + length(header.value())).sum()
                + length(record.key()) + length(record.value());
        boolean isKept = bytes <= MAX_KEPT_BYTES;
        return db.sql("""
                insert into dead_letters (consumer, place, fact_id, set_aside_at, topic, partition, record_offset,
                                          record_millis, key, value, header_names, header_values, left_out_bytes, type,
                                          occurred_at, cause)
                values (:consumer, :place, :factId, clock_timestamp(), :topic, :partition, :offset,
                        :millis, :key, :value, :headerNames, :headerValues, :leftOutBytes, :type,
                        :occurredAt, :cause)
                on conflict (consumer, place) do nothing
                """)
                .param("consumer", consumer).param("place", EventReader.positionId(record))
                .param("factId", letter.factId())
                .param("topic", record.topic()).param("partition", record.partition())
                .param("offset", record.offset()).param("millis", record.timestamp())
                .param("key", isKept ? record.key() : null, Types.BINARY)
                .param("value", isKept ? record.value() : null, Types.BINARY)
                .param("headerNames", isKept
                        ? SqlArray.bytes(headers, header -> header.key().getBytes(StandardCharsets.UTF_8))
                        : null)
                .param("headerValues", isKept ? SqlArray.bytes(headers, header -> header.value()) : null)
                .param("leftOutBytes", isKept ? null : bytes, Types.BIGINT)
                .param("type", letter.type())
                .param("occurredAt", offset(letter.occurredAt()),
                        Types.TIMESTAMP_WITH_TIMEZONE)
                .param("cause", letter.cause()).update() == 1;
    }

    private static @Nullable OffsetDateTime offset(@Nullable Instant time) {
        return time == null ? null : time.atOffset(ZoneOffset.UTC);
    }

    private static long length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    /** Those of the last 30 days, the newest first. */
    List<DeadLetter> list(Optional<Before> before, int limit) {
        return db.sql(SELECT + """
                   and (set_aside_at, id) < (coalesce(cast(:failedAt as timestamptz), 'infinity'), :sortId)
                 order by set_aside_at desc, id desc limit :limit
                """)
                .param("keyBytes", LISTED_KEY_BYTES)
                .param("failedAt", offset(before.map(Before::failedAt).orElse(null)),
                        Types.TIMESTAMP_WITH_TIMEZONE)
                .param("sortId", before.map(Before::sortId).orElse(0L))
                .param("limit", limit).query((row, _) -> letter(row)).list();
    }

    /**
     * The one with an id. A topic that was made anew counts anew, so there may be two: the one that waits, or the
     * newer.
     */
    Optional<DeadLetter> find(Id id) {
        return db.sql("select * from (" + SELECT + """
                   and consumer = :consumer and partition = :partition and record_offset = :offset) as found
                 order by state = 'waiting' desc, set_aside_at desc limit 1
                """)
                .param("keyBytes", LISTED_KEY_BYTES).param("consumer", id.consumer()).param("partition", id.partition())
                .param("offset", id.offset()).query((row, _) -> letter(row)).optional();
    }

    private static DeadLetter letter(ResultSet row) throws SQLException {
        var occurredAt = row.getTimestamp("occurred_at");
        return new DeadLetter(row.getLong("id"),
                new Key(row.getString("consumer"), row.getObject("place", UUID.class)), row.getString("state"),
                row.getObject("fact_id", UUID.class), row.getString("type"),
                occurredAt == null ? null : occurredAt.toInstant(), row.getString("cause"),
                row.getTimestamp("set_aside_at").toInstant(), row.getString("topic"), row.getInt("partition"),
                row.getLong("record_offset"), row.getBytes("key"));
    }

    /** The record as it came; empty where it is not kept any more. */
    Optional<Kept> record(Key key) {
        return db.sql("""
                select topic, partition, record_offset, record_millis, key, value, header_names, header_values,
                       left_out_bytes
                  from dead_letters where consumer = :consumer and place = :place and topic is not null
                """).paramSource(key).query((row, _) -> kept(row)).optional();
    }

    private static Kept kept(ResultSet row) throws SQLException {
        var names = bytes(row.getArray("header_names"));
        var values = bytes(row.getArray("header_values"));
        var headers = new RecordHeaders();
        for (int i = 0; i < names.length; i++) {
            headers.add(new String(names[i], StandardCharsets.UTF_8), values[i]);
        }
        var key = row.getBytes("key");
        var value = row.getBytes("value");
        return new Kept(new ConsumerRecord<>(row.getString("topic"), row.getInt("partition"),
                row.getLong("record_offset"), row.getLong("record_millis"), TimestampType.CREATE_TIME,
                key == null ? ConsumerRecord.NULL_SIZE : key.length,
                value == null ? ConsumerRecord.NULL_SIZE : value.length, key, value, headers, Optional.empty()),
                row.getLong("left_out_bytes"));
    }

    private static byte[][] bytes(@Nullable Array array) throws SQLException {
        return array == null ? new byte[0][] : (byte[][]) array.getArray();
    }

    /** Keeps others from giving up on it until this transaction ends; true where somebody has. */
    boolean lockIfDiscarded(Key record) {
        return db.sql("""
                select discarded_at is not null from dead_letters
                 where consumer = :consumer and place = :place for update
                """).paramSource(record).query(Boolean.class).optional().orElse(false);
    }

    /** Marks it as discarded by an admin, after any replay under way; false where it was discarded before. */
    boolean discard(Key record, UUID admin) {
        return db.sql("""
                update dead_letters set discarded_at = now(), discarded_by = :admin
                 where consumer = :consumer and place = :place and discarded_at is null
                """)
                .param("consumer", record.consumer()).param("place", record.place()).param("admin", admin)
                .update() == 1;
    }

    /** Those that were given up on. */
    Set<Key> discarded(Collection<Key> asked) {
        return among(asked, " where letter.discarded_at is not null");
    }

    /** Those that wait to be replayed or given up on. */
    Set<Key> waiting(Collection<Key> asked) {
        return among(asked, WAITING);
    }

    private Set<Key> among(Collection<Key> asked, String condition) {
        return db.sql("""
                select distinct consumer, place
                  from dead_letters letter join unnest(:consumers, :places) as asked (consumer, place)
                       using (consumer, place)
                """ + condition)
                .param("consumers", SqlArray.texts(asked, Key::consumer))
                .param("places", SqlArray.uuids(asked, Key::place)).query(Key.class).set();
    }

    /** How many of a consumer's wait to be replayed or given up on, counted up to a bound. */
    int countWaiting(String consumer, int most) {
        return db.sql("select count(*) from (select from dead_letters letter" + WAITING
                + " and letter.consumer = :consumer limit :most) as counted")
                .param("consumer", consumer).param("most", most).query(Integer.class).single();
    }

    /**
     * Removes the records with these keys, of all consumers.
     *
     * @param but the records of the erasures themselves
     */
    void erase(Collection<byte[]> keys, Collection<UUID> but) {
        var theirs = " where key = any(:keys) and place <> all(:but) and discarded_at is ";
        for (var statement : List.of("delete from dead_letters" + theirs + "null",
                FORGET_RECORD + theirs + "not null")) {
            db.sql(statement).param("keys", SqlArray.bytes(keys, key -> key)).param("but", SqlArray.uuids(but))
                    .update();
        }
    }

    private static final String FORGET_RECORD = """
            update dead_letters
               set topic = null, partition = null, record_offset = null, record_millis = null, key = null, value = null,
                   header_names = null, header_values = null, left_out_bytes = null, type = null, occurred_at = null,
                   cause = null
            """;

    /**
     * Removes the letters that are older than 30 days. Of a discarded one a row without the record stays, as the only
     * trace of why the record was never applied.
     */
    void forgetAllOld() {
        db.sql("delete from dead_letters where set_aside_at < now() - interval '30 days' and discarded_at is null")
                .update();
        db.sql(FORGET_RECORD + """
                 where set_aside_at < now() - interval '30 days' and discarded_at is not null and topic is not null
                """).update();
    }
}
