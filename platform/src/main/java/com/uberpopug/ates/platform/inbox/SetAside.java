package com.uberpopug.ates.platform.inbox;

import com.uberpopug.ates.platform.jdbc.SqlArray;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The table of dead letters: which records each consumer has set aside, and which of them an admin has given up on. */
final class SetAside {

    /** Set aside in the last 30 days, neither given up on nor applied since, by a replay or because the fact came again. */
    private static final String WAITING = """
             where letter.set_aside_at > now() - interval '30 days' and letter.discarded_at is null
               and not exists (select from inbox
                                where inbox.consumer = letter.consumer and inbox.fact_id = letter.fact_id)
            """;

    private final JdbcClient db;

    SetAside(JdbcClient db) {
        this.db = db;
    }

    /**
     * A record in the eyes of one consumer.
     *
     * @param place as {@link EventReader#place} names it
     */
    record Key(String consumer, UUID place) {

        static Key of(ConsumerRecord<?, ?> record, String consumer) {
            return new Key(consumer, EventReader.place(record));
        }
    }

    boolean isAny(String consumer) {
        return db.sql("select exists (select from dead_letters where consumer = ?)").param(consumer)
                .query(Boolean.class).single();
    }

    boolean contains(Key record) {
        return db.sql("select exists (select from dead_letters where consumer = :consumer and place = :place)")
                .paramSource(record).query(Boolean.class).single();
    }

    void add(Key record, Optional<UUID> factId) {
        db.sql("""
                insert into dead_letters (consumer, place, fact_id) values (:consumer, :place, :factId)
                on conflict do nothing
                """)
                .param("consumer", record.consumer()).param("place", record.place())
                .param("factId", factId.orElse(null)).update();
    }

    /**
     * Keeps others from giving up on it until this transaction ends; true where somebody has. What {@link #add} has not come
     * to is not kept.
     */
    boolean lockIfDiscarded(Key record) {
        return db.sql("""
                select discarded_at is not null from dead_letters
                 where consumer = :consumer and place = :place for update
                """).paramSource(record).query(Boolean.class).optional().orElse(false);
    }

    /** Takes it back, within the transaction that applies it. */
    void remove(Key record) {
        db.sql("delete from dead_letters where consumer = :consumer and place = :place").paramSource(record).update();
    }

    /** Gives up on it, as an admin said, when nobody applies it any more; false where that was done before. */
    boolean discard(Key record, @Nullable UUID factId, UUID admin) {
        return db.sql("""
                insert into dead_letters as letter (consumer, place, fact_id, discarded_at, discarded_by)
                values (:consumer, :place, :factId, now(), :admin)
                on conflict (consumer, place) do update
                   set discarded_at = excluded.discarded_at, discarded_by = excluded.discarded_by
                 where letter.discarded_at is null
                """)
                .param("consumer", record.consumer()).param("place", record.place()).param("factId", factId)
                .param("admin", admin).update() == 1;
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

    /** What was given up on is kept: it is the only thing that says why nothing came of the record. */
    void forgetAllOld() {
        db.sql("""
                delete from dead_letters where set_aside_at < now() - interval '40 days' and discarded_at is null
                """).update();
    }
}
