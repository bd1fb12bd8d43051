package com.uberpopug.ates.analytics.task;

import com.uberpopug.ates.analytics.task.Tasks.Progress;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.tasks.v1.TaskCompleted;
import com.uberpopug.ates.events.tasks.v2.TaskCreated;
import com.uberpopug.ates.platform.events.inbox.Handlers;
import com.uberpopug.ates.platform.events.inbox.Inbox;
import com.uberpopug.ates.platform.events.inbox.Subscription;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/** Applies the titles and completions of tasks. */
@Component
class TasksListener {

    private static final String CONSUMER = "analytics.tasks";

    private final Subscription subscription;

    TasksListener(Inbox inbox, Tasks tasks) {
        this.subscription = inbox.subscribe(CONSUMER, Handlers.into(ArrayList<Progress>::new)
                .on(TaskCreated.class, (batch, _, task) -> batch
                        .add(new Progress(task.getTaskId(), task.getJiraId(), task.getTitle(), null, null)))
                .on(TaskCompleted.class, (batch, _, task) -> batch
                        .add(new Progress(task.getTaskId(), null, null, task.getAssigneeId(), task.getCompletedAt())))
                .applying(tasks::progress));
    }

    // Latency is not critical here: a few large transactions a second instead of one for each event.
    @KafkaListener(id = CONSUMER, topics = Topics.TASKS, properties = {"fetch.min.bytes=65536",
            "fetch.max.wait.ms=100"})
    void receive(List<ConsumerRecord<byte[], byte[]>> records) {
        subscription.receive(records);
    }
}
