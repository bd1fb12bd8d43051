package com.uberpopug.ates.accounting.ledger;

import com.uberpopug.ates.platform.events.CachedGauge;
import com.uberpopug.ates.platform.events.SqlArray;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The accounts: one for each worker, kept for ever, and the company's two. */
@Repository
public class Accounts {

    /** The company's side of fees and rewards. */
    static final UUID TASKS = new UUID(0, 1);
    /** The company's side of payouts. */
    static final UUID CASH = new UUID(0, 2);

    private final JdbcClient db;

    Accounts(JdbcClient db, MeterRegistry meters) {
        this.db = db;
        var belowZero = new CachedGauge<>(this::belowZero);
        Gauge.builder("ates.workers.below.zero", () -> belowZero.value(BelowZero::workers))
                .description("Workers with a balance below zero").register(meters);
        Gauge.builder("ates.workers.below.zero.cents", () -> belowZero.value(BelowZero::cents))
                .description("What they owe together, in cents").register(meters);
    }

    private record BelowZero(long workers, long cents) {
    }

    private BelowZero belowZero() {
        return db.sql("""
                select count(*) as workers, coalesce(sum(debits_cents - credits_cents), 0)::bigint as cents
                  from accounts where kind = 'WORKER' and debits_cents > credits_cents
                """).query(BelowZero.class).single();
    }

    /** A worker's account, locked by this transaction. */
    record Locked(UUID id, long debitsCents, long creditsCents, long logLength) {
    }

    /** The amounts that a batch adds to an account. */
    record Movement(UUID id, long debitsCents, long creditsCents, long transfers) {

        /** The company's side of these workers' movements. */
        static Movement against(Collection<Movement> workers, UUID companyAccount) {
            long debits = workers.stream().mapToLong(Movement::creditsCents).reduce(0, Math::addExact);
            long credits = workers.stream().mapToLong(Movement::debitsCents).reduce(0, Math::addExact);
            return new Movement(companyAccount, debits, credits, 0);
        }
    }

    /** Opens the missing accounts of these workers. */
    public void open(Collection<UUID> workerIds) {
        db.sql("""
                insert into accounts (id, kind)
                select id, 'WORKER' from unnest(:ids) as worker (id)
                 where not exists (select from accounts where accounts.id = worker.id)
                 group by id order by id
                on conflict (id) do nothing
                """).param("ids", SqlArray.uuids(workerIds)).update();
    }

    /**
     * Makes this transaction use indexes only. A connection caches its plans: a plan made for nearly empty tables would
     * otherwise scan millions of accounts and transfers later.
     */
    void useIndexes() {
        db.sql("set local enable_seqscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off")
                .update();
    }

    /**
     * Locks workers' accounts in the order of their ids. Missing accounts are opened first: an insert between two locks
     * would break that order, and two batches could deadlock.
     */
    Map<UUID, Locked> lock(Collection<UUID> workerIds) {
        open(workerIds);
        return db.sql("""
                select id, debits_cents, credits_cents, log_length
                  from accounts where id = any(:ids) order by id for update
                """).param("ids", SqlArray.uuids(workerIds))
                .query((row, _) -> new Locked(row.getObject("id", UUID.class), row.getLong("debits_cents"),
                        row.getLong("credits_cents"), row.getLong("log_length")))
                .list().stream().collect(Collectors.toMap(Locked::id, account -> account));
    }

    /** Adds movements to accounts; workers' accounts are locked before, the company's are locked here, last. */
    void move(Collection<Movement> movements) {
        db.sql("""
                update accounts
                   set debits_cents = accounts.debits_cents + movement.debits_cents,
                       credits_cents = accounts.credits_cents + movement.credits_cents,
                       log_length = accounts.log_length + movement.transfers
                  from unnest(:ids, :debits, :credits, :transfers)
                       as movement (id, debits_cents, credits_cents, transfers)
                 where accounts.id = movement.id
                """)
                .param("ids", SqlArray.uuids(movements, Movement::id))
                .param("debits", SqlArray.longs(movements, Movement::debitsCents))
                .param("credits", SqlArray.longs(movements, Movement::creditsCents))
                .param("transfers", SqlArray.longs(movements, Movement::transfers))
                .update();
    }
}
