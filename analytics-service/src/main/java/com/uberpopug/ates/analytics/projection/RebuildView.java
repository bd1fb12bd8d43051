package com.uberpopug.ates.analytics.projection;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A rebuild of all projections and its progress.
 *
 * @param id           the rebuild
 * @param state        {@code WAITING} while the broker, the registry or the database is away; {@code SWITCHED} once its
 *                     rows are served; {@code FAILED} if the rows before are still served
 * @param requestedBy  the admin who requested it
 * @param requestedAt  time of the request
 * @param startedAt    time when it first began to read; null until then
 * @param recordsRead  how far it has read the topics, by offsets
 * @param recordsTotal the offsets at which they end
 * @param deadLetters  number of records left out because they are dead letters of this service
 * @param failures     number of other records left out because their content is wrong
 * @param rowsChanged  number of rows that differed from those served before; null until the switch
 * @param problem      why it waits or has failed; else null
 * @param finishedAt   time of its end; null until then
 */
record RebuildView(UUID id, State state, UUID requestedBy, Instant requestedAt, @Nullable Instant startedAt,
        @Schema(example = "450000") long recordsRead, @Schema(example = "1200000") long recordsTotal,
        @Schema(example = "2") long deadLetters, @Schema(example = "0") long failures,
        @Schema(example = "3") @Nullable Long rowsChanged,
        @Schema(example = "The events of ates.tasks cannot be read now: the broker is away") @Nullable String problem,
        @Nullable Instant finishedAt) {

    enum State {
        REQUESTED, READING, WAITING, SWITCHED, FAILED
    }

    boolean isRunning() {
        return finishedAt == null;
    }
}
