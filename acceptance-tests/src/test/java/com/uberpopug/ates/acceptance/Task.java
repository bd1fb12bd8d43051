package com.uberpopug.ates.acceptance;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A task as returned by tasks-service at one moment. */
record Task(UUID id, String title, @Nullable String description, Status status, UUID createdBy, Instant createdAt,
        long feeCents, long amountCents, @Nullable UUID assigneeId, int assignmentNumber,
        @Nullable Instant completedAt) {

    enum Status {
        NEW, READY, ASSIGNED, COMPLETED
    }

    boolean is(Status status) {
        return this.status == status;
    }
}
