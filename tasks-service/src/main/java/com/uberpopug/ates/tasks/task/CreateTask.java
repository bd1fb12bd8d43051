package com.uberpopug.ates.tasks.task;

import com.uberpopug.ates.events.TaskTitle;
import com.uberpopug.ates.platform.web.TypedText;
import com.uberpopug.ates.platform.web.PlainText;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Clock;
import java.util.Objects;
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
     * A request to create a task. An id before the title, as in {@code [UBERPOP-42] - Repaint the button}, is taken for
     * its Jira id, by the rule of {@link TaskTitle}, unless another one is given.
     *
     * @param jiraId      such as {@code UBERPOP-42}, at most 50 characters; optional
     * @param title       1 to 200 characters after trimming, on one line, neither {@code [} nor {@code ]} among them
     * @param description up to 10,000 characters after trimming; optional
     */
    record NewTask(
            @Schema(example = "UBERPOP-42") @Nullable @Pattern(regexp = TaskTitle.JIRA_ID, message = "must be a Jira id such as UBERPOP-42") @Size(max = TaskTitle.MOST_OF_JIRA_ID) String jiraId,
            @Schema(example = "Repaint the button") @NotNull @PlainText(min = 1, max = 200) @Pattern(regexp = "[^\\[\\]]*", message = "must not hold [ or ], except around its Jira id before it, in capital letters and the same as jira_id") String title,
            @Schema(example = "In the green of the parrots") @Nullable @PlainText(max = 10_000, lines = true) String description) {

        @SuppressWarnings("NullAway") // A request may lack the title; validation reports it.
        NewTask {
            jiraId = jiraId == null || TypedText.stripped(jiraId).isEmpty()
                    ? null
                    : Objects.requireNonNullElse(TaskTitle.jiraId(jiraId), TypedText.stripped(jiraId));
            title = title == null ? null : TypedText.stripped(title);
            description = description == null ? null : TypedText.stripped(description);
            if (title != null) {
                // Perhaps twice: once in a browser that has split it before.
                for (var split = TaskTitle.split(title); split.jiraId() != null
                        && (jiraId == null || jiraId.equals(split.jiraId())); split = TaskTitle.split(title)) {
                    jiraId = split.jiraId();
                    title = split.text();
                }
            }
        }
    }

    @Transactional
    UUID create(NewTask wanted, UUID creator) {
        var task = tasks.saveAndFlush(new Task(new TaskTitle(wanted.jiraId(), wanted.title()), wanted.description(),
                creator, clock.instant()));
        events.publish(task.created());
        return task.id();
    }
}
