package com.uberpopug.ates.accounting.correction;

import com.uberpopug.ates.accounting.ledger.CorrectTransfer.Outcome;
import com.uberpopug.ates.accounting.ledger.CorrectTransfer;
import com.uberpopug.ates.platform.web.Problems;
import com.uberpopug.ates.platform.web.security.Allowed;
import com.uberpopug.ates.platform.web.security.Caller;
import com.uberpopug.ates.platform.web.security.FreshSignIn;
import com.uberpopug.ates.platform.web.security.Role;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.validation.Valid;
import java.net.URI;
import java.util.UUID;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Corrections over REST: each reverses a fee or a reward. */
@RestController
@RequestMapping("/api/corrections")
class CorrectionController {

    private final CorrectTransfer correctTransfer;
    private final Corrections corrections;

    CorrectionController(CorrectTransfer correctTransfer, Corrections corrections) {
        this.correctTransfer = correctTransfer;
        this.corrections = corrections;
    }

    @PostMapping
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    @FreshSignIn
    @Operation(summary = "Correct a fee or a reward", description = "Accountants and admins. The correction reverses the whole transfer and is dated today; both stay in the audit log.")
    @ApiResponse(responseCode = "201", description = "The correction")
    @ApiResponse(responseCode = "409", description = "The transfer was corrected before")
    @ApiResponse(responseCode = "422", description = "The transfer is unknown, or neither a fee nor a reward, or the account would overflow")
    ResponseEntity<CorrectionView> correct(@Valid @RequestBody NewCorrection wanted, Caller caller) {
        return switch (correctTransfer.correct(wanted.transferId(), wanted.reason(), caller.id())) {
            case Outcome.Corrected(var id) -> ResponseEntity.created(URI.create("/api/corrections/" + id))
                    .body(one(id));
            case Outcome.CorrectedAlready(var id) ->
                throw Problems.conflict("The transfer was corrected before, by transfer " + id);
            case Outcome.Overflow() -> throw Problems.unprocessable("transfer_id", "would overflow the account");
            case Outcome.Unknown() -> throw Problems.unprocessable("transfer_id", "is unknown");
            case Outcome.NotCorrectable(var kind) -> throw Problems.unprocessable("transfer_id",
                    "is a %s: only fees and rewards can be corrected".formatted(kind));
        };
    }

    @GetMapping("/{id}")
    @Allowed({Role.ACCOUNTANT, Role.ADMIN})
    @Operation(summary = "A correction", description = "Accountants and admins.")
    CorrectionView one(@Parameter(description = "The correction") @PathVariable UUID id) {
        return corrections.find(id).orElseThrow(() -> Problems.notFound("There is no correction " + id));
    }
}
