package com.uberpopug.ates.events;

import static com.uberpopug.ates.events.EventType.TASK_CREATED_V1;

import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.avro.specific.SpecificRecord;

/**
 * What an event of an old version says in the next one. Topics keep records of every version, so a step stays for ever,
 * and all consumers take the same.
 */
public final class Upcasts {

    /** From each version to the next. */
    private static final Map<EventType, UnaryOperator<SpecificRecord>> STEPS = Map.of(
            TASK_CREATED_V1, event -> withJiraId((com.uberpopug.ates.events.tasks.v1.TaskCreated) event));

    private Upcasts() {
    }

    /** Whether events of one version can be read as those of another: of the same type, and not older. */
    public static boolean leads(EventType from, EventType to) {
        return from.type().equals(to.type()) && from.version() <= to.version()
                && EventType.all().stream().filter(each -> each.type().equals(from.type()))
                        .filter(each -> each.version() >= from.version() && each.version() < to.version())
                        .allMatch(STEPS::containsKey);
    }

    /**
     * An event in a newer version of its type.
     *
     * @throws IllegalArgumentException where nothing {@link #leads} there
     */
    public static SpecificRecord as(EventType wanted, SpecificRecord event) {
        var type = EventType.of(event.getClass());
        if (type == wanted) {
            return event;
        }
        var step = STEPS.get(type);
        if (step == null || !leads(type, wanted)) {
            throw new IllegalArgumentException("%s cannot be read as %s".formatted(type.title(), wanted.title()));
        }
        return as(wanted, step.apply(event));
    }

    private static com.uberpopug.ates.events.tasks.v2.TaskCreated withJiraId(
            com.uberpopug.ates.events.tasks.v1.TaskCreated task) {
        var title = TaskTitle.ofOld(task.getTitle());
        return new com.uberpopug.ates.events.tasks.v2.TaskCreated(task.getTaskId(), title.jiraId(), title.text(),
                task.getDescription(), task.getCreatedBy(), task.getCreatedAt());
    }
}
