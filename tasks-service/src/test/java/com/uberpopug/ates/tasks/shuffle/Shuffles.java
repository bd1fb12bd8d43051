package com.uberpopug.ates.tasks.shuffle;

import static com.uberpopug.ates.tasks.TasksTest.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.web.security.Caller;
import com.uberpopug.ates.platform.web.security.Role;
import com.uberpopug.ates.tasks.Api;
import com.uberpopug.ates.tasks.shuffle.RequestShuffle.Outcome;
import java.time.Clock;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

/** Shuffles requested by a manager, and their progress. */
public final class Shuffles {

    private final Caller manager = new Caller(Ids.next(), Role.MANAGER);
    private final Api api;
    private final RequestShuffle requestShuffle;
    private final SchedulerClient scheduler;
    private final TransactionTemplate transaction;
    private final JdbcClient db;
    private final Clock clock;

    Shuffles(Api api, RequestShuffle requestShuffle, SchedulerClient scheduler, PlatformTransactionManager transactions,
            JdbcClient db, Clock clock) {
        this.api = api;
        this.requestShuffle = requestShuffle;
        this.scheduler = scheduler;
        this.transaction = new TransactionTemplate(transactions);
        this.db = db;
        this.clock = clock;
    }

    /** Presses the button. */
    public UUID press() {
        return press(api);
    }

    /** Presses the button on another instance. */
    UUID press(Api api) {
        var answer = api.post(manager, "/api/shuffles?again=true");
        assertThat(answer.status()).as("%s", answer.body()).isEqualTo(202);
        assertThat(answer.location()).isEqualTo("/api/shuffles/" + answer.text("id"));
        return UUID.fromString(answer.text("id"));
    }

    /** Requests a shuffle without its job: it waits for {@link #schedule}. */
    UUID pressUnscheduled() {
        return transaction.execute(_ -> {
            var shuffle = ((Outcome.Begun) requestShuffle.request(manager, true)).shuffleId();
            db.sql("delete from scheduled_tasks where task_instance = ?").param(shuffle.toString()).update();
            return shuffle;
        });
    }

    void schedule(UUID shuffle) {
        scheduler.scheduleIfNotExists(ShuffleJob.TASK.instance(shuffle.toString()).build(), clock.instant());
    }

    JsonNode progress(UUID shuffle) {
        var answer = api.get(manager, "/api/shuffles/" + shuffle);
        assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
        return answer.body();
    }

    /** Waits for the end of a shuffle of so many tasks. */
    public void awaitFinished(UUID shuffle, long tasks) {
        var progress = awaitFinished(shuffle);
        assertThat(progress.path("tasks_done").asLong()).isEqualTo(tasks);
        assertThat(progress.path("tasks_total").asLong()).isEqualTo(tasks);
        assertThat(progress.path("finished_at").asString()).isGreaterThan(progress.path("requested_at").asString());
    }

    public JsonNode awaitFinished(UUID shuffle) {
        return await().atMost(PATIENCE).until(() -> progress(shuffle),
                progress -> progress.path("status").asString().equals("FINISHED"));
    }
}
