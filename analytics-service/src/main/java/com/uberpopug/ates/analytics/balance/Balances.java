package com.uberpopug.ates.analytics.balance;

import com.uberpopug.ates.platform.events.SqlArray;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Owns each worker's balance: now, and at the end of every business date on which it moved.
 *
 * <p>Every log position of a worker counts once, in any order and however often it is delivered.
 */
@Repository
class Balances {

    private final JdbcClient db;

    Balances(JdbcClient db) {
        this.db = db;
    }

    /**
     * One posting in a worker's log.
     *
     * @param sequence its log position
     * @param changeCents the change of the balance at the end of its date and of every later one
     * @param balanceAfterCents the balance after it and all earlier log positions, whatever their dates
     */
    record Posting(UUID workerId, long sequence, LocalDate businessDate, long changeCents, long balanceAfterCents) {
    }

    private record Place(UUID workerId, long sequence) {
    }

    /** Counts the postings whose log positions are not counted yet. */
    void post(Collection<Posting> received) {
        open(received);
        var uncounted = new HashSet<>(lockAndFindUncounted(received));
        var postings = received.stream()
                .filter(posting -> uncounted.contains(new Place(posting.workerId(), posting.sequence()))).toList();
        updateBalances(postings);
        openDays(postings);
        updateDays(postings);
    }

    private void open(Collection<Posting> postings) {
        db.sql("""
                insert into balances (worker_id)
                select distinct worker_id from unnest(:workers) as worker_id order by worker_id
                on conflict do nothing
                """).param("workers", SqlArray.uuids(postings, Posting::workerId)).update();
    }

    private List<Place> lockAndFindUncounted(Collection<Posting> postings) {
        return db.sql("""
                select worker_id, sequence
                  from unnest(:workers, :sequences) as posting (worker_id, sequence)
                  join balances using (worker_id)
                 where not counted @> sequence
                 order by worker_id
                   for update of balances
                """)
                .param("workers", SqlArray.uuids(postings, Posting::workerId))
                .param("sequences", SqlArray.longs(postings, Posting::sequence))
                .query(Place.class).list();
    }

    private void updateBalances(Collection<Posting> postings) {
        db.sql("""
                update balances
                   set counted = counted + places,
                       balance_cents = case when upper(places) > coalesce(upper(counted), 0)
                                            then balance_after_cents else balance_cents end
                  from (select worker_id, range_agg(int8range(sequence, sequence, '[]')) as places,
                               (array_agg(balance_after_cents order by sequence desc))[1] as balance_after_cents
                          from unnest(:workers, :sequences, :balances)
                               as posting (worker_id, sequence, balance_after_cents)
                         group by worker_id) as posting
                 where balances.worker_id = posting.worker_id
                """)
                .param("workers", SqlArray.uuids(postings, Posting::workerId))
                .param("sequences", SqlArray.longs(postings, Posting::sequence))
                .param("balances", SqlArray.longs(postings, Posting::balanceAfterCents))
                .update();
    }

    /** A worker's new date starts with the balance at the end of the date before. */
    private void openDays(Collection<Posting> postings) {
        db.sql("""
                insert into daily_balances (worker_id, business_date, balance_cents)
                select distinct worker_id, business_date, coalesce((
                           select balance_cents
                             from daily_balances as earlier
                            where earlier.worker_id = posting.worker_id
                              and earlier.business_date < posting.business_date
                            order by earlier.business_date desc
                            limit 1), 0)
                  from unnest(:workers, :dates) as posting (worker_id, business_date)
                on conflict do nothing
                """)
                .param("workers", SqlArray.uuids(postings, Posting::workerId))
                .param("dates", SqlArray.dates(postings, Posting::businessDate))
                .update();
    }

    /**
     * A change moves its date and all later ones. If it takes the worker across zero, the count differs by one from
     * that date up to the next date on which the worker crosses back.
     */
    private void updateDays(Collection<Posting> postings) {
        db.sql("""
                with change as (
                    select worker_id, business_date, sum(change_cents) as cents
                      from unnest(:workers, :dates, :changes) as posting (worker_id, business_date, change_cents)
                     group by worker_id, business_date
                ), step as (
                    select worker_id, business_date,
                           lead(business_date, 1, 'infinity') over by_date as next_date,
                           sum(cents) over by_date as cents
                      from change
                    window by_date as (partition by worker_id order by business_date)
                ), moved as (
                    update daily_balances as day
                       set balance_cents = balance_cents + step.cents
                      from step
                     where day.worker_id = step.worker_id
                       and day.business_date >= step.business_date and day.business_date < step.next_date
                    returning day.worker_id, day.business_date,
                              (new.balance_cents < 0)::integer - (old.balance_cents < 0)::integer as crossed
                ), turned as (
                    select business_date,
                           crossed - lag(crossed, 1, 0) over (partition by worker_id order by business_date) as workers
                      from moved
                )
                insert into below_zero_changes (business_date, workers)
                select business_date, sum(workers) from turned
                 group by business_date having sum(workers) <> 0
                 order by business_date
                on conflict (business_date) do update
                   set workers = below_zero_changes.workers + excluded.workers
                """)
                .param("workers", SqlArray.uuids(postings, Posting::workerId))
                .param("dates", SqlArray.dates(postings, Posting::businessDate))
                .param("changes", SqlArray.longs(postings, Posting::changeCents))
                .update();
    }
}
