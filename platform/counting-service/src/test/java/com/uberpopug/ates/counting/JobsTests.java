package com.uberpopug.ates.counting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.platform.events.Jobs.Job;
import com.uberpopug.ates.platform.events.Jobs;
import com.uberpopug.ates.platform.test.PageSession;
import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.security.Role;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.session.SessionRepository;
import org.springframework.transaction.support.TransactionTemplate;

/** Jobs are scheduled even if their rows were lost or changed, and a job that does not run raises an alarm. */
@ServiceTest(database = "counting", properties = "ates.unknown-schema-patience=2s")
class JobsTests {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String JOB = "forget-old-facts";

    @Autowired
    Jobs jobs;
    @Autowired
    JdbcClient db;
    @Autowired
    MeterRegistry meters;
    @Autowired
    SessionRepository<?> sessions;
    @Autowired
    Environment environment;
    @Autowired
    TransactionTemplate transaction;
    @LocalServerPort
    int port;

    @AfterEach
    void makeAllJobsDue() {
        db.sql("update scheduled_tasks set execution_time = now(), consecutive_failures = 0").update();
    }

    @Test
    void job_whose_row_is_missing_is_scheduled_again() {
        assertThat(jobs.all()).extracting(Job::name).contains(JOB, "forget-old-idempotency-keys");
        db.sql("delete from scheduled_tasks").update();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(jobs.all())
                .allSatisfy(job -> assertThat(job.next()).as(job.name()).isNotNull()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"execution_time = '2030-01-01'", "last_success = now() + interval '10 min'"})
    void job_scheduled_by_a_fast_clock_raises_an_alarm_and_runs_now(String misplaced) {
        // In one transaction: the scheduler, and what looks for such jobs, wait for the row.
        await().atMost(PATIENCE).until(() -> transaction.execute(_ -> {
            int changed = db
                    .sql("update scheduled_tasks set %s where task_name = ? and not picked".formatted(misplaced))
                    .param(JOB).update();
            assertThat(changed == 0 || late()).isTrue();
            return changed == 1;
        }));
        await().atMost(PATIENCE).until(() -> !late());
        assertThat(jobs.all()).filteredOn(job -> job.name().equals(JOB)).singleElement()
                .satisfies(job -> assertThat(job.next()).isBefore(Instant.now().plus(Duration.ofHours(2))));
    }

    @Test
    void job_that_fails_or_does_not_run_is_reported_by_health_metrics_and_the_pipeline_page() throws Exception {
        await().atMost(PATIENCE).until(() -> get("/actuator/health/pipeline").statusCode() == 200);
        await().atMost(PATIENCE).until(() -> db.sql("""
                update scheduled_tasks
                   set consecutive_failures = 2, last_success = now() - interval '3 min',
                       execution_time = now() + interval '1 hour'
                 where task_name = ? and not picked
                """).param(JOB).update() == 1);
        assertLate();
        // Due, but picked by an instance that has no heartbeat.
        transaction.executeWithoutResult(_ -> {
            db.sql("""
                    update scheduled_tasks set consecutive_failures = 0, picked = true, picked_by = 'nobody',
                           execution_time = now() - interval '3 min', last_heartbeat = now() - interval '3 min'
                     where task_name = ?
                    """).param(JOB).update();
            assertThat(late()).as("until an instance takes it over").isTrue();
        });
        await("it was taken over").atMost(PATIENCE).until(() -> !late());
        await().atMost(PATIENCE).until(() -> get("/actuator/health/pipeline").statusCode() == 200);
    }

    private void assertLate() throws Exception {
        var health = get("/actuator/health/pipeline");
        assertThat(health.statusCode()).isEqualTo(503);
        assertThat(health.body()).contains(JOB, "overdue for PT3M", "2 failures in a row");
        assertThat(get("/actuator/health/readiness").statusCode()).as("readiness").isEqualTo(200);
        await().atMost(PATIENCE).until(() -> meters.get("ates.job.overdue").tag("job", JOB).gauge().value() > 170);
        var cookie = PageSession.cookie(sessions, environment, UUID.randomUUID(), Role.ADMIN);
        assertThat(get("/pipeline", "Accept", "text/html", "Cookie", cookie).body()).contains(JOB)
                .containsPattern("overdue for (18|19|2\\d)\\d");
    }

    private boolean late() {
        return jobs.all().stream().filter(job -> job.name().equals(JOB)).allMatch(Job::isLate);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return get(path, "Authorization",
                "Bearer " + Tokens.of(UUID.randomUUID(), Role.ADMIN, claims -> claims.audience("counting-service")));
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        try (var http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).headers(headers)
                    .timeout(PATIENCE).build(), BodyHandlers.ofString());
        }
    }
}
