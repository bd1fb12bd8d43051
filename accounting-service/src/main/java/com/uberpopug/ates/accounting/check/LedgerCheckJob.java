package com.uberpopug.ates.accounting.check;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.Daily;
import com.uberpopug.ates.platform.events.Jobs;
import com.uberpopug.ates.platform.events.CachedGauge;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.LocalTime;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Checks the ledger every night, on one instance, and stores the result for all. */
@Configuration(proxyBeanMethods = false)
class LedgerCheckJob {

    private static final Logger log = LoggerFactory.getLogger(LedgerCheckJob.class);
    private static final String TASK = "check-ledger";
    private static final LocalTime AT_NIGHT = LocalTime.of(3, 0);

    private final LedgerCheck check;
    private final JdbcClient db;
    private final Clock clock;

    LedgerCheckJob(LedgerCheck check, JdbcClient db, Clock clock, MeterRegistry meters) {
        this.check = check;
        this.db = db;
        this.clock = clock;
        var last = new CachedGauge<>(this::last);
        Gauge.builder("ates.ledger.differences", () -> last.value(found -> orNaN(found.differences())))
                .description("Differences found by the last nightly check").register(meters);
        Gauge.builder("ates.ledger.check.age", () -> last.value(found -> orNaN(found.completeAgeSeconds())))
                .description("Time since the last complete check of the ledger").baseUnit("seconds").register(meters);
    }

    @Bean
    RecurringTask<Void> checkLedger(@Value("${ates.time-zone}") ZoneId zone) {
        return Tasks.recurring(TASK, new Daily(zone, AT_NIGHT)).onFailure(Jobs.tryingAgain())
                .execute((_, _) -> checkNow());
    }

    private void checkNow() {
        var now = clock.instant();
        var result = check.run();
        db.sql("insert into ledger_checks (checked_at, differences, not_compared) values (?, ?, ?)")
                .param(Timestamp.from(now)).param(result.differences().size()).param(result.notCompared()).update();
        result.differences().forEach(difference -> log.error("Ledger check: {}", difference));
        if (result.notCompared() != null) {
            log.error("The ledger check did not compare events: {}", result.notCompared());
        }
    }

    /**
     * The figures of the nightly checks.
     *
     * @param differences        number of differences of the last check; null if it failed or was incomplete
     * @param completeAgeSeconds time since the start of the last complete check; null before the first one
     */
    private record Last(@Nullable Double differences, @Nullable Double completeAgeSeconds) {
    }

    private Last last() {
        return db.sql("""
                select (select differences from ledger_checks
                         where not_compared is null and checked_at = (select max(checked_at) from ledger_checks)
                           and not exists (select from scheduled_tasks
                                            where task_name = :task and consecutive_failures > 0)) as differences,
                       (select extract(epoch from :now - max(checked_at)) from ledger_checks
                         where not_compared is null) as complete_age_seconds
                """).param("task", TASK).param("now", Timestamp.from(clock.instant())).query(Last.class).single();
    }

    private static double orNaN(@Nullable Double figure) {
        return figure == null ? Double.NaN : figure;
    }
}
