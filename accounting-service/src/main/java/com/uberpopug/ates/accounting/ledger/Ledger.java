package com.uberpopug.ates.accounting.ledger;

import static java.util.Objects.requireNonNull;

import com.uberpopug.ates.accounting.day.BusinessDays;
import com.uberpopug.ates.accounting.ledger.Accounts.Movement;
import com.uberpopug.ates.accounting.ledger.Posting.NaturalKey;
import com.uberpopug.ates.platform.events.SqlArray;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * The double-entry ledger: every cent moves by a transfer from one account to another, which is written once.
 *
 * <p>A batch of any size takes a fixed number of statements. Locks are always taken in one order: business days,
 * workers' accounts by id, the days' earnings, the company's account.
 */
@Component
public class Ledger {

    private final JdbcClient db;
    private final BusinessDays days;
    private final Accounts accounts;
    private final Transfers transfers;
    private final LedgerEventPublisher events;

    Ledger(JdbcClient db, BusinessDays days, Accounts accounts, Transfers transfers, LedgerEventPublisher events) {
        this.db = db;
        this.days = days;
        this.accounts = accounts;
        this.transfers = transfers;
        this.events = events;
    }

    /**
     * Posts fees and rewards in their order; skips those that any event has posted before.
     *
     * @throws ArithmeticException if a worker's account would overflow; nothing is posted then
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void post(List<Posting> postings) {
        if (postings.isEmpty()) {
            return;
        }
        accounts.useIndexes();
        var dates = days.lockOpenDates(postings.stream().map(Posting::occurredAt).collect(Collectors.toSet()));
        var workers = accounts.lock(postings.stream().map(Posting::workerId).collect(Collectors.toSet()));
        var posted = alreadyPosted(postings);
        var logs = new LinkedHashMap<UUID, WorkerLog>();
        var fresh = new ArrayList<Transfer>();
        for (var posting : postings) {
            if (posted.add(posting.naturalKey())) {
                var log = logs.computeIfAbsent(posting.workerId(),
                        id -> new WorkerLog(requireNonNull(workers.get(id))));
                var date = requireNonNull(dates.get(posting.occurredAt()));
                fresh.add(switch (posting.kind()) {
                    case FEE -> log.fee(posting, date);
                    case REWARD -> log.reward(posting, date);
                });
            }
        }
        if (!fresh.isEmpty()) {
            write(fresh, logs.values());
        }
    }

    /** Writes and publishes fees, rewards and corrections; this transaction has locked the workers' logs. */
    void write(List<Transfer> fresh, Collection<WorkerLog> logs) {
        var movements = logs.stream().map(WorkerLog::movement).toList();
        transfers.insert(fresh);
        accounts.move(movements);
        var earnings = addToEarnings(fresh);
        accounts.move(List.of(Movement.against(movements, Accounts.TASKS)));
        events.publish(fresh, earnings);
        transfers.count(fresh);
    }

    /**
     * The postings among these that exist already. The locks on the workers' accounts exclude concurrent ones: a
     * natural key always belongs to one worker.
     *
     * <p>The limits force one index lookup for each posting. A cached plan of a plain {@code exists}, made for few
     * transfers, would later scan all of them.
     */
    private Set<NaturalKey> alreadyPosted(Collection<Posting> postings) {
        return new HashSet<>(db.sql("""
                select wanted.kind, wanted.task_id, wanted.assignment_number
                  from unnest(:kinds, :taskIds, :numbers) as wanted (kind, task_id, assignment_number)
                 cross join lateral (
                    (select from transfers
                      where wanted.kind = 'FEE' and kind = 'FEE' and task_id = wanted.task_id
                        and assignment_number = wanted.assignment_number limit 1)
                    union all
                    (select from transfers
                      where wanted.kind = 'REWARD' and kind = 'REWARD' and task_id = wanted.task_id limit 1)
                 ) as posted
                """)
                .param("kinds", SqlArray.texts(postings, posting -> posting.kind().name()))
                .param("taskIds", SqlArray.uuids(postings, Posting::taskId))
                .param("numbers", SqlArray.integers(postings, posting -> posting.naturalKey().assignmentNumber()))
                .query(NaturalKey.class).list());
    }

    private List<DayEarnings> addToEarnings(List<Transfer> transfers) {
        var days = new TreeMap<>(transfers.stream().collect(Collectors.groupingBy(Transfer::businessDate)));
        return db.sql("""
                insert into earnings as so_far (business_date, earned_cents, transfers)
                select business_date, change_cents, transfers
                  from unnest(:dates, :changes, :counts) as change (business_date, change_cents, transfers)
                 order by business_date
                on conflict (business_date) do update
                   set earned_cents = so_far.earned_cents + excluded.earned_cents,
                       transfers = so_far.transfers + excluded.transfers
                returning business_date, earned_cents, transfers
                """)
                .param("dates", SqlArray.dates(days.keySet()))
                .param("changes", SqlArray.longs(days.values(), DayEarnings::changeCents))
                .param("counts", SqlArray.longs(days.values(), ofDay -> (long) ofDay.size()))
                .query((row, _) -> {
                    var date = row.getObject("business_date", LocalDate.class);
                    return new DayEarnings(date, row.getLong("earned_cents"), row.getLong("transfers"),
                            requireNonNull(days.get(date)));
                })
                .list();
    }
}
