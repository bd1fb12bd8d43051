package com.uberpopug.ates.analytics.balance;

import com.uberpopug.ates.platform.web.Period;
import java.time.LocalDate;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Counts the workers below zero. */
@Repository
public class BelowZero {

    private final JdbcClient db;

    BelowZero(JdbcClient db) {
        this.db = db;
    }

    /**
     * The number of workers below zero at the end of a date.
     *
     * @param businessDate the date
     * @param count includes everything dated up to the date; final once the date is closed
     */
    public record DayEnd(LocalDate businessDate, long count) {
    }

    long now() {
        return db.sql("select count(*) from balances where balance_cents < 0").query(Long.class).single();
    }

    /** Every date of the period, in ascending order. */
    public List<DayEnd> atTheEndOf(Period period) {
        return db.sql("""
                with before as (
                    select coalesce(sum(workers), 0) as count from below_zero_changes where business_date < :from
                )
                select day::date as business_date,
                       before.count + sum(coalesce(workers, 0)) over (order by day) as count
                  from before
                 cross join generate_series(:from::date, :to::date, interval '1 day') as day
                  left join below_zero_changes on business_date = day::date
                 order by day
                """).param("from", period.from()).param("to", period.to()).query(DayEnd.class).list();
    }
}
