package com.uberpopug.ates.analytics.day;

import com.uberpopug.ates.platform.events.SqlArray;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Collection;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Owns the closed business dates and the current one. */
@Repository
public class BusinessDays {

    private final JdbcClient db;
    private final Clock clock;

    BusinessDays(JdbcClient db, Clock clock, @Value("${ates.time-zone}") ZoneId timeZone) {
        this.db = db;
        this.clock = clock.withZone(timeZone);
    }

    /** Stores closed dates. */
    public void close(Collection<LocalDate> dates) {
        db.sql("""
                insert into closed_days (business_date)
                select business_date from unnest(:dates) as business_date order by business_date
                on conflict do nothing
                """).param("dates", SqlArray.dates(dates)).update();
    }

    /** The company's current date: today, unless today was closed before its end. */
    public LocalDate today() {
        return db.sql("select greatest(:today, max(business_date) + 1) from closed_days")
                .param("today", LocalDate.now(clock)).query(LocalDate.class).single();
    }
}
