package com.uberpopug.ates.tasks.task;

import com.uberpopug.ates.events.Amounts;
import com.uberpopug.ates.events.EventType;
import com.uberpopug.ates.events.tasks.v1.TaskAssigned;
import com.uberpopug.ates.events.tasks.v1.TaskCompleted;
import com.uberpopug.ates.events.tasks.v2.TaskCreated;
import com.uberpopug.ates.events.tasks.v1.TaskReadyForAssign;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.inbox.Received;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.events.outbox.Outbox;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.springframework.stereotype.Component;

/** Publishes tasks' events on {@code ates.tasks}. */
@Component
public class TaskEventPublisher {

    private final Outbox outbox;

    TaskEventPublisher(Outbox outbox) {
        this.outbox = outbox;
    }

    void publish(TaskEvent event) {
        outbox.append(fact(Ids.next(), event));
    }

    /** Publishes events in their order. */
    public void publish(Collection<? extends TaskEvent> events) {
        outbox.append(events.stream().map(event -> fact(Ids.next(), event)).toList());
    }

    /** Publishes events in their order, each with a fact id derived from its cause. */
    public void publish(Map<? extends TaskEvent, Received> causes) {
        outbox.append(causes.entrySet().stream().map(entry -> following(entry.getValue(), entry.getKey())).toList());
    }

    private static Fact following(Received cause, TaskEvent event) {
        var type = EventType.of(avro(event)[0].getClass()).type();
        return fact(Ids.derived(cause.factId(), type), event).causedBy(cause);
    }

    private static Fact fact(UUID factId, TaskEvent event) {
        return Fact.of(factId, event.taskId(), event.sequence(), event.occurredAt(), avro(event));
    }

    /** In each version, the newest first. */
    private static SpecificRecord[] avro(TaskEvent event) {
        return switch (event) {
            case TaskEvent.Created e -> new SpecificRecord[]{
                    new TaskCreated(e.taskId(), e.title().jiraId(), e.title().text(), e.description(), e.createdBy(),
                            e.occurredAt()),
                    new com.uberpopug.ates.events.tasks.v1.TaskCreated(e.taskId(), e.title().joined(), e.description(),
                            e.createdBy(), e.occurredAt())};
            case TaskEvent.ReadyForAssign e -> only(
                    new TaskReadyForAssign(e.taskId(), e.feeCents(), e.amountCents(), e.occurredAt(),
                            Amounts.CURRENCY));
            case TaskEvent.Assigned e -> only(new TaskAssigned(e.taskId(), e.assigneeId(), e.assignmentNumber(),
                    e.feeCents(), e.occurredAt(), e.shuffleId(), Amounts.CURRENCY));
            case TaskEvent.Completed e -> only(new TaskCompleted(e.taskId(), e.assigneeId(), e.assignmentNumber(),
                    e.amountCents(), e.occurredAt(), Amounts.CURRENCY));
        };
    }

    private static SpecificRecord[] only(SpecificRecord version) {
        return new SpecificRecord[]{version};
    }
}
