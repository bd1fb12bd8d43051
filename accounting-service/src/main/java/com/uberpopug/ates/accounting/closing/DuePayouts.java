package com.uberpopug.ates.accounting.closing;

import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Previews the payouts of a close: the workers, and the amounts. */
@Component
class DuePayouts {

    private final JdbcClient db;

    DuePayouts(JdbcClient db) {
        this.db = db;
    }

    /** A worker's payouts in all of the days together. */
    record Due(UUID workerId, long cents) {
    }

    /**
     * @param workers number of workers with a payout
     * @param cents   sum of the payouts
     * @param highest the highest payouts, the highest first
     */
    record Total(long workers, long cents, List<Due> highest) {
    }

    private record Row(UUID workerId, long cents, long workers, long total) {
    }

    /**
     * Previews the close of all days from the oldest open one to a date. Each day pays a positive balance at its end,
     * so together they pay the worker's highest balance at the end of any of them.
     *
     * @param most maximum number of workers to list
     */
    Total until(LocalDate date, LocalDate oldestOpen, int most) {
        var rows = db.sql("""
                select id as worker_id, cents, count(*) over () as workers, (sum(cents) over ())::bigint as total
                  from (
                    select account.id,
                           (select max(balance_cents)
                              from (select business_date,
                                           (account.credits_cents - account.debits_cents + sum(change_cents)
                                            - sum(sum(change_cents)) over (order by business_date desc))::bigint
                                               as balance_cents
                                      from worker_log
                                     where worker_id = account.id and business_date >= :oldest
                                     group by business_date) ends
                             where business_date <= :date) as cents
                      from accounts account where kind = 'WORKER'
                  ) due
                 where cents > 0 order by cents desc, id limit :most
                """).param("oldest", oldestOpen).param("date", date).param("most", most).query(Row.class).list();
        return rows.isEmpty()
                ? new Total(0, 0, List.of())
                : new Total(rows.getFirst().workers(), rows.getFirst().total(),
                        rows.stream().map(row -> new Due(row.workerId(), row.cents())).toList());
    }
}
