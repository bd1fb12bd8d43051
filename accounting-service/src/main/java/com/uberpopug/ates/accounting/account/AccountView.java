package com.uberpopug.ates.accounting.account;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A worker's account.
 *
 * @param userId       the worker
 * @param login        what the worker signs in with; null once erased, and until it was heard of
 * @param displayName  what the worker is called; null as the login is
 * @param balanceCents what the company owes the worker; below zero, what the worker owes
 * @param today        what today has brought so far
 */
record AccountView(UUID userId, @Schema(example = "anna") @Nullable String login,
        @Schema(example = "Anna") @Nullable String displayName, long balanceCents, Today today) {

    /**
     * A worker's earnings of a day.
     *
     * @param businessDate the day: the date that a transfer occurring now would get
     * @param rewardsCents what was earned by completing tasks
     * @param feesCents    what was charged for assignments, a positive number
     */
    record Today(LocalDate businessDate, @Schema(example = "2700") long rewardsCents, long feesCents) {
    }
}
