package com.uberpopug.ates.analytics.dashboard;

import com.uberpopug.ates.analytics.day.BusinessDays;
import com.uberpopug.ates.analytics.task.CalendarPeriod;
import com.uberpopug.ates.analytics.task.Tasks;
import com.uberpopug.ates.analytics.task.Tasks.MostExpensive;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The figures of the tiles. */
@Component
class Dashboard {

    private final BusinessDays businessDays;
    private final Tasks tasks;
    private final JdbcClient db;

    Dashboard(BusinessDays businessDays, Tasks tasks, JdbcClient db) {
        this.businessDays = businessDays;
        this.tasks = tasks;
        this.db = db;
    }

    /** The most expensive task of a period around today; null if no task was completed in it. */
    record Best(CalendarPeriod period, @Nullable MostExpensive task) {
    }

    /** The current business date, and the figures of it and of its week and month so far. */
    record Tiles(LocalDate today, long earnedCents, long belowZero, List<Best> best) {
    }

    Tiles tiles() {
        var today = businessDays.today();
        var periods = Arrays.asList(CalendarPeriod.values());
        var best = tasks.mostExpensive(periods.stream().map(period -> period.around(today)).toList());
        return db.sql("""
                select (select coalesce(sum(earned_cents), 0) from earnings where business_date = :today) as earned,
                       (select count(*) from balances where balance_cents < 0) as below_zero
                """).param("today", today)
                .query((row, _) -> new Tiles(today, row.getLong("earned"), row.getLong("below_zero"),
                        periods.stream().map(period -> new Best(period, best.get(period.around(today)))).toList()))
                .single();
    }
}
