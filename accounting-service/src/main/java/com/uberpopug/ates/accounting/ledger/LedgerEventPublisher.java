package com.uberpopug.ates.accounting.ledger;

import com.uberpopug.ates.events.balances.v1.BalanceChangeKind;
import com.uberpopug.ates.events.balances.v1.UserBalanceChanged;
import com.uberpopug.ates.events.balances.v1.UserBalanceCharged;
import com.uberpopug.ates.events.managers.v1.ManagersBalanceChanged;
import com.uberpopug.ates.platform.Ids;
import com.uberpopug.ates.platform.outbox.Fact;
import com.uberpopug.ates.platform.outbox.Outbox;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** Announces what the ledger has posted, on {@code ates.balances} and {@code ates.managers}. */
@Component
class LedgerEventPublisher {

    private static final UUID MANAGERS = UUID.nameUUIDFromBytes("ates.managers".getBytes(StandardCharsets.UTF_8));

    private final Outbox outbox;
    private final Clock clock;

    LedgerEventPublisher(Outbox outbox, Clock clock) {
        this.outbox = outbox;
        this.clock = clock;
    }

    void publish(List<Transfer> transfers, List<DayEarnings> earnings) {
        outbox.append(Stream.concat(transfers.stream().map(LedgerEventPublisher::balance),
                earnings.stream().map(this::managers)).toList());
    }

    private static Fact balance(Transfer transfer) {
        var posting = transfer.posting();
        var cause = posting.cause();
        return switch (posting.kind()) {
            case FEE -> Fact.of(Ids.derived(cause.factId(), "Users.BalanceCharged"), posting.workerId(),
                    transfer.place(), posting.occurredAt(),
                    new UserBalanceCharged(posting.workerId(), transfer.id(), posting.taskId(),
                            posting.assignmentNumber(), posting.cents(), transfer.balanceAfterCents(),
                            transfer.businessDate(), posting.occurredAt()))
                    .causedBy(cause);
            case REWARD -> Fact.of(Ids.derived(cause.factId(), "Users.BalanceChanged"), posting.workerId(),
                    transfer.place(), posting.occurredAt(),
                    new UserBalanceChanged(posting.workerId(), transfer.id(), BalanceChangeKind.REWARD,
                            posting.taskId(), null, posting.cents(), transfer.balanceAfterCents(),
                            transfer.businessDate(), posting.occurredAt()))
                    .causedBy(cause);
        };
    }

    private Fact managers(DayEarnings day) {
        return Fact.of(Ids.derived(MANAGERS, day.businessDate() + "/" + day.transfers()), day.businessDate(),
                day.transfers(), clock.instant(),
                new ManagersBalanceChanged(day.businessDate(), day.changeCents(), day.earnedCents(),
                        day.added().size()))
                // One event for many causes: it is shown in the trace of the last of them.
                .causedBy(day.added().getLast().posting().cause());
    }
}
