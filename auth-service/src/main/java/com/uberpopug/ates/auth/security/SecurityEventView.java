package com.uberpopug.ates.auth.security;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the security log.
 *
 * @param id         the id
 * @param service    where it happened
 * @param kind       what happened
 * @param outcome    {@code DONE}, {@code FAILED} or {@code REFUSED}
 * @param actorId    the user who did it; null for a stranger, a program, or the system itself
 * @param actorLogin their login; null once they are erased
 * @param client     the program that did it; null for a person
 * @param userId     the user whom it concerns; null where it concerns nobody
 * @param userLogin  their login; null once they are erased
 * @param subject    what it concerns, such as a date, an id, or a role before and after
 * @param address    the remote address; null for the system itself
 * @param userAgent  the browser or program, as it named itself, cut at 200 characters
 * @param trace      the trace id of the request
 * @param times      how many alike events it stands for
 * @param occurredAt when it happened; for several, the last of them
 */
record SecurityEventView(UUID id, @Schema(example = "auth-service") String service,
        @Schema(example = "ROLE_CHANGED") String kind, @Schema(example = "DONE") String outcome,
        @Nullable UUID actorId, @Schema(example = "admin") @Nullable String actorLogin,
        @Schema(example = "robot") @Nullable String client, @Nullable UUID userId,
        @Schema(example = "anna") @Nullable String userLogin,
        @Schema(example = "popug > manager") @Nullable String subject,
        @Schema(example = "192.0.2.1") @Nullable String address,
        @Schema(example = "Mozilla/5.0") @Nullable String userAgent,
        @Schema(example = "4bf92f3577b34da6a3ce929d0e0e4736") @Nullable String trace,
        @Schema(example = "1") int times, Instant occurredAt) {
}
