package com.uberpopug.ates.tasks.task;

import static com.uberpopug.ates.tasks.TasksTest.PATIENCE;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.prices.v1.TaskAmountsCalculated;
import com.uberpopug.ates.events.tasks.v1.TaskAssigned;
import com.uberpopug.ates.events.tasks.v1.TaskReadyForAssign;
import com.uberpopug.ates.platform.Ids;
import com.uberpopug.ates.platform.kafka.Envelope;
import com.uberpopug.ates.platform.outbox.Fact;
import com.uberpopug.ates.platform.security.Caller;
import com.uberpopug.ates.platform.security.Role;
import com.uberpopug.ates.platform.test.Events;
import com.uberpopug.ates.tasks.Api;
import com.uberpopug.ates.tasks.Company;
import com.uberpopug.ates.tasks.TasksTest;
import com.uberpopug.ates.tasks.shuffle.Shuffles;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** {@code ates.assign-when-ready=true}: nobody has to press the button for what is new. */
@TasksTest
@TestPropertySource(properties = "ates.assign-when-ready=true")
class AssigningWhenReadyTests {

    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-";

    @Autowired
    private Api api;

    @Autowired
    private Company company;

    @Autowired
    private Shuffles shuffles;

    @Autowired
    private Events events;

    @BeforeEach
    void nobody_and_nothing() {
        company.clear();
    }

    @Test
    void a_task_is_given_away_in_the_moment_it_is_priced() {
        var anna = company.hire(Role.ACCOUNTANT);
        company.hire(Role.MANAGER);
        company.deactivate(company.hire(Role.POPUG));
        var task = company.newTask();
        var price = new Fact(Ids.next(), task.toString(), 1, Instant.now(), TRACE + "b7ad6b7169203331-01",
                List.of(new TaskAmountsCalculated(task, 1_100L, 3_900L)));

        events.send(price, price);

        var assigned = events.await(TaskAssigned.class, task);
        assertThat(assigned).isEqualTo(
                new TaskAssigned(task, anna.id(), 1, 1_100L, assigned.getAssignedAt(), null));
        var records = events.awaitRecords(Topics.TASKS, task, 2);
        assertThat(records).extracting(record -> header(record, Envelope.TYPE))
                .containsExactly("Tasks.ReadyForAssign", "Tasks.Assigned");
        assertThat(records).extracting(record -> header(record, Envelope.SEQUENCE)).containsExactly("2", "3");
        assertThat(header(records.getLast(), Envelope.FACT_ID))
                .isEqualTo(Ids.derived(price.id(), "Tasks.Assigned").toString());
        assertThat(header(records.getLast(), Envelope.TRACEPARENT)).startsWith(TRACE);

        assertThat(api.get(anna, "/api/tasks/mine").body().at("/items/0/assignment_number").asInt()).isEqualTo(1);
        assertThat(api.post(anna, "/api/tasks/" + task + "/complete").status()).isEqualTo(200);
        assertThat(company.factsOf(task)).isEqualTo(4);
    }

    @Test
    void each_goes_to_one_drawn_by_lot_and_what_is_ready_already_waits_for_the_button() {
        var workers = Stream.of(Role.POPUG, Role.POPUG, Role.ACCOUNTANT).map(company::hire).map(Caller::id).toList();
        var waiting = company.readyTasks(1).getFirst();
        var tasks = IntStream.range(0, 100).mapToObj(_ -> company.newTask()).toList();
        tasks.forEach(task -> events.send(price(task)));

        var assignees = tasks.stream().map(task -> events.await(TaskAssigned.class, task).getAssigneeId())
                .collect(toSet());
        // That one of three gets none of 100 tasks by chance happens once in 10^17 times.
        assertThat(assignees).containsExactlyInAnyOrderElementsOf(workers);
        assertThat(company.factsOf(waiting)).isEqualTo(2);
    }

    @Test
    void without_a_worker_a_task_stays_ready_until_the_button_is_pressed() {
        var task = company.newTask();
        events.send(price(task));
        events.await(TaskReadyForAssign.class, task);
        await().atMost(PATIENCE).until(() -> company.factsOf(task) == 2);

        var anna = company.hire(Role.POPUG);
        var next = company.newTask();
        events.send(price(next));
        assertThat(events.await(TaskAssigned.class, next).getAssigneeId()).isEqualTo(anna.id());
        assertThat(company.factsOf(task)).isEqualTo(2);

        shuffles.awaitFinished(shuffles.press(), 2);
        assertThat(events.await(TaskAssigned.class, task).getAssignmentNumber()).isEqualTo(1);
    }

    private static Fact price(UUID task) {
        return Fact.of(Ids.next(), task, 1, Instant.now(), new TaskAmountsCalculated(task, 1_100L, 3_900L));
    }

    private static String header(ConsumerRecord<?, ?> record, String name) {
        return Envelope.get(record.headers(), name).orElseThrow();
    }
}
