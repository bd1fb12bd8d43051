package com.uberpopug.ates.analytics;

import com.uberpopug.ates.events.Amounts;
import com.uberpopug.ates.events.balances.v1.BalanceChangeKind;
import com.uberpopug.ates.events.balances.v1.CorrectedKind;
import com.uberpopug.ates.events.balances.v1.UserBalanceChanged;
import com.uberpopug.ates.events.balances.v1.UserBalanceCharged;
import com.uberpopug.ates.events.balances.v1.UserDailyPaidAmount;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.outbox.Fact;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** One worker's log, as accounting keeps and publishes it. */
public final class WorkerLog {

    private final UUID workerId = Ids.next();
    private long sequence;
    private long balanceCents;

    public UUID workerId() {
        return workerId;
    }

    public Fact fee(LocalDate date, long cents) {
        balanceCents -= cents;
        return announced(date,
                new UserBalanceCharged(workerId, Ids.next(), Ids.next(), 1, cents, -cents, balanceCents, date,
                        noon(date), Amounts.CURRENCY));
    }

    public Fact reward(UUID taskId, LocalDate date, long cents) {
        return changed(BalanceChangeKind.REWARD, taskId, null, date, cents);
    }

    /** Corrects a fee or a reward. */
    public Fact correction(Fact corrected, LocalDate date) {
        return switch (corrected.versions().getFirst()) {
            case UserBalanceCharged fee ->
                changed(BalanceChangeKind.CORRECTION, fee.getTaskId(), fee.getTransferId(), date, fee.getFeeCents());
            case UserBalanceChanged reward -> changed(BalanceChangeKind.CORRECTION, reward.getTaskId(),
                    reward.getTransferId(), date, -reward.getChangeCents());
            default -> throw new IllegalArgumentException("Neither a fee nor a reward");
        };
    }

    /** Pays out the whole balance. */
    public Fact payout(LocalDate date) {
        long paid = balanceCents;
        balanceCents = 0;
        return announced(date, new UserDailyPaidAmount(workerId, Ids.next(), paid, -paid, 0L, date, 0L, paid, 0L,
                noon(date), Amounts.CURRENCY));
    }

    private Fact changed(BalanceChangeKind kind, UUID taskId, @Nullable UUID corrects, LocalDate date, long cents) {
        balanceCents += cents;
        return announced(date, new UserBalanceChanged(workerId, Ids.next(), kind, taskId, corrects,
                corrects == null ? null : cents > 0 ? CorrectedKind.FEE : CorrectedKind.REWARD, cents,
                balanceCents, date, noon(date), Amounts.CURRENCY));
    }

    private Fact announced(LocalDate date, SpecificRecord event) {
        return Fact.of(Ids.next(), workerId, ++sequence, noon(date), event);
    }

    private static Instant noon(LocalDate date) {
        return date.atTime(12, 0).toInstant(ZoneOffset.UTC);
    }
}
