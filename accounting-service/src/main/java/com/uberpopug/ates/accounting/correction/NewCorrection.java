package com.uberpopug.ates.accounting.correction;

import com.uberpopug.ates.platform.web.PlainText;
import com.uberpopug.ates.platform.web.TypedText;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.NotNull;
import java.util.UUID;

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
