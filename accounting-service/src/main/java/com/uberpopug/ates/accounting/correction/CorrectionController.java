package com.uberpopug.ates.accounting.correction;

import com.uberpopug.ates.accounting.ledger.CorrectTransfer.Outcome;
import com.uberpopug.ates.accounting.ledger.CorrectTransfer;
import com.uberpopug.ates.platform.web.TypedText;
import com.uberpopug.ates.platform.web.PlainText;
import com.uberpopug.ates.platform.web.Problems;
import com.uberpopug.ates.platform.web.security.Allowed;
import com.uberpopug.ates.platform.web.security.Caller;
import com.uberpopug.ates.platform.web.security.Role;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Corrections, each of which takes a fee or a reward back. */
@RestController
@RequestMapping("/api/corrections")
class CorrectionController {

    private final CorrectTransfer correctTransfer;
    private final JdbcClient db;

    CorrectionController(CorrectTransfer correctTransfer, JdbcClient db) {
        this.correctTransfer = correctTransfer;
        this.db = db;
    }

    /**
     * What is to be taken back.
     *
     * @param transferId a fee or a reward that was not corrected before
     * @param reason     why: 1 to 500 characters after trimming, on one line
     */
    record NewCorrection(@NotNull UUID transferId,
            @NotNull @Schema(example = "It was assigned by mistake") @PlainText(min = 1, max = 500) String reason) {

        @SuppressWarnings("NullAway") // What comes in may lack the reason; validation says so.
        NewCorrection {
            reason = reason == null ? null : TypedText.stripped(reason);
        }
    }

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

    @PostMapping
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    @Operation(summary = "Take a fee or a reward back", description = "Accountants and admins. Both transfers stay in the audit log; the correction counts for today.")
    @ApiResponse(responseCode = "201", description = "The correction")
    @ApiResponse(responseCode = "409", description = "The transfer was corrected before")
    @ApiResponse(responseCode = "422", description = "The transfer is not known, or neither a fee nor a reward, or the account would overflow")
    ResponseEntity<CorrectionView> correct(@Valid @RequestBody NewCorrection wanted, Caller caller) {
        return switch (correctTransfer.correct(wanted.transferId(), wanted.reason(), caller.id())) {
            case Outcome.Corrected(var id) -> ResponseEntity.created(URI.create("/api/corrections/" + id))
                    .body(existing(id));
            case Outcome.CorrectedAlready(var id) ->
                throw Problems.conflict("The transfer was corrected before, by " + id);
            case Outcome.Overflow() -> throw Problems.unprocessable("transfer_id", "would overflow the account");
            case Outcome.Unknown() -> throw Problems.unprocessable("transfer_id", "is not known");
            case Outcome.NotCorrectable(var kind) -> throw Problems.unprocessable("transfer_id",
                    "is a %s: only fees and rewards can be corrected".formatted(kind));
        };
    }

    @GetMapping("/{id}")
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    @Operation(summary = "A correction", description = "Accountants and admins.")
    CorrectionView one(@Parameter(description = "The correction") @PathVariable UUID id) {
        return existing(id);
    }

    private CorrectionView existing(UUID id) {
        return db.sql("""
                select id, corrects_transfer_id, worker_id as user_id, change_cents, balance_after_cents, business_date,
                       reason, corrected_by, occurred_at
                  from worker_log where id = ? and kind = 'CORRECTION'
                """).param(id).query(CorrectionView.class).optional()
                .orElseThrow(() -> Problems.notFound("There is no correction " + id));
    }
}
