package com.uberpopug.ates.accounting.ledger;

import com.uberpopug.ates.platform.events.SqlArray;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The accounts: one per worker, kept for whoever was ever charged, and the company's. */
@Repository
public class Accounts {

    /** The company's side of fees and rewards. */
    static final UUID TASKS = new UUID(0, 1);
    /** The company's side of payouts. */
    static final UUID CASH = new UUID(0, 2);

    private final JdbcClient db;

    Accounts(JdbcClient db) {
        this.db = db;
    }

    /** A worker's account, locked by this transaction. */
    record Locked(UUID id, long debitsCents, long creditsCents, long logLength) {
    }

    /** What a batch adds to an account. */
    record Movement(UUID id, long debitsCents, long creditsCents, long transfers) {

        /** What an account of the company gives and takes when these are the workers' sides. */
        static Movement against(Collection<Movement> workers, UUID companyAccount) {
            long debits = workers.stream().mapToLong(Movement::creditsCents).reduce(0, Math::addExact);
            long credits = workers.stream().mapToLong(Movement::debitsCents).reduce(0, Math::addExact);
            return new Movement(companyAccount, debits, credits, 0);
        }
    }

    /** Opens the accounts of workers who have none yet. */
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
     * Has this transaction look up by indexes each row that it asks for, however small the tables are: a connection keeps its
     * plans, and one that was made when there were next to no accounts or transfers would still go through all of them when
     * there are millions.
     */
    void useIndexes() {
        db.sql("set local enable_seqscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off")
                .update();
    }

    /**
     * Locks workers' accounts in the order of their ids. Missing ones are opened first: opening them between two locks
     * would break that order, and two batches could wait for each other.
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

    /** Adds movements to accounts that this transaction has locked, or, the company's, locks last. */
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
