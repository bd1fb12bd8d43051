package com.uberpopug.ates.tasks.shuffle;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How far a shuffle is.
 *
 * @param id          the shuffle
 * @param status      {@code RUNNING}, also while it waits for an earlier one, or {@code FINISHED}
 * @param tasksTotal  how many tasks it deals; those completed before their turn drop out of it at the end
 * @param tasksDone   how many it has dealt
 * @param feesCents   what it has charged so far
 * @param assignees   how many workers it has given tasks to; null until it is finished
 * @param requestedBy who pressed the button
 * @param requestedAt when
 * @param finishedAt  when the last task was dealt; null until then
 */
record ShuffleView(UUID id, @Schema(allowableValues = {
        "RUNNING", "FINISHED"}) String status,
        @Schema(example = "120") long tasksTotal, @Schema(example = "45") long tasksDone,
        @Schema(example = "67500") long feesCents, @Schema(example = "4") @Nullable Long assignees, UUID requestedBy,
        Instant requestedAt,
        @Nullable Instant finishedAt){
}
