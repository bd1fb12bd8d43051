package com.uberpopug.ates.accounting.account;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A line of a worker's audit log.
 *
 * @param id                the transfer
 * @param place             its place in the log, from 1 without gaps
 * @param kind              {@code FEE} for an assignment, {@code REWARD} for a completion, {@code PAYOUT},
 *                          {@code CORRECTION}
 * @param changeCents       by how much it changed the balance; below zero for a charge
 * @param balanceAfterCents the balance after it
 * @param businessDate      the day it counts for
 * @param occurredAt        when what it is for happened
 * @param taskId            the task it is for; null where it is for none
 * @param taskTitle         what the task is called; null while that was not heard yet
 * @param assignmentNumber  which of the task's assignments; null where it is for none
 * @param correctsTransferId     the transfer that this one takes back; null unless it is a correction
 * @param correctedByTransferId  the correction that took this one back; null where none has
 * @param correctionReason       why this one takes back, or was taken back; null where neither is the case
 */
public record TransferView(UUID id, long place,
        @Schema(allowableValues = {
                "FEE", "REWARD", "PAYOUT", "CORRECTION"}) String kind,
        @Schema(example = "-1500") long changeCents, long balanceAfterCents, LocalDate businessDate,
        Instant occurredAt, @Nullable UUID taskId, @Schema(example = "Repaint the button") @Nullable String taskTitle,
        @Nullable Integer assignmentNumber, @Nullable UUID correctsTransferId, @Nullable UUID correctedByTransferId,
        @Schema(example = "It was assigned by mistake") @Nullable String correctionReason){
}
