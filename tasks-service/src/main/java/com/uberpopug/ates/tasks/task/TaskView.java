package com.uberpopug.ates.tasks.task;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.uberpopug.ates.events.TaskTitle;
import com.uberpopug.ates.tasks.task.Task.Status;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A task as the API shows it.
 *
 * @param id               the task
 * @param jiraId           its id in Jira, at most 50 characters; null for none
 * @param title            1 to 200 characters, neither {@code [} nor {@code ]} among them
 * @param description      up to 10,000 characters; null for none
 * @param status           {@code NEW} until it is priced, {@code READY} until its first assignment, {@code ASSIGNED},
 *                         {@code COMPLETED}
 * @param createdBy        the user who created it
 * @param createdAt        time of its creation
 * @param feeCents         fee of an assignment, charged to the assignee, 1000 to 2000; null while NEW
 * @param amountCents      reward of its completion, 2000 to 4000; null while NEW
 * @param assigneeId       the current assignee, or the popug who completed it; null before the first assignment
 * @param assignmentNumber number of its assignments so far
 * @param assignedAt       time of the last assignment; null before the first assignment
 * @param completedAt      time of its completion; null until then
 * @param version          raised by every change; the {@code ETag} of responses
 */
record TaskView(UUID id, @Schema(example = "UBERPOP-42") @Nullable String jiraId,
        @Schema(example = "Repaint the button") String title,
        @Schema(example = "In the green of the parrots") @Nullable String description,
        Status status, UUID createdBy, Instant createdAt, @Nullable Long feeCents,
        @Schema(example = "2700") @Nullable Long amountCents, @Nullable UUID assigneeId, int assignmentNumber,
        @Nullable Instant assignedAt, @Nullable Instant completedAt, @JsonIgnore long version) {

    /** Id and title on one line, for the name of a page or a button. */
    @JsonIgnore
    public String line() {
        return new TaskTitle(jiraId, title).line();
    }
}
