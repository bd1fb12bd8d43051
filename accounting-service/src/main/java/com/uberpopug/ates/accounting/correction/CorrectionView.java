package com.uberpopug.ates.accounting.correction;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;

/**
 * A fee or reward that was taken back.
 *
 * @param id                 the transfer that takes it back
 * @param correctsTransferId the transfer that is taken back
 * @param userId             the worker
 * @param changeCents        by how much it changed the worker's balance; above zero where a fee was taken back
 * @param balanceAfterCents  the balance after it
 * @param businessDate       the day it counts for
 * @param reason             why
 * @param correctedBy        who did it
 * @param occurredAt         when
 */
record CorrectionView(UUID id, UUID correctsTransferId, UUID userId, long changeCents, long balanceAfterCents,
        LocalDate businessDate, @Schema(example = "It was assigned by mistake") String reason, UUID correctedBy,
        Instant occurredAt) {
}
