package com.uberpopug.ates.accounting.earnings;

import com.uberpopug.ates.accounting.earnings.EarningsView.Day;
import com.uberpopug.ates.accounting.day.BusinessDays;
import com.uberpopug.ates.platform.web.Period;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The read model of managers' earnings by business date. */
@Component
class Earnings {

    private final JdbcClient db;
    private final BusinessDays businessDays;

    Earnings(JdbcClient db, BusinessDays businessDays) {
        this.db = db;
        this.businessDays = businessDays;
    }

    /** Today's earnings, and those of each date of the period. */
    EarningsView of(Period period) {
        var today = businessDays.today();
        return new EarningsView(days(new Period(today, today)).getFirst(), days(period));
    }

    private List<Day> days(Period period) {
        return db.sql("""
                select day::date as business_date, coalesce(earned_cents, 0) as earned_cents
                  from generate_series(:from::date, :to::date, interval '1 day') as day
                  left join earnings on business_date = day::date
                 order by day
                """).param("from", period.from()).param("to", period.to()).query(Day.class).list();
    }
}
