package com.uberpopug.ates.accounting.check;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.Daily;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.LocalTime;
import java.time.ZoneId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Proves the ledger every night, on one instance, and keeps what came of it for all. */
@Configuration(proxyBeanMethods = false)
class LedgerCheckJob {

    private static final Logger log = LoggerFactory.getLogger(LedgerCheckJob.class);
    private static final LocalTime AT_NIGHT = LocalTime.of(3, 0);

    private final LedgerCheck check;
    private final JdbcClient db;
    private final Clock clock;

    LedgerCheckJob(LedgerCheck check, JdbcClient db, Clock clock, MeterRegistry meters) {
        this.check = check;
        this.db = db;
        this.clock = clock;
        meters.gauge("ates.ledger.differences", this, LedgerCheckJob::lastDifferences);
    }

    @Bean
    RecurringTask<Void> checkLedger(@Value("${ates.time-zone}") ZoneId zone) {
        return Tasks.recurring("check-ledger", new Daily(zone, AT_NIGHT)).execute((_, _) -> checkNow());
    }

    private void checkNow() {
        var now = clock.instant();
        var result = check.run();
        db.sql("insert into ledger_checks (checked_at, differences, not_compared) values (?, ?, ?)")
                .param(Timestamp.from(now)).param(result.differences().size()).param(result.notCompared()).update();
        result.differences().forEach(difference -> log.error("The ledger is not as it should be: {}", difference));
        if (result.notCompared() != null) {
            log.error("The ledger was checked only in part: {}", result.notCompared());
        }
    }

    /** Not a number until it was checked for the first time. */
    private double lastDifferences() {
        return db.sql("select differences from ledger_checks order by checked_at desc limit 1").query(Double.class)
                .optional().orElse(Double.NaN);
    }
}
