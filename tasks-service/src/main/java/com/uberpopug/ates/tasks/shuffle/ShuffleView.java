package com.uberpopug.ates.tasks.shuffle;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The progress of a shuffle.
 *
 * @param id          the shuffle
 * @param status      {@code RUNNING}, also while an earlier shuffle runs, or {@code FINISHED}
 * @param tasksTotal  number of tasks to assign; once finished, number of tasks assigned
 * @param tasksDone   number of tasks assigned so far
 * @param feesCents   fees charged so far
 * @param assignees   number of workers with an assignment of this shuffle; null until it is finished
 * @param requestedBy the user who requested it
 * @param requestedAt time of the request
 * @param finishedAt  time of the end; null until then
 */
record ShuffleView(UUID id, Status status, @Schema(example = "120") long tasksTotal,
        @Schema(example = "45") long tasksDone, @Schema(example = "67500") long feesCents,
        @Schema(example = "4") @Nullable Long assignees, UUID requestedBy, Instant requestedAt,
        @Nullable Instant finishedAt) {

    enum Status {
        RUNNING, FINISHED
    }
}
