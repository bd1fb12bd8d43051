package com.uberpopug.ates.accounting.account;

import com.uberpopug.ates.events.TaskTitle;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A line of a worker's audit log.
 *
 * @param id                the transfer
 * @param place             its position in the log, from 1 without gaps
 * @param kind              {@code FEE} for an assignment, {@code REWARD} for a completion, {@code PAYOUT},
 *                          {@code CORRECTION}
 * @param changeCents       the change of the balance; negative for a charge
 * @param balanceAfterCents the balance after it
 * @param businessDate      its business date
 * @param occurredAt        time of its event
 * @param taskId            the task; null for a payout
 * @param jiraId            the id of the task in Jira; null for none, and until it is known
 * @param taskTitle         the title of the task; null until it is known
 * @param assignmentNumber  the number of the task's assignment; null for a payout
 * @param correctsTransferId     the transfer that this one corrects; null unless it is a correction
 * @param correctedByTransferId  the correction of this transfer; null for none
 * @param correctionReason       the reason of the correction; null unless this transfer corrects or is corrected
 */
public record TransferView(UUID id, long place,
        @Schema(allowableValues = {
                "FEE", "REWARD", "PAYOUT", "CORRECTION"}) String kind,
        @Schema(example = "-1500") long changeCents, long balanceAfterCents, LocalDate businessDate,
        Instant occurredAt, @Nullable UUID taskId, @Schema(example = "UBERPOP-42") @Nullable String jiraId,
        @Schema(example = "Repaint the button") @Nullable String taskTitle,
        @Nullable Integer assignmentNumber, @Nullable UUID correctsTransferId, @Nullable UUID correctedByTransferId,
        @Schema(example = "It was assigned by mistake") @Nullable String correctionReason){

    /** Splits a title that an instance from before Tasks.Created/v2 has stored. */
    public TransferView {
        if (taskTitle != null) {
            var stored = TaskTitle.stored(jiraId, taskTitle);
            jiraId = stored.jiraId();
            taskTitle = stored.text();
        }
    }
}
