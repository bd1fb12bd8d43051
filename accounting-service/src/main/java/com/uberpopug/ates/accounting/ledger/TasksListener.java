package com.uberpopug.ates.accounting.ledger;

import com.uberpopug.ates.accounting.price.Prices.Claim;
import com.uberpopug.ates.accounting.price.Prices;
import com.uberpopug.ates.events.TaskTitle;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.tasks.v1.TaskAssigned;
import com.uberpopug.ates.events.tasks.v1.TaskCompleted;
import com.uberpopug.ates.events.tasks.v2.TaskCreated;
import com.uberpopug.ates.platform.events.inbox.Handlers;
import com.uberpopug.ates.platform.events.inbox.Inbox;
import com.uberpopug.ates.platform.events.inbox.Received;
import com.uberpopug.ates.platform.events.inbox.Subscription;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/** Receives tasks' events: a creation is priced, an assignment charges the fee, a completion credits the reward. */
@Component
public class TasksListener {

    public static final String CONSUMER = "accounting.tasks";

    private final TaskTitles titles;
    private final Prices prices;
    private final Ledger ledger;
    private final Subscription subscription;

    TasksListener(TaskTitles titles, Prices prices, Ledger ledger, Inbox inbox) {
        this.titles = titles;
        this.prices = prices;
        this.ledger = ledger;
        subscription = inbox.subscribe(CONSUMER, Handlers.into(Batch::new)
                .on(TaskCreated.class, Batch::create)
                .on(TaskAssigned.class, (batch, fact, task) -> batch.postings.add(fee(fact, task)))
                .on(TaskCompleted.class, (batch, fact, task) -> batch.postings.add(reward(fact, task)))
                .applying(this::apply));
    }

    /** Two threads: one decodes a batch while the other posts one. */
    @KafkaListener(id = CONSUMER, topics = Topics.TASKS, concurrency = "2")
    void receive(List<ConsumerRecord<byte[], byte[]>> records) {
        subscription.receive(records);
    }

    private static final class Batch {
        private final Map<UUID, TaskTitle> titles = new LinkedHashMap<>();
        private final Map<UUID, Received> created = new LinkedHashMap<>();
        private final List<Posting> postings = new ArrayList<>();

        void create(Received fact, TaskCreated task) {
            titles.putIfAbsent(task.getTaskId(), new TaskTitle(task.getJiraId(), task.getTitle()));
            created.putIfAbsent(task.getTaskId(), fact);
        }
    }

    private void apply(Batch batch) {
        titles.remember(batch.titles);
        prices.draw(batch.created);
        refuseForeignAmounts(batch.postings);
        ledger.post(batch.postings);
    }

    /** Refuses amounts that were not drawn here, even if the writer of the topic sends them. */
    private void refuseForeignAmounts(List<Posting> postings) {
        prices.foreign(postings.stream().map(posting -> new Claim(posting.taskId(),
                posting.kind() == Posting.Kind.FEE, posting.cents())).toList()).stream().findFirst()
                .ifPresent(claim -> {
                    throw new ForeignAmountException(claim);
                });
    }

    /** The amount of an event is not the one that was drawn for its task. */
    static final class ForeignAmountException extends IllegalArgumentException {
        ForeignAmountException(Claim claim) {
            super("%d cents are not the %s that was drawn for task %s".formatted(claim.cents(),
                    claim.fee() ? "fee" : "reward", claim.taskId()));
        }
    }

    /** The posting that an event demands; empty for events without one. */
    public static Optional<Posting> posting(Received fact) {
        return switch (fact.event()) {
            case TaskAssigned task -> Optional.of(fee(fact, task));
            case TaskCompleted task -> Optional.of(reward(fact, task));
            default -> Optional.empty();
        };
    }

    private static Posting fee(Received fact, TaskAssigned task) {
        return new Posting(Posting.Kind.FEE, task.getAssigneeId(), task.getFeeCents(), task.getTaskId(),
                task.getAssignmentNumber(), task.getAssignedAt(), fact);
    }

    private static Posting reward(Received fact, TaskCompleted task) {
        return new Posting(Posting.Kind.REWARD, task.getAssigneeId(), task.getAmountCents(), task.getTaskId(),
                task.getAssignmentNumber(), task.getCompletedAt(), fact);
    }
}
