package com.uberpopug.ates.tasks.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.uberpopug.ates.events.Amounts;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.prices.v1.TaskAmountsCalculated;
import com.uberpopug.ates.events.serde.Envelope;
import com.uberpopug.ates.events.tasks.v1.TaskAssigned;
import com.uberpopug.ates.events.tasks.v1.TaskReadyForAssign;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.test.Events;
import com.uberpopug.ates.platform.web.security.Caller;
import com.uberpopug.ates.platform.web.security.Role;
import com.uberpopug.ates.tasks.Api;
import com.uberpopug.ates.tasks.Company;
import com.uberpopug.ates.tasks.TasksTest;
import com.uberpopug.ates.tasks.shuffle.Shuffles;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

@TasksTest
class TaskJourneyTests {

    @Autowired
    private Api api;

    @Autowired
    private Company company;

    @Autowired
    private Shuffles shuffles;

    @Autowired
    private Events events;

    @Test
    void events_of_a_task_are_announced_in_order() {
        company.clear();
        var anna = company.hire(Role.POPUG);
        var task = UUID.fromString(api.post(new Caller(Ids.next(), Role.MANAGER), "/api/tasks",
                "{\"title\": \"Repaint the button\"}").text("id"));
        events.send(Fact.of(Ids.next(), task, 1, Instant.parse("2026-11-22T12:00:00Z"),
                new TaskAmountsCalculated(task, 1_100L, 3_900L, Instant.EPOCH, Amounts.CURRENCY)));
        events.await(TaskReadyForAssign.class, task);
        shuffles.awaitFinished(shuffles.press(), 1);
        shuffles.awaitFinished(shuffles.press(), 1);
        assertThat(api.post(anna, "/api/tasks/" + task + "/complete").status()).isEqualTo(200);

        assertThat(events.awaitRecords(Topics.TASKS, task, 6)).extracting(
                record -> Envelope.get(record.headers(), Envelope.TYPE).orElseThrow(),
                record -> Envelope.get(record.headers(), Envelope.AGGREGATE_VERSION).orElseThrow())
                .as("the creation in both versions")
                .containsExactly(tuple("Tasks.Created", "1"), tuple("Tasks.Created", "1"),
                        tuple("Tasks.ReadyForAssign", "2"), tuple("Tasks.Assigned", "3"),
                        tuple("Tasks.Assigned", "4"), tuple("Tasks.Completed", "5"));
        assertThat(events.await(TaskAssigned.class, task, 2)).allSatisfy(event -> {
            assertThat(event.getAssigneeId()).isEqualTo(anna.id());
            assertThat(event.getFeeCents()).isEqualTo(1_100);
        });
    }
}
