package com.uberpopug.ates.analytics.task;

import com.uberpopug.ates.analytics.task.Tasks.Progress;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.tasks.v1.TaskCompleted;
import com.uberpopug.ates.events.tasks.v1.TaskCreated;
import com.uberpopug.ates.platform.events.inbox.Inbox;
import com.uberpopug.ates.platform.events.inbox.Received;
import com.uberpopug.ates.platform.events.inbox.Subscription;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/** Hears what tasks are called, and who has completed them. */
@Component
class TasksListener {

    private static final String CONSUMER = "analytics.tasks";

    private final Subscription subscription;
    private final Tasks tasks;

    TasksListener(Inbox inbox, Tasks tasks) {
        this.subscription = inbox.subscribe(CONSUMER, List.of(TaskCreated.class, TaskCompleted.class),
                this::apply);
        this.tasks = tasks;
    }

    // Nobody waits for these by the millisecond: a few transactions a second instead of one for each event.
    @KafkaListener(id = CONSUMER, topics = Topics.TASKS, properties = {"fetch.min.bytes=65536",
            "fetch.max.wait.ms=100"})
    void receive(List<ConsumerRecord<byte[], byte[]>> records) {
        subscription.receive(records);
    }

    private void apply(List<Received> facts) {
        tasks.progress(facts.stream().map(fact -> switch (fact.event()) {
            case TaskCreated task -> new Progress(task.getTaskId(), task.getTitle(), null, null);
            case TaskCompleted task -> new Progress(task.getTaskId(), null, task.getAssigneeId(),
                    task.getCompletedAt());
            default -> throw new IllegalArgumentException("Nothing is known of " + fact.event().getClass());
        }).toList());
    }
}
