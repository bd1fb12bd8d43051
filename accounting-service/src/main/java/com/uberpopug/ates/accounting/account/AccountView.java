package com.uberpopug.ates.accounting.account;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A worker's account.
 *
 * @param userId       the worker
 * @param login        the worker's login; null until the user is known, and once erased
 * @param displayName  the worker's name; null like the login
 * @param balanceCents the company's debt to the worker; negative for a debt of the worker
 * @param today        today's rewards and fees so far
 */
record AccountView(UUID userId, @Schema(example = "anna") @Nullable String login,
        @Schema(example = "Anna") @Nullable String displayName, long balanceCents, Today today) {

    /**
     * A worker's earnings of a day.
     *
     * @param businessDate the day: the business date of a transfer that occurs now
     * @param rewardsCents rewards of completed tasks
     * @param feesCents    fees of assignments, a positive number
     */
    record Today(LocalDate businessDate, @Schema(example = "2700") long rewardsCents, long feesCents) {
    }
}
