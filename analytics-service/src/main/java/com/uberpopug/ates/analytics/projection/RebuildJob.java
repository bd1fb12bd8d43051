package com.uberpopug.ates.analytics.projection;

import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.ExecutionContext;
import com.github.kagkarlsson.scheduler.task.FailureHandler;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Schedules rebuilds: each on one instance; after a crash another instance begins it again. */
@Configuration(proxyBeanMethods = false)
class RebuildJob {

    static final TaskDescriptor<Void> TASK = TaskDescriptor.of("rebuild-projections");
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(5);

    @Bean
    Task<Void> rebuildProjections(RunRebuild rebuild, Clock clock) {
        return Tasks.custom(TASK)
                .onFailure(new FailureHandler.OnFailureRetryLater<>(PAUSE_AFTER_FAILURE))
                .execute((instance, context) -> run(UUID.fromString(instance.getId()), rebuild, context, clock));
    }

    private static CompletionHandler<Void> run(UUID id, RunRebuild rebuild, ExecutionContext context, Clock clock) {
        return rebuild.run(id, () -> !context.getSchedulerState().isShuttingDown())
                ? new CompletionHandler.OnCompleteRemove<>()
                : (complete, operations) -> operations.reschedule(complete, clock.instant());
    }
}
