package com.uberpopug.ates.auth.security;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import com.uberpopug.ates.platform.events.Jobs;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Ends the retention of the security log's entries. */
@Configuration(proxyBeanMethods = false)
class RetentionConfiguration {

    @Bean
    RecurringTask<Void> forgetOldSecurityEvents(SecurityEvents events) {
        return Tasks.recurring("forget-old-security-events", FixedDelay.of(Duration.ofHours(1)))
                .onFailure(Jobs.tryingAgain())
                .execute((_, _) -> events.deleteExpired());
    }
}
