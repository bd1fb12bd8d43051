package com.uberpopug.ates.tasks.task;

import com.uberpopug.ates.platform.web.TypedText;
import com.uberpopug.ates.platform.web.PlainText;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.NotNull;
import java.time.Clock;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Creates a task; every signed-in user may. */
@Component
class CreateTask {

    private final Tasks tasks;
    private final TaskEventPublisher events;
    private final Clock clock;

    CreateTask(Tasks tasks, TaskEventPublisher events, Clock clock) {
        this.tasks = tasks;
        this.events = events;
        this.clock = clock;
    }

    /**
     * A request to create a task.
     *
     * @param title       1 to 200 characters after trimming, on one line
     * @param description up to 10,000 characters after trimming; optional
     */
    record NewTask(@Schema(example = "Repaint the button") @NotNull @PlainText(min = 1, max = 200) String title,
            @Schema(example = "In the green of the parrots") @Nullable @PlainText(max = 10_000, lines = true) String description) {

        @SuppressWarnings("NullAway") // A request may lack the title; validation reports it.
        NewTask {
            title = title == null ? null : TypedText.stripped(title);
            description = description == null ? null : TypedText.stripped(description);
        }
    }

    @Transactional
    UUID create(NewTask wanted, UUID creator) {
        var task = tasks.saveAndFlush(new Task(wanted.title(), wanted.description(), creator, clock.instant()));
        events.publish(task.created());
        return task.id();
    }
}
