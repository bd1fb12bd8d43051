package com.uberpopug.ates.auth.user;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The scheduled jobs of the users. */
@Configuration(proxyBeanMethods = false)
class UserJobs {

    @Bean
    RecurringTask<Void> forgetEarlierProfiles(EarlierProfiles profiles) {
        return Tasks.recurring("forget-earlier-profiles", FixedDelay.of(Duration.ofHours(1)))
                .execute((_, _) -> profiles.deleteExpired());
    }
}
