package com.uberpopug.ates.tasks.pricing;

import static com.uberpopug.ates.tasks.Company.AMOUNT_CENTS;
import static com.uberpopug.ates.tasks.Company.FEE_CENTS;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.events.tasks.v1.TaskAssigned;
import com.uberpopug.ates.events.tasks.v1.TaskCompleted;
import com.uberpopug.ates.events.tasks.v2.TaskCreated;
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
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Concurrent creation, pricing, shuffles and completion of tasks. */
@TasksTest(kafka = false)
class TaskHistoriesTests {

    private static final int PEOPLE = 3;
    private static final int STEPS = 60;
    private static final int SHUFFLES = 3;

    @Autowired
    private Api api;

    @Autowired
    private Company company;

    @Autowired
    private Shuffles shuffles;

    @Autowired
    private PriceTasks priceTasks;

    @Autowired
    private Announcements announcements;

    @Autowired
    private TransactionTemplate transaction;

    @Autowired
    private JdbcClient db;

    private final AtomicInteger created = new AtomicInteger();
    private final AtomicInteger completed = new AtomicInteger();

    @Test
    void concurrent_changes_leave_each_task_one_history() throws Exception {
        company.clear();
        Stream.generate(() -> company.hire(Role.POPUG)).limit(5).toList();
        create();
        create();
        price();
        assign();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var people = Stream.generate(() -> threads.submit(this::live)).limit(PEOPLE).toList();
            for (int i = 0; i < SHUFFLES; i++) {
                assign();
            }
            for (var person : people) {
                person.get();
            }
        }
        var histories = announcements.byTask();
        assertThat(histories).hasSize(created.get());
        assertThat(histories.values()).allSatisfy(this::isOneHistory);
        assertThat(histories.values().stream().flatMap(List::stream).map(Announced::event)
                .filter(TaskCompleted.class::isInstance)).hasSize(completed.get()).isNotEmpty();
    }

    private void live() {
        var random = ThreadLocalRandom.current();
        for (int step = 0; step < STEPS; step++) {
            switch (random.nextInt(3)) {
                case 0 -> price();
                case 1 -> complete();
                default -> create();
            }
        }
    }

    private void create() {
        assertThat(api.post(new Caller(Ids.next(), Role.POPUG), "/api/tasks", "{\"title\": \"Repaint\"}").status())
                .isEqualTo(201);
        created.incrementAndGet();
    }

    /** Prices some tasks twice each; some of them have a price already. */
    private void price() {
        transaction.executeWithoutResult(_ -> {
            var tasks = db.sql("select id from tasks where status <> 'COMPLETED' order by random() limit 20")
                    .query(UUID.class).list();
            priceTasks.price(Stream.of(tasks, tasks).flatMap(List::stream)
                    .map(task -> new Price(task, FEE_CENTS, AMOUNT_CENTS, new Received(Ids.next(), task.toString(), 1,
                            Instant.EPOCH, null, task)))
                    .toList());
        });
    }

    private void assign() {
        shuffles.awaitFinished(shuffles.press());
    }

    private record Assigned(UUID id, UUID assigneeId) {
    }

    /** Completes a task as its assignee, after an attempt of another popug. */
    private void complete() {
        db.sql("select id, assignee_id from tasks where status = 'ASSIGNED' order by random() limit 1")
                .query(Assigned.class).optional().ifPresent(task -> {
                    var path = "/api/tasks/" + task.id() + "/complete";
                    assertThat(api.post(new Caller(Ids.next(), Role.POPUG), path).status()).isIn(403, 409);
                    int status = api.post(new Caller(task.assigneeId(), Role.POPUG), path).status();
                    assertThat(status).isIn(200, 409);
                    completed.addAndGet(status == 200 ? 1 : 0);
                });
    }

    private void isOneHistory(List<Announced> facts) {
        assertThat(facts).extracting(Announced::sequence)
                .isEqualTo(LongStream.rangeClosed(1, facts.size()).boxed().toList());
        assertThat(company.factsOf(facts.getFirst().task())).isEqualTo(facts.size());
        var events = new ArrayList<>(facts.stream().map(Announced::event).toList());
        assertThat(events.removeFirst()).isInstanceOf(TaskCreated.class);
        if (!events.isEmpty()) {
            assertThat(events.removeFirst()).isInstanceOf(TaskReadyForAssign.class);
        }
        TaskAssigned last = null;
        while (!events.isEmpty() && events.getFirst() instanceof TaskAssigned next) {
            assertThat(next.getAssignmentNumber()).isEqualTo(last == null ? 1 : last.getAssignmentNumber() + 1);
            last = next;
            events.removeFirst();
        }
        if (!events.isEmpty() && last != null) {
            var end = (TaskCompleted) events.removeFirst();
            assertThat(end.getAssigneeId()).isEqualTo(last.getAssigneeId());
            assertThat(end.getAssignmentNumber()).isEqualTo(last.getAssignmentNumber());
        }
        assertThat(events).isEmpty();
    }
}
