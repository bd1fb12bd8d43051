package com.uberpopug.ates.tasks.shuffle;

import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.ExecutionContext;
import com.github.kagkarlsson.scheduler.task.FailureHandler;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Schedules shuffles: one at a time over all instances; after a crash another instance continues. */
@Configuration(proxyBeanMethods = false)
class ShuffleJob {

    static final TaskDescriptor<Void> TASK = TaskDescriptor.of("shuffle");
    private static final Duration WAIT_FOR_EARLIER = Duration.ofMillis(500);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

    @Bean
    Task<Void> shuffle(RunShuffle runShuffle, Clock clock) {
        return Tasks.custom(TASK)
                .onFailure(new FailureHandler.OnFailureRetryLater<>(PAUSE_AFTER_FAILURE))
                .execute((instance, context) -> run(UUID.fromString(instance.getId()), runShuffle, context, clock));
    }

    private static CompletionHandler<Void> run(UUID shuffleId, RunShuffle runShuffle, ExecutionContext context,
            Clock clock) {
        while (!context.getSchedulerState().isShuttingDown()) {
            switch (runShuffle.nextChunk(shuffleId)) {
                case MORE -> {
                }
                case WAIT_FOR_EARLIER -> {
                    return again(clock.instant().plus(WAIT_FOR_EARLIER));
                }
                case FINISHED -> {
                    return new CompletionHandler.OnCompleteRemove<>();
                }
            }
        }
        return again(clock.instant());
    }

    private static CompletionHandler<Void> again(Instant at) {
        return (complete, operations) -> operations.reschedule(complete, at);
    }
}
