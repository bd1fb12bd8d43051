package com.uberpopug.ates.accounting.email;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Runs {@link SendEmails} every second, on one instance at a time. */
@Configuration(proxyBeanMethods = false)
class EmailJob {

    @Bean
    RecurringTask<Void> sendEmailsOfPayouts(SendEmails sendEmails) {
        return Tasks.recurring("send-emails", FixedDelay.of(Duration.ofSeconds(1))).execute(
                (_, context) -> sendEmails.sendDue(() -> context.getSchedulerState().isShuttingDown()));
    }
}
