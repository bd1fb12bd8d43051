package com.uberpopug.ates.tasks.pricing;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

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
 * {@code ates.tasks.assign-when-ready=true}: nobody has to press the button for what is new. Without Kafka, where the users of
 * other tests are workers, too.
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
    void nobody_and_nothing() {
        company.clear();
    }

    @Test
    void a_task_is_given_away_in_the_moment_it_is_priced() {
        var anna = company.hire(Role.ACCOUNTANT);
        company.hire(Role.MANAGER);
        company.deactivate(company.hire(Role.POPUG));
        var task = company.newTask();
        var price = price(task);
        price(List.of(price, price(task)));
        price(List.of(price));

        var announced = announcements.byTask().get(task);
        assertThat(announced).extracting(Announced::sequence).containsExactly(2L, 3L);
        assertThat(announced.getFirst().event()).isEqualTo(new TaskReadyForAssign(task, 1_100L, 3_900L));
        assertThat(announced.getLast().event()).isInstanceOfSatisfying(TaskAssigned.class,
                event -> assertThat(event).isEqualTo(
                        new TaskAssigned(task, anna.id(), 1, 1_100L, event.getAssignedAt(), null)));
        assertThat(db.sql("select fact_id from outbox where type = 'Tasks.Assigned'").query(UUID.class).single())
                .isEqualTo(Ids.derived(price.cause().factId(), "Tasks.Assigned"));
        assertThat(db.sql("select traceparent from outbox").query(String.class).list()).containsOnly(TRACEPARENT);

        assertThat(api.get(anna, "/api/tasks/mine").body().at("/items/0/assignment_number").asInt()).isEqualTo(1);
        assertThat(api.post(anna, "/api/tasks/" + task + "/complete").status()).isEqualTo(200);
        assertThat(company.factsOf(task)).isEqualTo(4);
    }

    @Test
    void each_goes_to_one_drawn_by_lot_and_what_is_ready_already_waits_for_the_button() {
        var workers = Stream.of(Role.POPUG, Role.POPUG, Role.ACCOUNTANT).map(company::hire).map(Caller::id).toList();
        var waiting = company.readyTasks(1).getFirst();
        var tasks = IntStream.range(0, 100).mapToObj(_ -> company.newTask()).toList();
        price(tasks.stream().map(AssigningWhenReadyTests::price).toList());

        var assigned = announcements.assignments();
        assertThat(assigned).extracting(TaskAssigned::getTaskId).containsExactlyInAnyOrderElementsOf(tasks);
        // That one of three gets none of 100 tasks by chance happens once in 10^17 times.
        assertThat(assigned.stream().map(TaskAssigned::getAssigneeId).collect(toSet()))
                .containsExactlyInAnyOrderElementsOf(workers);
        assertThat(company.factsOf(waiting)).isEqualTo(2);
    }

    @Test
    void without_a_worker_a_task_stays_ready_until_the_button_is_pressed() {
        var task = company.newTask();
        price(List.of(price(task)));
        assertThat(announcements.byTask().get(task)).extracting(Announced::event)
                .containsExactly(new TaskReadyForAssign(task, 1_100L, 3_900L));

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
}
