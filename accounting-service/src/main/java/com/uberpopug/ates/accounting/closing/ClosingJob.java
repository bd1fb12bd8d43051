package com.uberpopug.ates.accounting.closing;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Runs {@link CloseDays} every second, on one instance at a time. */
@Configuration(proxyBeanMethods = false)
class ClosingJob {

    @Bean
    RecurringTask<Void> closeBusinessDays(CloseDays closeDays) {
        return Tasks.recurring("close-business-days", FixedDelay.of(Duration.ofSeconds(1)))
                .execute((_, context) -> closeDays.closeDue(context.getSchedulerState()));
    }
}
