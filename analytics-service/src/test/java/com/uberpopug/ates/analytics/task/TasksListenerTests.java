package com.uberpopug.ates.analytics.task;

import static com.uberpopug.ates.analytics.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.analytics.WorkerLog;
import com.uberpopug.ates.analytics.task.Tasks.MostExpensive;
import com.uberpopug.ates.events.Amounts;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.serde.Envelope;
import com.uberpopug.ates.events.tasks.v1.TaskAssigned;
import com.uberpopug.ates.events.tasks.v1.TaskCompleted;
import com.uberpopug.ates.events.tasks.v1.TaskCreated;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.test.Events;
import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.platform.web.Period;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

@ServiceTest(database = "analytics")
class TasksListenerTests {

    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    /** A date of its own for each test, so that its task is the only one on it. */
    private static LocalDate next = LocalDate.of(1990, 1, 1);

    private final LocalDate date = next = next.plusDays(1);
    private final UUID task = Ids.next();
    private final WorkerLog anna = new WorkerLog();
    private final Fact created = Fact.of(Ids.next(), task, 1, NOW,
            new TaskCreated(task, "[UBERPOP-42] - Repaint the button", null, Ids.next(), NOW));
    private final Fact assigned = Fact.of(Ids.next(), task, 3, NOW,
            new TaskAssigned(task, anna.workerId(), 1, 1_500L, NOW, null, Amounts.CURRENCY));
    private final Fact completed = Fact.of(Ids.next(), task, 4, NOW,
            new TaskCompleted(task, anna.workerId(), 1, 3_300L, NOW, Amounts.CURRENCY));
    private final Fact rewarded = anna.reward(task, date, 3_300);

    @Autowired
    private Events events;

    @Autowired
    private Tasks tasks;

    /** C: created, A: assigned, D: done, R: rewarded. The events are sent without waiting in between. */
    @ParameterizedTest
    @ValueSource(strings = {"CADR", "CRD", "DCR", "DRC", "RCD", "RDC"})
    void events_in_any_order_lead_to_the_same_task(String order) {
        order.chars().forEach(step -> events.send(switch (step) {
            case 'C' -> created;
            case 'A' -> assigned;
            case 'D' -> completed;
            default -> rewarded;
        }));
        awaitMostExpensive();
    }

    @Test
    void duplicate_changes_nothing() {
        events.send(created, completed, rewarded);
        awaitMostExpensive();
        var again = Fact.of(Ids.next(), task, 5, NOW, new TaskCreated(task, "Another name", null, Ids.next(), NOW));
        events.send(created, again, completed, rewarded);
        awaitMarker();
        assertThat(mostExpensive()).map(MostExpensive::title).contains("Repaint the button");
    }

    @Test
    void unknown_type_is_skipped() {
        var applause = events.record(created, new byte[]{1, 2, 3});
        Envelope.put(applause.headers(), Envelope.TYPE, "Tasks.Applauded");
        Envelope.put(applause.headers(), Envelope.DATA_SCHEMA, Envelope.dataSchema("Tasks.Applauded", 1));
        events.send(List.of(applause));
        events.send(created, completed, rewarded);
        awaitMostExpensive();
    }

    @Test
    void malformed_record_becomes_a_dead_letter_and_the_next_one_counts() {
        var unwritable = new TaskCreated(task, "Zero\0", null, Ids.next(), NOW);
        events.send(Fact.of(Ids.next(), task, 1, NOW, unwritable), completed, rewarded);
        assertThat(events.awaitDeadLetters(Topics.TASKS, task, 1)).hasSize(1);
        eventually(() -> assertThat(mostExpensive()).isPresent());
        assertThat(mostExpensive().orElseThrow().title()).isNull();
    }

    @Test
    void correction_of_the_reward_removes_the_task() {
        events.send(created, completed, rewarded);
        awaitMostExpensive();
        events.send(anna.correction(rewarded, date.plusDays(1)));
        eventually(() -> assertThat(mostExpensive()).isEmpty());
    }

    @Test
    void correction_of_a_fee_keeps_the_task() {
        var fee = anna.fee(date, 1_000);
        events.send(created, completed, rewarded, fee, anna.correction(fee, date));
        awaitMarker();
        awaitMostExpensive();
    }

    @Test
    void correction_before_its_reward_counts() {
        events.send(created, completed, anna.correction(rewarded, date), rewarded);
        awaitMarker();
        assertThat(mostExpensive()).isEmpty();
    }

    /** A marker: another task on the same keys and a date of its own. Once it is applied, all earlier records are. */
    private void awaitMarker() {
        var other = Ids.next();
        var otherDate = next = next.plusDays(1);
        events.send(
                Fact.of(Ids.next(), task, 9, NOW,
                        new TaskCompleted(other, anna.workerId(), 1, 2_000L, NOW, Amounts.CURRENCY)),
                anna.reward(other, otherDate, 2_000));
        eventually(() -> assertThat(tasks.mostExpensive(new Period(otherDate, otherDate))).isPresent());
    }

    private void awaitMostExpensive() {
        eventually(() -> assertThat(mostExpensive()).contains(new MostExpensive(task,
                "UBERPOP-42", "Repaint the button", 3_300, date, NOW, anna.workerId())));
    }

    private Optional<MostExpensive> mostExpensive() {
        return tasks.mostExpensive(new Period(date, date));
    }
}
