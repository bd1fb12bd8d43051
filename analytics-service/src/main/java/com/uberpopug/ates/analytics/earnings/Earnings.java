package com.uberpopug.ates.analytics.earnings;

import com.uberpopug.ates.platform.events.SqlArray;
import com.uberpopug.ates.platform.web.Period;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Owns the managers' earnings of each business date, as last announced by accounting. */
@Repository
public class Earnings {

    /** The sequence of a date's closing announcement, above all others. */
    static final long FINAL = Long.MAX_VALUE;

    private final JdbcClient db;

    Earnings(JdbcClient db) {
        this.db = db;
    }

    /** A date's earnings after a number of transfers. */
    record Announced(LocalDate businessDate, long sequence, long earnedCents) {
    }

    /**
     * The managers' earnings of a date.
     *
     * @param businessDate the date
     * @param earnedCents fees minus rewards; negative if rewards exceed fees
     */
    public record Earned(LocalDate businessDate, long earnedCents) {
    }

    void announce(Collection<Announced> announced) {
        db.sql("""
                insert into earnings (business_date, sequence, earned_cents)
                select distinct on (business_date) business_date, sequence, earned_cents
                  from unnest(:dates, :sequences, :earned) as announced (business_date, sequence, earned_cents)
                 order by business_date, sequence desc
                on conflict (business_date) do update
                   set sequence = excluded.sequence, earned_cents = excluded.earned_cents
                 where excluded.sequence > earnings.sequence
                """)
                .param("dates", SqlArray.dates(announced, Announced::businessDate))
                .param("sequences", SqlArray.longs(announced, Announced::sequence))
                .param("earned", SqlArray.longs(announced, Announced::earnedCents))
                .update();
    }

    /** Every date of the period, in ascending order; a date without transfers has earnings of zero. */
    public List<Earned> of(Period period) {
        return db.sql("""
                select day::date as business_date, coalesce(earned_cents, 0) as earned_cents
                  from generate_series(:from::date, :to::date, interval '1 day') as day
                  left join earnings on business_date = day::date
                 order by day
                """).param("from", period.from()).param("to", period.to()).query(Earned.class).list();
    }
}
