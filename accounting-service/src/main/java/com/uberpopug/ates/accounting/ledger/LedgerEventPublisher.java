package com.uberpopug.ates.accounting.ledger;

import static java.util.Objects.requireNonNull;

import com.uberpopug.ates.events.Amounts;
import com.uberpopug.ates.events.balances.v1.BalanceChangeKind;
import com.uberpopug.ates.events.balances.v1.CorrectedKind;
import com.uberpopug.ates.events.balances.v1.UserBalanceChanged;
import com.uberpopug.ates.events.balances.v1.UserBalanceCharged;
import com.uberpopug.ates.events.balances.v1.UserDailyPaidAmount;
import com.uberpopug.ates.events.managers.v1.BusinessDayClosed;
import com.uberpopug.ates.events.managers.v1.ManagersBalanceChanged;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.inbox.Received;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.events.outbox.Outbox;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Publishes posted transfers and closed days on {@code ates.balances} and {@code ates.managers}. */
@Component
public class LedgerEventPublisher {

    private static final UUID MANAGERS = UUID.nameUUIDFromBytes("ates.managers".getBytes(StandardCharsets.UTF_8));

    private final Outbox outbox;
    private final Clock clock;

    LedgerEventPublisher(Outbox outbox, Clock clock) {
        this.outbox = outbox;
        this.clock = clock;
    }

    /** The totals of a closed business day; {@code transfers} is the number of transfers in the managers' earnings. */
    public record ClosedDay(LocalDate businessDate, long earnedCents, long transfers, long payouts, long paidCents,
            Instant closedAt, Instant finishedAt) {
    }

    void publish(List<Transfer> transfers, List<DayEarnings> earnings) {
        outbox.append(Stream.concat(transfers.stream().map(LedgerEventPublisher::balance),
                earnings.stream().map(this::managers)).toList());
    }

    /** Publishes payouts, each with its fees, rewards and carry-over. */
    void publishPayouts(List<Payout> payouts) {
        outbox.append(payouts.stream().map(payout -> fact(payout.transfer(), payout.transfer().factId(),
                new UserDailyPaidAmount(payout.transfer().workerId(), payout.transfer().id(),
                        payout.transfer().cents(), payout.transfer().changeCents(),
                        payout.transfer().balanceAfterCents(),
                        payout.transfer().businessDate(), payout.feesCents(), payout.rewardsCents(),
                        payout.carriedOverCents(), payout.transfer().occurredAt(), Amounts.CURRENCY)))
                .toList());
    }

    /** Publishes the close of a day, the last event of its date. */
    public void publishClosed(ClosedDay day) {
        outbox.append(Fact.of(Ids.derived(MANAGERS, day.businessDate() + "/closed"), day.businessDate(),
                day.transfers() + 1, day.finishedAt(), new BusinessDayClosed(day.businessDate(), day.earnedCents(),
                        Math.toIntExact(day.payouts()), day.paidCents(), day.closedAt(), day.finishedAt(),
                        Amounts.CURRENCY)));
    }

    private static Fact balance(Transfer transfer) {
        var task = requireNonNull(transfer.task());
        return switch (transfer.kind()) {
            case FEE -> following(requireNonNull(transfer.cause()), transfer, "Users.BalanceCharged",
                    new UserBalanceCharged(transfer.workerId(), transfer.id(), task.taskId(), task.number(),
                            transfer.cents(), transfer.changeCents(), transfer.balanceAfterCents(),
                            transfer.businessDate(), transfer.occurredAt(), Amounts.CURRENCY));
            case REWARD -> following(requireNonNull(transfer.cause()), transfer, "Users.BalanceChanged",
                    changed(transfer, BalanceChangeKind.REWARD, task.taskId(), null));
            case CORRECTION -> fact(transfer, transfer.factId(), changed(transfer, BalanceChangeKind.CORRECTION,
                    task.taskId(), requireNonNull(transfer.correction()).transferId()));
            case PAYOUT -> throw new IllegalArgumentException("Payouts are published by publishPayouts");
        };
    }

    private static UserBalanceChanged changed(Transfer transfer, BalanceChangeKind kind, UUID taskId,
            @Nullable UUID corrected) {
        return new UserBalanceChanged(transfer.workerId(), transfer.id(), kind, taskId, corrected,
                corrected == null ? null : transfer.changeCents() > 0 ? CorrectedKind.FEE : CorrectedKind.REWARD,
                transfer.changeCents(), transfer.balanceAfterCents(), transfer.businessDate(), transfer.occurredAt(),
                Amounts.CURRENCY);
    }

    private static Fact following(Received cause, Transfer transfer, String type, SpecificRecord event) {
        return fact(transfer, Ids.derived(cause.factId(), type), event).causedBy(cause);
    }

    private static Fact fact(Transfer transfer, UUID factId, SpecificRecord event) {
        return Fact.of(factId, transfer.workerId(), transfer.logPosition(), transfer.occurredAt(), event);
    }

    private Fact managers(DayEarnings day) {
        var now = clock.instant();
        var fact = Fact.of(Ids.derived(MANAGERS, day.businessDate() + "/" + day.transfers()), day.businessDate(),
                day.transfers(), now, new ManagersBalanceChanged(day.businessDate(), day.changeCents(),
                        day.earnedCents(), day.added().size(), now, Amounts.CURRENCY));
        // One event has many causes: it joins the trace of the last one.
        var cause = day.added().getLast().cause();
        return cause == null ? fact : fact.causedBy(cause);
    }
}
