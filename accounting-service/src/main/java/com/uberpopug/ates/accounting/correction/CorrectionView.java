package com.uberpopug.ates.accounting.correction;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;

/**
 * The correction of a fee or reward.
 *
 * @param id                 the transfer that corrects
 * @param correctsTransferId the corrected transfer
 * @param userId             the worker
 * @param changeCents        the change of the worker's balance; positive for a corrected fee
 * @param balanceAfterCents  the balance after it
 * @param businessDate       its business date
 * @param reason             its reason
 * @param correctedBy        the user who corrected it
 * @param occurredAt         its time
 */
record CorrectionView(UUID id, UUID correctsTransferId, UUID userId, long changeCents, long balanceAfterCents,
        LocalDate businessDate, @Schema(example = "It was assigned by mistake") String reason, UUID correctedBy,
        Instant occurredAt) {
}
