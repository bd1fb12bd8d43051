package com.uberpopug.ates.tasks.pricing;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.events.Amounts;
import com.uberpopug.ates.events.tasks.v1.TaskAssigned;
import com.uberpopug.ates.events.tasks.v1.TaskReadyForAssign;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.inbox.Received;
import com.uberpopug.ates.platform.web.security.Caller;
import com.uberpopug.ates.platform.web.security.Role;
import com.uberpopug.ates.tasks.Announcements.Announced;
import com.uberpopug.ates.tasks.Announcements;
import com.uberpopug.ates.tasks.Api;
import com.uberpopug.ates.tasks.Company;
import com.uberpopug.ates.tasks.TasksTest;
import com.uberpopug.ates.tasks.shuffle.Shuffles;
import com.uberpopug.ates.tasks.pricing.PriceTasks.Price;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * {@code ates.tasks.assign-when-ready=true}: new tasks are assigned without the button. Runs without Kafka, because
 * users of other tests would be workers, too.
 */
@TasksTest(kafka = false)
@TestPropertySource(properties = "ates.tasks.assign-when-ready=true")
class AssigningWhenReadyTests {

    private static final String TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    @Autowired
    private Api api;

    @Autowired
    private Company company;

    @Autowired
    private Shuffles shuffles;

    @Autowired
    private Announcements announcements;

    @Autowired
    private PriceTasks priceTasks;

    @Autowired
    private TransactionTemplate transaction;

    @Autowired
    private JdbcClient db;

    @BeforeEach
    void clear() {
        company.clear();
    }

    @Test
    void task_is_assigned_in_the_transaction_that_prices_it() {
        var anna = company.hire(Role.ACCOUNTANT);
        company.hire(Role.MANAGER);
        company.deactivate(company.hire(Role.POPUG));
        var task = company.newTask();
        var price = price(task);
        price(List.of(price, price(task)));
        price(List.of(price));

        var announced = announcements.byTask().get(task);
        assertThat(announced).extracting(Announced::sequence).containsExactly(2L, 3L);
        assertIsReady(task, announced.getFirst());
        assertThat(announced.getLast().event()).isInstanceOfSatisfying(TaskAssigned.class,
                event -> assertThat(event).isEqualTo(
                        new TaskAssigned(task, anna.id(), 1, 1_100L, event.getAssignedAt(), null, Amounts.CURRENCY)));
        assertThat(db.sql("select fact_id from outbox where type = 'Tasks.Assigned'").query(UUID.class).single())
                .isEqualTo(Ids.derived(price.cause().factId(), "Tasks.Assigned"));
        assertThat(db.sql("select traceparent from outbox where topic = 'ates.tasks'").query(String.class).list())
                .containsOnly(TRACEPARENT);

        assertThat(api.get(anna, "/api/tasks/mine").body().at("/items/0/assignment_number").asInt()).isEqualTo(1);
        assertThat(api.post(anna, "/api/tasks/" + task + "/complete").status()).isEqualTo(200);
        assertThat(company.factsOf(task)).isEqualTo(4);
    }

    @Test
    void new_tasks_go_to_random_workers_and_ready_ones_wait_for_the_button() {
        var workers = Stream.of(Role.POPUG, Role.POPUG, Role.ACCOUNTANT).map(company::hire).map(Caller::id).toList();
        var waiting = company.readyTasks(1).getFirst();
        var tasks = IntStream.range(0, 100).mapToObj(_ -> company.newTask()).toList();
        price(tasks.stream().map(AssigningWhenReadyTests::price).toList());

        var assigned = announcements.assignments();
        assertThat(assigned).extracting(TaskAssigned::getTaskId).containsExactlyInAnyOrderElementsOf(tasks);
        // By chance one of three gets none of 100 tasks once in 10^17 runs.
        assertThat(assigned.stream().map(TaskAssigned::getAssigneeId).collect(toSet()))
                .containsExactlyInAnyOrderElementsOf(workers);
        assertThat(company.factsOf(waiting)).isEqualTo(2);
    }

    @Test
    void task_without_an_active_worker_stays_ready_until_a_shuffle() {
        var task = company.newTask();
        price(List.of(price(task)));
        assertThat(announcements.byTask().get(task)).singleElement()
                .satisfies(announced -> assertIsReady(task, announced));

        company.hire(Role.POPUG);
        var next = company.newTask();
        price(List.of(price(next)));
        assertThat(announcements.assignments()).extracting(TaskAssigned::getTaskId).containsExactly(next);

        shuffles.awaitFinished(shuffles.press(), 2);
        assertThat(company.factsOf(task)).isEqualTo(3);
    }

    private void price(List<Price> prices) {
        transaction.executeWithoutResult(_ -> priceTasks.price(prices));
    }

    private static Price price(UUID task) {
        return new Price(task, 1_100, 3_900,
                new Received(Ids.next(), task.toString(), 1, Instant.now(), TRACEPARENT, "the price"));
    }

    private static void assertIsReady(UUID task, Announced announced) {
        assertThat(announced.event()).isInstanceOfSatisfying(TaskReadyForAssign.class,
                event -> assertThat(event).isEqualTo(
                        new TaskReadyForAssign(task, 1_100L, 3_900L, event.getReadyAt(), Amounts.CURRENCY)));
    }
}
