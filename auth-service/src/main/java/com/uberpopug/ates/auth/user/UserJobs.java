package com.uberpopug.ates.auth.user;

import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.FailureHandler;
import com.github.kagkarlsson.scheduler.task.Task;
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

    /** Tries a mail 14 times with pauses from 10 seconds that double: for 23 hours, nearly as long as a link is valid. */
    @Bean
    Task<PasswordNotice> mailPasswordNotices(SendPasswordNotice sender) {
        return Tasks.custom(PasswordNotice.TASK)
                .onFailure(FailureHandler.<PasswordNotice>maxRetries(13).withBackoff(Duration.ofSeconds(10), 2)
                        .thenRemove())
                .execute((notice, context) -> {
                    if (context.getExecution().lastSuccess != null) {
                        return new CompletionHandler.OnCompleteRemove<>();
                    }
                    sender.send(notice.getData());
                    // It counts for an hour: see PasswordNotices.
                    return (sent, operations) -> operations.reschedule(sent,
                            sent.getTimeDone().plus(PasswordNotices.COUNTS_FOR));
                });
    }
}
