package com.uberpopug.ates.accounting.ledger;

import static java.util.Objects.requireNonNull;

import com.uberpopug.ates.accounting.ledger.Accounts.Movement;
import com.uberpopug.ates.platform.events.SqlArray;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Pays every worker the balance at the end of a closed day, if it is positive. */
@Component
public class PayWorkers {

    private static final int CHUNK = 500;

    private final JdbcClient db;
    private final Accounts accounts;
    private final Transfers transfers;
    private final LedgerEventPublisher events;

    PayWorkers(JdbcClient db, Accounts accounts, Transfers transfers, LedgerEventPublisher events) {
        this.db = db;
        this.accounts = accounts;
        this.transfers = transfers;
        this.events = events;
    }

    /**
     * A chunk of workers in the order of their ids.
     *
     * @param last    the last worker; null for an empty chunk, which is the end
     * @param payouts the payouts of those with a positive balance
     */
    public record Chunk(@Nullable UUID last, List<Payout> payouts) {
    }

    /** The amount owed to a worker for a date, and its parts. */
    private record Due(UUID workerId, long dueCents, long feesCents, long rewardsCents) {
    }

    /**
     * Pays the next workers by id. The caller's transaction holds the day's row, so one instance pays a day at a time.
     *
     * @param after the last worker of the chunk before; null for the first
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Chunk payNext(LocalDate date, @Nullable UUID after, Instant now) {
        accounts.useIndexes();
        var workers = db.sql("""
                select id from accounts
                 where kind = 'WORKER' and (:after::uuid is null or id > :after::uuid) order by id limit :chunk
                """).param("after", after).param("chunk", CHUNK).query(UUID.class).list();
        if (workers.isEmpty()) {
            return new Chunk(null, List.of());
        }
        var locked = accounts.lock(workers);
        var payouts = new ArrayList<Payout>();
        var movements = new ArrayList<Movement>();
        for (var due : due(workers, date)) {
            var log = new WorkerLog(requireNonNull(locked.get(due.workerId())));
            var transfer = log.payout(due.dueCents(), date, now);
            payouts.add(new Payout(transfer, due.feesCents(), due.rewardsCents(),
                    due.dueCents() - due.rewardsCents() + due.feesCents()));
            movements.add(log.movement());
        }
        if (!payouts.isEmpty()) {
            var fresh = payouts.stream().map(Payout::transfer).toList();
            transfers.insert(fresh);
            accounts.move(movements);
            accounts.move(List.of(Movement.against(movements, Accounts.CASH)));
            events.publishPayouts(payouts);
            transfers.count(fresh);
        }
        return new Chunk(workers.getLast(), payouts);
    }

    /**
     * Amounts owed: the balance without transfers of later dates. The payout itself is dated this day, so that after it
     * nothing is owed.
     */
    private List<Due> due(List<UUID> workers, LocalDate date) {
        return db
                .sql("""
                        select worker_id, due_cents, fees_cents, rewards_cents
                          from (
                            select account.id as worker_id,
                                   account.credits_cents - account.debits_cents - since.later_cents as due_cents,
                                   since.fees_cents, since.rewards_cents
                              from accounts account cross join lateral (
                                select coalesce(sum(change_cents) filter (where business_date > :date), 0) as later_cents,
                                       coalesce(-sum(change_cents) filter (where business_date = :date and counts_as = 'FEE'), 0) as fees_cents,
                                       coalesce(sum(change_cents) filter (where business_date = :date and counts_as = 'REWARD'), 0) as rewards_cents
                                  from worker_log where worker_id = account.id and business_date >= :date
                              ) since
                             where account.id = any(:workers)
                          ) owed
                         where due_cents > 0
                         order by worker_id
                        """)
                .param("date", date).param("workers", SqlArray.uuids(workers))
                .query((row, _) -> new Due(row.getObject("worker_id", UUID.class), row.getLong("due_cents"),
                        row.getLong("fees_cents"), row.getLong("rewards_cents")))
                .list();
    }
}
