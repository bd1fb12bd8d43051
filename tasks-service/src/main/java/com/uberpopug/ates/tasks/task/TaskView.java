package com.uberpopug.ates.tasks.task;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A task as the API shows it.
 *
 * @param id               the task
 * @param title            1 to 200 characters
 * @param description      up to 10,000 characters; null where none was given
 * @param status           {@code NEW} until it is priced, {@code READY} until it is first assigned, {@code ASSIGNED},
 *                         {@code COMPLETED}
 * @param createdBy        the user who created it
 * @param createdAt        when
 * @param feeCents         what an assignment costs its assignee, 1000 to 2000; null while NEW
 * @param amountCents      what completing it earns, 2000 to 4000; null while NEW
 * @param assigneeId       the popug it is assigned to now, or who completed it; null before the first assignment
 * @param assignmentNumber how often it was assigned
 * @param assignedAt       when it was assigned last; null before the first assignment
 * @param completedAt      when it was completed; null until then
 * @param version          raised by every change; in the answers' {@code ETag}
 */
record TaskView(UUID id, @Schema(example = "Repaint the button") String title,
        @Schema(example = "In the green of the parrots") @Nullable String description,
        @Schema(allowableValues = {
                "NEW", "READY", "ASSIGNED", "COMPLETED"}) String status,
        UUID createdBy, Instant createdAt,
        @Nullable Long feeCents, @Schema(example = "2700") @Nullable Long amountCents, @Nullable UUID assigneeId,
        int assignmentNumber,
        @Nullable Instant assignedAt, @Nullable Instant completedAt, @JsonIgnore long version){
}
