package com.uberpopug.ates.accounting.day;

import com.uberpopug.ates.platform.events.SqlArray;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Assigns business dates, and keeps closed days free of new transfers. */
@Component
public class BusinessDays {

    /** Earlier events open no day: their clock was unset, or their unit of time was wrong. */
    public static final LocalDate EARLIEST = LocalDate.of(2000, 1, 1);

    private final JdbcClient db;
    private final Clock clock;
    private final ZoneId zone;

    BusinessDays(JdbcClient db, Clock clock, @Value("${ates.time-zone}") ZoneId zone) {
        this.db = db;
        this.clock = clock;
        this.zone = zone;
    }

    /** The business date of a transfer that occurs now. */
    public LocalDate today() {
        return oldestOpen(dateOf(clock.instant()), lastClosed());
    }

    /** The oldest open date; empty before the first transfer and the first close. */
    public Optional<LocalDate> oldestOpen() {
        var lastClosed = lastClosed();
        return lastClosed == null ? first() : Optional.of(lastClosed.plusDays(1));
    }

    /** The first business date; empty before the first transfer and the first close. */
    public Optional<LocalDate> first() {
        return db.sql("select min(business_date) from business_days")
                .query((row, _) -> Optional.ofNullable(row.getObject(1, LocalDate.class))).single();
    }

    /** The last date that had ended a given time ago, in the company's time zone. */
    public LocalDate lastEnded(Duration ago) {
        return dateOf(clock.instant().minus(ago)).minusDays(1);
    }

    /** The instant at which a date ends. */
    public Instant endOf(LocalDate date) {
        return date.plusDays(1).atStartOfDay(zone).toInstant();
    }

    /**
     * Gives each instant its business date: the date it lies on, or today if that is in the future, or the oldest open
     * date if that one is closed or before {@link #EARLIEST}. The dates stay open until the caller's transaction ends.
     */
    public Map<Instant, LocalDate> lockOpenDates(Collection<Instant> occurred) {
        while (true) {
            var lastClosed = lastClosed();
            var today = dateOf(clock.instant());
            var dates = new HashMap<Instant, LocalDate>();
            for (var instant : occurred) {
                dates.put(instant, openDate(dateOf(instant), today, lastClosed));
            }
            if (lockOpen(new HashSet<>(dates.values()))) {
                return dates;
            }
            // A day was closed between the read and the lock: read again.
        }
    }

    private LocalDate openDate(LocalDate date, LocalDate today, @Nullable LocalDate lastClosed) {
        return lastClosed == null && date.isBefore(EARLIEST)
                ? first().orElse(today)
                : oldestOpen(date.isAfter(today) ? today : date, lastClosed);
    }

    private boolean lockOpen(Set<LocalDate> dates) {
        var locked = lock(dates);
        if (locked.size() < dates.size()) {
            // Holds no lock yet: a close blocks inserts, and must not wait for rows that this transaction holds. After
            // the wait the insert sees the new close, and adds no day before it.
            db.sql("""
                    insert into business_days (business_date)
                    select business_date from unnest(:dates) as day (business_date)
                     where not exists (select from business_days later
                                        where later.business_date > day.business_date and later.closed_at is not null)
                     order by business_date
                    on conflict do nothing
                    """).param("dates", SqlArray.dates(dates)).update();
            locked = lock(dates);
        }
        return locked.size() == dates.size() && locked.values().stream().noneMatch(closed -> closed);
    }

    /** Locks days against a close, and reads whether each is closed; empty unless all rows exist. */
    private Map<LocalDate, Boolean> lock(Set<LocalDate> dates) {
        var closed = new HashMap<LocalDate, Boolean>();
        db.sql("""
                select business_date, closed_at is not null as closed
                  from business_days
                 where business_date = any(:dates)
                   and (select count(*) from business_days where business_date = any(:dates)) = :count
                 order by business_date for share
                """).param("dates", SqlArray.dates(dates)).param("count", dates.size())
                .query(row -> {
                    closed.put(row.getObject("business_date", LocalDate.class), row.getBoolean("closed"));
                });
        return closed;
    }

    private @Nullable LocalDate lastClosed() {
        return db.sql("select max(business_date) from business_days where closed_at is not null")
                .query((row, _) -> row.getObject(1, LocalDate.class)).list().getFirst();
    }

    private static LocalDate oldestOpen(LocalDate date, @Nullable LocalDate lastClosed) {
        return lastClosed == null || date.isAfter(lastClosed) ? date : lastClosed.plusDays(1);
    }

    private LocalDate dateOf(Instant instant) {
        return LocalDate.ofInstant(instant, zone);
    }
}
