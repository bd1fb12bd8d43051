package com.uberpopug.ates.tasks.task;

import static com.uberpopug.ates.tasks.Company.AMOUNT_CENTS;
import static com.uberpopug.ates.tasks.Company.FEE_CENTS;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.events.tasks.v1.TaskAssigned;
import com.uberpopug.ates.events.tasks.v1.TaskCompleted;
import com.uberpopug.ates.events.tasks.v1.TaskCreated;
import com.uberpopug.ates.events.tasks.v1.TaskReadyForAssign;
import com.uberpopug.ates.platform.Ids;
import com.uberpopug.ates.platform.inbox.Received;
import com.uberpopug.ates.platform.security.Caller;
import com.uberpopug.ates.platform.security.Role;
import com.uberpopug.ates.tasks.Announcements;
import com.uberpopug.ates.tasks.Announcements.Announced;
import com.uberpopug.ates.tasks.Api;
import com.uberpopug.ates.tasks.Company;
import com.uberpopug.ates.tasks.TasksTest;
import com.uberpopug.ates.tasks.shuffle.Shuffles;
import com.uberpopug.ates.tasks.task.PriceTasks.Price;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Everything at once: people create, complete and assign tasks while prices come in. */
@TasksTest(kafka = false)
class TaskHistoriesTests {

    private static final int TASKS_PER_CREATOR = 80;
    private static final int SHUFFLES = 4;

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

    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger completed = new AtomicInteger();

    @Test
    void whatever_happens_at_once_each_task_has_one_history() throws Exception {
        company.clear();
        Stream.generate(() -> company.hire(Role.POPUG)).limit(5).toList();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var meanwhile = Stream.<Runnable>of(this::price, this::complete, this::complete).map(threads::submit)
                    .toList();
            var creators = Stream.<Runnable>of(this::create, this::create).map(threads::submit).toList();
            try {
                for (int i = 0; i < SHUFFLES; i++) {
                    shuffles.awaitFinished(shuffles.press());
                }
                for (var creator : creators) {
                    creator.get();
                }
                shuffles.awaitFinished(shuffles.press());
            } finally {
                over.set(true);
            }
            for (var thread : meanwhile) {
                thread.get();
            }
        }

        var histories = announcements.byTask();
        assertThat(histories).hasSize(2 * TASKS_PER_CREATOR);
        assertThat(histories.values()).allSatisfy(this::isOneHistory);
        assertThat(histories.values().stream().flatMap(List::stream).map(Announced::event)
                .filter(TaskCompleted.class::isInstance)).hasSize(completed.get()).isNotEmpty();
    }

    private void create() {
        for (int i = 0; i < TASKS_PER_CREATOR; i++) {
            assertThat(api.post(new Caller(Ids.next(), Role.POPUG), "/api/tasks", "{\"title\": \"Repaint\"}").status())
                    .isEqualTo(201);
        }
    }

    /** Each price comes twice, at first in one batch. */
    private void price() {
        while (!over.get()) {
            transaction.executeWithoutResult(_ -> {
                var tasks = db.sql("select id from tasks where status <> 'COMPLETED' order by random() limit 20")
                        .query(UUID.class).list();
                priceTasks.price(Stream.of(tasks, tasks).flatMap(List::stream)
                        .map(task -> new Price(task, FEE_CENTS, AMOUNT_CENTS, new Received(Ids.next(),
                                task.toString(), 1, Instant.EPOCH, null, task)))
                        .toList());
            });
        }
    }

    private record Assigned(UUID id, UUID assigneeId) {
    }

    private void complete() {
        while (!over.get()) {
            var some = db.sql("select id, assignee_id from tasks where status = 'ASSIGNED' order by random() limit 5")
                    .query(Assigned.class).list();
            for (var task : some) {
                var path = "/api/tasks/" + task.id() + "/complete";
                assertThat(api.post(new Caller(Ids.next(), Role.POPUG), path).status()).isIn(403, 409);
                int status = api.post(new Caller(task.assigneeId(), Role.POPUG), path).status();
                assertThat(status).isIn(200, 409);
                completed.addAndGet(status == 200 ? 1 : 0);
            }
        }
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
