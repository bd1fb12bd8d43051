package com.uberpopug.ates.accounting.task;

import com.uberpopug.ates.accounting.ledger.Ledger;
import com.uberpopug.ates.accounting.ledger.Posting;
import com.uberpopug.ates.accounting.price.Prices;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.tasks.v1.TaskAssigned;
import com.uberpopug.ates.events.tasks.v1.TaskCompleted;
import com.uberpopug.ates.events.tasks.v1.TaskCreated;
import com.uberpopug.ates.platform.events.inbox.Inbox;
import com.uberpopug.ates.platform.events.inbox.Received;
import com.uberpopug.ates.platform.events.inbox.Subscription;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/** Hears what happens to tasks: a new one is priced, an assignment costs its fee, a completion earns its amount. */
@Component
public class TasksListener {

    public static final String CONSUMER = "accounting.tasks";

    private final Tasks tasks;
    private final Prices prices;
    private final Ledger ledger;
    private final Subscription subscription;

    TasksListener(Tasks tasks, Prices prices, Ledger ledger, Inbox inbox) {
        this.tasks = tasks;
        this.prices = prices;
        this.ledger = ledger;
        subscription = inbox.subscribe(CONSUMER,
                List.of(TaskCreated.class, TaskAssigned.class, TaskCompleted.class), this::apply);
    }

    /** While one thread decodes a batch, the other's is being posted. */
    @KafkaListener(id = CONSUMER, topics = Topics.TASKS, concurrency = "2")
    void receive(List<ConsumerRecord<byte[], byte[]>> records) {
        subscription.receive(records);
    }

    private void apply(List<Received> facts) {
        var titles = new LinkedHashMap<UUID, String>();
        var created = new LinkedHashMap<UUID, Received>();
        var postings = new ArrayList<Posting>();
        for (var fact : facts) {
            switch (fact.event()) {
                case TaskCreated task -> {
                    titles.putIfAbsent(task.getTaskId(), task.getTitle());
                    created.putIfAbsent(task.getTaskId(), fact);
                }
                default -> postings.add(posting(fact).orElseThrow(
                        () -> new IllegalArgumentException("Nothing is known of " + fact.event().getClass())));
            }
        }
        tasks.remember(titles);
        prices.draw(created);
        ledger.post(postings);
    }

    /** The money that is to move because of a fact about a task; empty where none is. */
    public static Optional<Posting> posting(Received fact) {
        return switch (fact.event()) {
            case TaskAssigned task -> Optional.of(new Posting(Posting.Kind.FEE, task.getAssigneeId(),
                    task.getFeeCents(), task.getTaskId(), task.getAssignmentNumber(), task.getAssignedAt(), fact));
            case TaskCompleted task -> Optional.of(new Posting(Posting.Kind.REWARD, task.getAssigneeId(),
                    task.getAmountCents(), task.getTaskId(), task.getAssignmentNumber(), task.getCompletedAt(), fact));
            default -> Optional.empty();
        };
    }
}
