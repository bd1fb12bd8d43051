package com.uberpopug.ates.accounting.day;

import com.uberpopug.ates.accounting.day.BusinessDayView.Status;
import com.uberpopug.ates.platform.web.Cursor;
import com.uberpopug.ates.platform.web.Page;
import com.uberpopug.ates.platform.web.Period;
import java.time.LocalDate;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The read model of business days: status, earnings, payouts, and the progress of a close. */
@Component
public class DayReports {

    private static final String DAYS = """
            select business_date,
                   case when finished_at is not null then 'CLOSED'
                        when requested_at is not null or closed_at is not null then 'CLOSING'
                        else 'OPEN' end as status,
                   coalesce(earned_cents, 0) as earned_cents, payouts, paid_cents, closed_at, finished_at
              from business_days left join earnings using (business_date)
            """;

    private final JdbcClient db;
    private final BusinessDays days;

    DayReports(JdbcClient db, BusinessDays days) {
        this.db = db;
        this.days = days;
    }

    /**
     * The progress of the running close.
     *
     * @param done  number of accounts that the payouts have passed
     * @param total number of accounts
     */
    public record Progress(long done, long total) {
    }

    /**
     * A page of the days, the newest first.
     *
     * @param before the last day of the page before; empty for the first page
     */
    public Page<BusinessDayView> page(Optional<LocalDate> before, int limit) {
        var found = db.sql(DAYS + " where :before::date is null or business_date < :before::date"
                + " order by business_date desc limit :rows")
                .param("before", before.orElse(null)).param("rows", limit + 1).query(BusinessDayView.class).list();
        return Page.of(found, limit, day -> Cursor.of(day.businessDate()));
    }

    /** The day; empty before the first business day, in the future, and off the calendar. */
    public Optional<BusinessDayView> find(LocalDate date) {
        return Period.isOnCalendar(date)
                ? db.sql(DAYS + " where business_date = :date").param("date", date).query(BusinessDayView.class)
                        .optional().or(() -> withoutTransfers(date))
                : Optional.empty();
    }

    /** A day without transfers has no row. */
    private Optional<BusinessDayView> withoutTransfers(LocalDate date) {
        return date.isAfter(days.today()) || date.isBefore(days.first().orElse(days.today()))
                ? Optional.empty()
                : Optional.of(new BusinessDayView(date, Status.OPEN, 0, 0, 0, null, null));
    }

    public Progress progress() {
        return db.sql("""
                select count(*) filter (where id <= paid_until) as done, count(*) as total
                  from accounts
                 cross join (select paid_until from business_days
                              where closed_at is not null or requested_at is not null
                              order by finished_at is null desc, business_date limit 1) closing
                 where kind = 'WORKER'
                """).query(Progress.class).single();
    }
}
