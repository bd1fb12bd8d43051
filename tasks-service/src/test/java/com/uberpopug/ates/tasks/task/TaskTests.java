package com.uberpopug.ates.tasks.task;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.events.TaskTitle;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.tasks.task.Task.Completion;
import com.uberpopug.ates.tasks.task.Task.Status;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.test.util.ReflectionTestUtils;

class TaskTests {

    private static final Instant MORNING = Instant.parse("2026-11-22T09:00:00Z");
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    private final UUID anna = Ids.next();
    private final UUID boris = Ids.next();
    private final Task task = new Task(new TaskTitle(null, "Repaint the button"), null, boris, MORNING);

    @Test
    void creation_is_the_first_event() {
        assertThat(task.created())
                .isEqualTo(new TaskEvent.Created(task.id(), 1, MORNING,
                        new TaskTitle(null, "Repaint the button"), null, boris));
    }

    @Test
    void ids_grow_with_time() {
        assertThat(new Task(new TaskTitle(null, "Another one"), null, boris, MORNING).id()).isGreaterThan(task.id());
    }

    @Test
    void completion_by_the_assignee_is_the_next_event() {
        assignedTo(anna, 3);
        assertThat(task.complete(anna, NOON)).isEqualTo(
                new Completion.Done(new TaskEvent.Completed(task.id(), 6, NOON, anna, 3, 3_200)));
    }

    @Test
    void other_popug_cannot_complete_the_task() {
        assignedTo(anna, 1);
        assertThat(task.complete(boris, NOON)).isEqualTo(new Completion.NotAssignee());
        assertThat(task.complete(anna, NOON)).isInstanceOf(Completion.Done.class);
    }

    @Test
    void task_is_completed_once() {
        assignedTo(anna, 1);
        task.complete(anna, NOON);
        assertThat(task.complete(anna, NOON)).isEqualTo(new Completion.AlreadyCompleted());
        assertThat(task.complete(boris, NOON)).isEqualTo(new Completion.AlreadyCompleted());
    }

    @Test
    void unassigned_task_cannot_be_completed() {
        assertThat(task.complete(boris, NOON)).isEqualTo(new Completion.NotAssignee());
        stored(Map.of("status", Status.READY, "feeCents", 1_500L, "amountCents", 3_200L, "facts", 2L));
        assertThat(task.complete(boris, NOON)).isEqualTo(new Completion.NotAssignee());
    }

    private void assignedTo(UUID assignee, int number) {
        stored(Map.of("status", Status.ASSIGNED, "feeCents", 1_500L, "amountCents", 3_200L, "assigneeId", assignee,
                "assignmentNumber", number, "assignedAt", MORNING, "facts", 2L + number));
    }

    /** Sets fields as Hibernate loads them: SQL prices and assigns tasks. */
    private void stored(Map<String, Object> columns) {
        columns.forEach((column, value) -> ReflectionTestUtils.setField(task, column, value));
    }
}
