package com.uberpopug.ates.auth.attempt;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import com.uberpopug.ates.platform.events.Jobs;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The scheduled job of this package. */
@Configuration(proxyBeanMethods = false)
class AttemptConfiguration {

    @Bean
    RecurringTask<Void> forgetOldSignInAttempts(SignInAttempts attempts, KnownDevices devices) {
        return Tasks.recurring("forget-old-sign-in-attempts", FixedDelay.of(Duration.ofMinutes(10)))
                .onFailure(Jobs.tryingAgain())
                .execute((_, _) -> {
                    attempts.deleteExpired();
                    devices.deleteExpired();
                });
    }
}
