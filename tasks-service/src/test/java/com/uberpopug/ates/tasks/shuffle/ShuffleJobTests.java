package com.uberpopug.ates.tasks.shuffle;

import static com.uberpopug.ates.tasks.TasksTest.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.uberpopug.ates.events.tasks.v1.TaskAssigned;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.web.security.Caller;
import com.uberpopug.ates.platform.web.security.Role;
import com.uberpopug.ates.tasks.Announcements.Announced;
import com.uberpopug.ates.tasks.Announcements;
import com.uberpopug.ates.tasks.Api;
import com.uberpopug.ates.tasks.Company;
import com.uberpopug.ates.tasks.TasksServiceApplication;
import com.uberpopug.ates.tasks.TasksTest;
import com.uberpopug.ates.tasks.shuffle.RunShuffle.Progress;
import java.util.Collection;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** A shuffle in the background: its chunks, crashes, and concurrent changes of its tasks. */
@TasksTest(kafka = false)
class ShuffleJobTests {

    @Autowired
    private Company company;

    @Autowired
    private Shuffles shuffles;

    @Autowired
    private RunShuffle runShuffle;

    @Autowired
    private Announcements announcements;

    @Autowired
    private Api api;

    @Autowired
    private Scheduler scheduler;

    @Autowired
    private TransactionTemplate transaction;

    @Autowired
    private JdbcClient db;

    @Autowired
    private Environment environment;

    private Caller anna;

    @BeforeEach
    void hireTwoPopugs() {
        company.clear();
        anna = company.hire(Role.POPUG);
        company.hire(Role.POPUG);
    }

    @Test
    void shuffle_runs_until_every_task_is_assigned() {
        var tasks = company.readyTasks(1_200);
        shuffles.awaitFinished(shuffles.press(), 1_200);
        assertAssigned(tasks, 1);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "499, 1", "500, 2", "501, 2", "1000, 3"})
    void chunk_has_500_tasks(int tasks, int chunks) {
        var ids = company.readyTasks(tasks);
        var shuffle = shuffles.pressUnscheduled();
        for (int chunk = 1; chunk < chunks; chunk++) {
            assertThat(runShuffle.nextChunk(shuffle)).isEqualTo(Progress.MORE);
            assertThat(shuffles.progress(shuffle).path("tasks_done").asLong()).isEqualTo(Math.min(500 * chunk, tasks));
            assertThat(shuffles.progress(shuffle).path("tasks_total").asLong()).isEqualTo(tasks);
        }
        assertThat(runShuffle.nextChunk(shuffle)).isEqualTo(Progress.FINISHED);
        shuffles.awaitFinished(shuffle, tasks);
        assertAssigned(ids, 1);
    }

    @Test
    void finished_shuffle_does_nothing() {
        company.readyTasks(1);
        var shuffle = shuffles.press();
        shuffles.awaitFinished(shuffle, 1);
        assertThat(runShuffle.nextChunk(shuffle)).isEqualTo(Progress.FINISHED);
        assertThat(runShuffle.nextChunk(Ids.next())).isEqualTo(Progress.FINISHED);
        assertThat(announcements.assignments()).hasSize(1);
        await().atMost(PATIENCE).until(() -> jobs() == 0);
    }

    @Test
    void shuffle_continues_behind_the_last_chunk_after_a_crash() {
        var tasks = company.readyTasks(1_200);
        var shuffle = shuffles.pressUnscheduled();
        runShuffle.nextChunk(shuffle);
        shuffles.schedule(shuffle);
        shuffles.awaitFinished(shuffle, 1_200);
        assertAssigned(tasks, 1);
    }

    @Test
    void crash_within_a_chunk_leaves_the_chunk_unassigned() {
        var tasks = company.readyTasks(600);
        var shuffle = shuffles.pressUnscheduled();
        transaction.executeWithoutResult(crash -> {
            runShuffle.nextChunk(shuffle);
            crash.setRollbackOnly();
        });
        assertThat(announcements.assignments()).isEmpty();
        shuffles.schedule(shuffle);
        shuffles.awaitFinished(shuffle, 600);
        assertAssigned(tasks, 1);
    }

    @Test
    void job_of_a_dead_instance_is_taken_over() {
        var tasks = company.readyTasks(600);
        var shuffle = shuffles.pressUnscheduled();
        runShuffle.nextChunk(shuffle);
        db.sql("""
                insert into scheduled_tasks (task_name, task_instance, execution_time, picked, picked_by, last_heartbeat,
                                             version)
                values ('shuffle', ?, now(), true, 'an instance that died', now() - interval '1 minute', 1)
                """)
                .param(shuffle.toString()).update();
        shuffles.awaitFinished(shuffle, 600);
        assertAssigned(tasks, 1);
    }

    @Test
    void failed_chunk_is_retried() {
        var tasks = company.readyTasks(600);
        var shuffle = shuffles.pressUnscheduled();
        // A conflicting assignment: the chunk cannot be stored until the row is gone.
        db.sql("insert into assignments (task_id, number, assignee_id, assigned_at) values (?, 1, ?, now())")
                .params(tasks.getLast(), anna.id()).update();
        shuffles.schedule(shuffle);
        await().atMost(PATIENCE).until(() -> db.sql("select max(consecutive_failures) from scheduled_tasks")
                .query(Integer.class).optional().orElse(0) >= 2);
        assertThat(shuffles.progress(shuffle).path("tasks_done").asLong()).isEqualTo(500);
        db.sql("delete from assignments where task_id = ?").param(tasks.getLast()).update();
        shuffles.awaitFinished(shuffle, 600);
        assertAssigned(tasks, 1);
    }

    @Test
    void two_concurrent_runs_assign_each_task_once() {
        var tasks = company.readyTasks(2_600);
        var shuffle = shuffles.pressUnscheduled();
        var other = CompletableFuture.runAsync(() -> runAll(shuffle));
        runAll(shuffle);
        other.join();
        shuffles.awaitFinished(shuffle, 2_600);
        assertAssigned(tasks, 1);
    }

    @Test
    void second_shuffle_waits_for_the_first() {
        var tasks = company.readyTasks(600);
        var first = shuffles.pressUnscheduled();
        var second = shuffles.press();
        runShuffle.nextChunk(first);
        assertThat(runShuffle.nextChunk(second)).isEqualTo(Progress.WAIT_FOR_EARLIER);
        assertThat(shuffles.progress(second).path("tasks_done").asLong()).isZero();
        runShuffle.nextChunk(first);
        shuffles.awaitFinished(first, 600);
        shuffles.awaitFinished(second, 600);
        assertAssigned(tasks, 2);
        assertThat(announcements.assignments()).extracting(TaskAssigned::getShuffleId)
                .containsExactlyElementsOf(Stream.of(first, second)
                        .flatMap(shuffle -> Stream.generate(() -> shuffle).limit(600)).toList());
    }

    @Test
    void each_press_of_the_button_runs_a_shuffle() {
        var tasks = company.readyTasks(40);
        Stream.generate(shuffles::press).limit(5).toList().forEach(shuffle -> shuffles.awaitFinished(shuffle, 40));
        assertAssigned(tasks, 5);
    }

    @Test
    void task_created_during_a_shuffle_waits_for_the_next() {
        var tasks = company.readyTasks(600);
        var shuffle = shuffles.pressUnscheduled();
        runShuffle.nextChunk(shuffle);
        company.readyTasks(1);
        runShuffle.nextChunk(shuffle);
        shuffles.awaitFinished(shuffle, 600);
        assertAssigned(tasks, 1);
    }

    @Test
    void task_created_by_a_clock_ahead_is_assigned() {
        var task = company.readyTasks(1);
        db.sql("update tasks set created_at = now() + interval '5 minutes'").update();
        shuffles.awaitFinished(shuffles.press(), 1);
        assertAssigned(task, 1);
    }

    @Test
    void task_completed_during_a_shuffle_stays_completed() {
        var tasks = company.tasksOf(anna, 600);
        var shuffle = shuffles.pressUnscheduled();
        runShuffle.nextChunk(shuffle);
        var completed = tasks.getLast();
        assertThat(api.post(anna, "/api/tasks/" + completed + "/complete").status()).isEqualTo(200);
        runShuffle.nextChunk(shuffle);
        shuffles.awaitFinished(shuffle, 599);
        assertThat(announcements.assignments()).extracting(TaskAssigned::getTaskId)
                .containsExactlyElementsOf(tasks.subList(0, 599));
        assertThat(api.get(anna, "/api/tasks/" + completed).text("status")).isEqualTo("COMPLETED");
    }

    @Test
    void shuffle_waits_for_a_completion_and_skips_the_task() {
        var tasks = company.tasksOf(anna, 3);
        var shuffle = shuffles.pressUnscheduled();
        var running = transaction.execute(_ -> {
            db.sql("set local idle_in_transaction_session_timeout = 0").update();
            db.sql("update tasks set status = 'COMPLETED', completed_at = now() where id = ?").param(tasks.get(1))
                    .update();
            var chunk = CompletableFuture.supplyAsync(() -> runShuffle.nextChunk(shuffle));
            awaitLockWait();
            return chunk;
        });
        assertThat(running.join()).isEqualTo(Progress.FINISHED);
        shuffles.awaitFinished(shuffle, 2);
        assertThat(announcements.assignments()).extracting(TaskAssigned::getTaskId)
                .containsExactly(tasks.getFirst(), tasks.getLast());
    }

    @Test
    void completion_during_a_reassignment_is_refused() {
        var unlucky = new Caller(Ids.next(), Role.POPUG);
        var task = company.taskOf(unlucky);
        var shuffle = shuffles.pressUnscheduled();
        var completing = transaction.execute(_ -> {
            db.sql("set local idle_in_transaction_session_timeout = 0").update();
            runShuffle.nextChunk(shuffle);
            var call = CompletableFuture.supplyAsync(() -> api.post(unlucky, "/api/tasks/" + task + "/complete"));
            awaitLockWait();
            return call;
        });
        assertThat(completing.join().status()).isEqualTo(409);
        assertThat(completing.join().text("detail")).isEqualTo("The task is no longer assigned to you");
        assertThat(announcements.assignments()).extracting(TaskAssigned::getAssignmentNumber).containsExactly(2);
    }

    @Test
    void remaining_tasks_keep_their_assignees_without_active_workers() {
        var tasks = company.tasksOf(anna, 600);
        var shuffle = shuffles.pressUnscheduled();
        runShuffle.nextChunk(shuffle);
        db.sql("update users set active = false").update();
        assertThat(runShuffle.nextChunk(shuffle)).isEqualTo(Progress.FINISHED);
        shuffles.awaitFinished(shuffle, 500);
        assertThat(db.sql("select count(*) from tasks where assignee_id = ? and assignment_number = 1").param(anna.id())
                .query(Long.class).single()).isEqualTo(100);
        assertThat(announcements.assignments()).extracting(TaskAssigned::getTaskId)
                .containsExactlyElementsOf(tasks.subList(0, 500));
    }

    @Test
    void two_instances_share_shuffles_and_the_survivor_continues() {
        var tasks = company.readyTasks(3_000);
        try (var other = anotherInstance()) {
            var there = new Api(other.getEnvironment());
            var shared = Stream.of(api, there, api, there).map(shuffles::press).toList();
            shared.forEach(shuffle -> shuffles.awaitFinished(shuffle, 3_000));

            var pressed = new Caller(Ids.next(), Role.MANAGER);
            var clicks = Stream.of(api, there, api, there)
                    .map(instance -> CompletableFuture.supplyAsync(() -> instance.post(pressed, "/api/shuffles")))
                    .toList().stream().map(CompletableFuture::join).toList();
            assertThat(clicks).as("at the same moment").extracting(Api.Answer::status).containsOnlyOnce(202)
                    .containsOnly(202, 409);
            var clicked = clicks.stream().filter(click -> click.status() == 202).findFirst().orElseThrow();
            assertThat(clicks).extracting(Api.Answer::location).containsOnly(clicked.location());
            shuffles.awaitFinished(UUID.fromString(clicked.text("id")), 3_000);

            scheduler.pause();
            var last = shuffles.press(there);
            await().atMost(PATIENCE).until(() -> shuffles.progress(last).path("tasks_done").asLong() > 0);
            other.close();
            scheduler.resume();
            shuffles.awaitFinished(last, 3_000);
        } finally {
            scheduler.resume();
        }
        assertAssigned(tasks, 6);
    }

    private ConfigurableApplicationContext anotherInstance() {
        var settings = Stream.of("spring.datasource.url", "spring.datasource.username", "spring.datasource.password",
                "ates.client-secret", "ates.issuer", "spring.kafka.listener.auto-startup",
                "db-scheduler.polling-interval", "ates.tasks.shuffle-pause")
                .map(name -> "--" + name + "=" + environment.getRequiredProperty(name));
        return new SpringApplicationBuilder(TasksServiceApplication.class)
                .run(Stream.concat(settings, Stream.of("--server.port=0")).toArray(String[]::new));
    }

    private void runAll(UUID shuffle) {
        while (runShuffle.nextChunk(shuffle) == Progress.MORE) {
            // The next chunk.
        }
    }

    private void awaitLockWait() {
        await().atMost(PATIENCE).until(() -> db.sql("""
                select exists (select from pg_stat_activity
                                where datname = current_database() and wait_event_type = 'Lock')
                """).query(Boolean.class).single());
    }

    /** Exactly these tasks, which were ready before, were assigned so many times each. */
    private void assertAssigned(Collection<UUID> tasks, int times) {
        var announced = announcements.byTask();
        assertThat(announced.keySet()).containsExactlyInAnyOrderElementsOf(tasks);
        var sequences = LongStream.rangeClosed(3, 2 + times).boxed().toList();
        assertThat(announced.values()).allSatisfy(facts -> {
            assertThat(facts).extracting(Announced::sequence).isEqualTo(sequences);
            assertThat(facts).extracting(fact -> ((TaskAssigned) fact.event()).getAssignmentNumber())
                    .isEqualTo(sequences.stream().map(sequence -> (int) (sequence - 2)).toList());
        });
        assertThat(db.sql("select count(*) from tasks where facts = ? and assignment_number = ? and version = ?")
                .params(2 + times, times, times).query(Long.class).single()).isEqualTo(tasks.size());
        assertThat(db.sql("select count(*) from assignments").query(Long.class).single())
                .isEqualTo((long) tasks.size() * times);
    }

    private long jobs() {
        return db.sql("select count(*) from scheduled_tasks where task_name = 'shuffle'").query(Long.class).single();
    }
}
