package com.uberpopug.ates.analytics.balance;

import com.uberpopug.ates.analytics.balance.Balances.Posting;
import com.uberpopug.ates.analytics.task.Tasks.Reward;
import com.uberpopug.ates.analytics.task.Tasks;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.balances.v1.UserBalanceChanged;
import com.uberpopug.ates.events.balances.v1.UserBalanceCharged;
import com.uberpopug.ates.events.balances.v1.UserDailyPaidAmount;
import com.uberpopug.ates.platform.events.inbox.Handlers;
import com.uberpopug.ates.platform.events.inbox.Inbox;
import com.uberpopug.ates.platform.events.inbox.Received;
import com.uberpopug.ates.platform.events.inbox.Subscription;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/** Applies charges, rewards and payouts to the workers' balances, and rewards to the tasks. */
@Component
class BalancesListener {

    private static final String CONSUMER = "analytics.balances";

    private final Subscription subscription;
    private final Balances balances;
    private final Tasks tasks;

    BalancesListener(Inbox inbox, Balances balances, Tasks tasks) {
        this.subscription = inbox.subscribe(CONSUMER, Handlers.into(Batch::new)
                .on(UserBalanceCharged.class, (batch, fact, fee) -> batch.postings.add(new Posting(fee.getUserId(),
                        fact.sequence(), fee.getBusinessDate(), -fee.getFeeCents(), fee.getBalanceAfterCents())))
                .on(UserDailyPaidAmount.class, (batch, fact, payout) -> batch.postings.add(new Posting(
                        payout.getUserId(), fact.sequence(), payout.getBusinessDate(), -payout.getPaidCents(),
                        payout.getBalanceAfterCents())))
                .on(UserBalanceChanged.class, Batch::change)
                .applying(this::apply));
        this.balances = balances;
        this.tasks = tasks;
    }

    // Latency is not critical here: a few large transactions a second instead of one for each event.
    @KafkaListener(id = CONSUMER, topics = Topics.BALANCES, properties = {"fetch.min.bytes=65536",
            "fetch.max.wait.ms=100"})
    void receive(List<ConsumerRecord<byte[], byte[]>> records) {
        subscription.receive(records);
    }

    private static final class Batch {
        private final List<Posting> postings = new ArrayList<>();
        private final List<Reward> rewards = new ArrayList<>();
        private final List<UUID> corrected = new ArrayList<>();

        void change(Received fact, UserBalanceChanged change) {
            postings.add(new Posting(change.getUserId(), fact.sequence(), change.getBusinessDate(),
                    change.getChangeCents(), change.getBalanceAfterCents()));
            switch (change.getKind()) {
                case REWARD -> rewards.add(new Reward(change.getTaskId(), change.getTransferId(),
                        change.getChangeCents(), change.getBusinessDate()));
                case CORRECTION -> corrected.add(change.getCorrectsTransferId());
            }
        }
    }

    private void apply(Batch batch) {
        tasks.reward(batch.rewards);
        tasks.correct(batch.corrected);
        balances.post(batch.postings);
    }
}
