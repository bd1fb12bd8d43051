package com.uberpopug.ates.analytics.dashboard;

import com.uberpopug.ates.analytics.balance.BelowZero;
import com.uberpopug.ates.analytics.day.BusinessDays;
import com.uberpopug.ates.analytics.earnings.Earnings;
import com.uberpopug.ates.analytics.task.CalendarPeriod;
import com.uberpopug.ates.analytics.task.Tasks;
import com.uberpopug.ates.analytics.task.Tasks.MostExpensive;
import com.uberpopug.ates.platform.pages.LiveSource;
import com.uberpopug.ates.platform.pages.LiveUpdate;
import com.uberpopug.ates.platform.web.Period;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the tiles say; whoever looks at them is told when that has changed. */
@Configuration(proxyBeanMethods = false)
class Dashboard {

    private final BusinessDays businessDays;
    private final Earnings earnings;
    private final BelowZero belowZero;
    private final Tasks tasks;

    Dashboard(BusinessDays businessDays, Earnings earnings, BelowZero belowZero, Tasks tasks) {
        this.businessDays = businessDays;
        this.earnings = earnings;
        this.belowZero = belowZero;
        this.tasks = tasks;
    }

    /** The most expensive task of a period that today lies in; null where none was completed in it. */
    record Best(CalendarPeriod period, @Nullable MostExpensive task) {
    }

    /** The business date, and what it, and the week and the month around it, have brought so far. */
    record Tiles(LocalDate today, long earnedCents, long belowZero, List<Best> best) {
    }

    @Bean
    LiveSource liveTiles() {
        return new LiveSource.Digest(this::tiles, LiveUpdate.toAll("tiles"));
    }

    Tiles tiles() {
        var today = businessDays.today();
        var periods = Arrays.asList(CalendarPeriod.values());
        var best = tasks.mostExpensive(periods.stream().map(period -> period.around(today)).toList());
        return new Tiles(today, earnings.of(new Period(today, today)).getFirst().earnedCents(), belowZero.now(),
                periods.stream().map(period -> new Best(period, best.get(period.around(today)))).toList());
    }
}
