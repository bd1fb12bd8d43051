package com.uberpopug.ates.accounting.correction;

import com.uberpopug.ates.platform.web.PlainText;
import com.uberpopug.ates.platform.web.TypedText;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.NotNull;
import java.util.UUID;

/**
 * A request to correct a transfer.
 *
 * @param transferId a fee or a reward that was not corrected before
 * @param reason     1 to 500 characters after trimming, on one line
 */
record NewCorrection(@NotNull UUID transferId,
        @NotNull @Schema(example = "It was assigned by mistake") @PlainText(min = 1, max = 500) String reason) {

    @SuppressWarnings("NullAway") // A request may lack the reason; validation reports it.
    NewCorrection {
        reason = reason == null ? null : TypedText.stripped(reason);
    }
}
