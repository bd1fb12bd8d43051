package com.uberpopug.ates.auth.passkey;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import com.uberpopug.ates.platform.events.Jobs;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The scheduled jobs of passkeys. */
@Configuration(proxyBeanMethods = false)
class PasskeyJobs {

    @Bean
    RecurringTask<Void> forgetUsedChallenges(Challenges challenges) {
        return Tasks.recurring("forget-used-passkey-challenges", FixedDelay.of(Duration.ofMinutes(10)))
                .onFailure(Jobs.tryingAgain())
                .execute((_, _) -> challenges.deleteExpired());
    }
}
