package com.uberpopug.ates.counting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.events.Amounts;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.serde.Envelope;
import com.uberpopug.ates.events.tasks.v1.TaskAssigned;
import com.uberpopug.ates.events.tasks.v1.TaskCreated;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.events.outbox.OutboxRelay;
import com.uberpopug.ates.platform.test.Events;
import com.uberpopug.ates.platform.test.RealParts;
import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.security.Role;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.DoublePredicate;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** The metrics of a service and the health of its pipeline. */
@ServiceTest(database = "counting", properties = "ates.unknown-schema-patience=2s")
class MetricsTests {

    private static final String LAG = "ates_consumer_lag{consumer=\"counting.tasks\",topic=\"ates.tasks\"}";
    private static final String LAG_SECONDS = "ates_consumer_lag_seconds{consumer=\"counting.tasks\",topic=\"ates.tasks\"}";
    private static final String SET_ASIDE = "ates_inbox_dead_letters_total{consumer=\"counting.tasks\",";
    private static final String WAITING = "ates_inbox_dead_letters_waiting{consumer=\"counting.tasks\"}";
    private static final HttpClient http = HttpClient.newHttpClient();

    private final UUID counter = Ids.next();

    @Autowired
    Counters counters;
    @Autowired
    Events events;
    @Autowired
    OutboxRelay relay;
    @Autowired
    KafkaListenerEndpointRegistry listeners;
    @Autowired
    JdbcClient db;
    @Autowired
    PlatformTransactionManager transactions;
    @Autowired
    DataSource pool;
    @LocalServerPort
    int port;

    @Test
    void metrics_are_for_admins_only() throws Exception {
        assertThat(get("/actuator/prometheus", null).statusCode()).isEqualTo(401);
        for (var role : new Role[]{Role.POPUG, Role.MANAGER, Role.ACCOUNTANT}) {
            assertThat(get("/actuator/prometheus", token(role)).statusCode()).isEqualTo(403);
        }
        var scraped = get("/actuator/prometheus", token(Role.ADMIN));
        assertThat(scraped.statusCode()).isEqualTo(200);
        assertThat(scraped.headers().firstValue("Content-Type")).hasValueSatisfying(
                type -> assertThat(type).startsWith("text/plain;version=0.0.4"));
        var open = http.send(request("/actuator/prometheus", token(Role.ADMIN))
                .header("Accept", "application/openmetrics-text;version=1.0.0").build(), BodyHandlers.ofString());
        assertThat(open.headers().firstValue("Content-Type")).hasValueSatisfying(
                type -> assertThat(type).startsWith("application/openmetrics-text"));
        assertThat(scraped.body()).contains("# HELP ates_outbox_backlog ", "# TYPE ates_outbox_sent_total counter");
        assertThat(scraped.body()).contains("ates_security_events_total{kind=\"BURST\",outcome=\"FAILED\"}")
                .containsPattern("http_server_requests_seconds_bucket\\{[^}]*le=\"0.05\"");
    }

    @Test
    void outbox_reports_its_backlog_and_leader() {
        awaitFigure("ates_outbox_leader", leader -> leader == 1);
        awaitFigure("ates_outbox_backlog", rows -> rows == 0);
        awaitFigure("ates_outbox_oldest_age_seconds", age -> age == 0);
        double sent = figure("ates_outbox_sent_total");
        relay.stop();
        try {
            counters.step(counter);
            counters.step(counter);
            awaitFigure("ates_outbox_backlog", rows -> rows == 2);
            assertThat(figure("ates_outbox_leader")).isZero();
            double age = figure("ates_outbox_oldest_age_seconds");
            awaitFigure("ates_outbox_oldest_age_seconds", older -> older > age + 0.5 && older < 60);
        } finally {
            relay.start();
        }
        awaitFigure("ates_outbox_backlog", rows -> rows == 0);
        awaitFigure("ates_outbox_oldest_age_seconds", age -> age == 0);
        assertThat(figure("ates_outbox_leader")).isEqualTo(1);
        assertThat(figure("ates_outbox_sent_total")).isEqualTo(sent + 2);
    }

    @Test
    void consumer_reports_its_lag() {
        awaitFigure(LAG, records -> records == 0);
        assertThat(figure(LAG_SECONDS)).isZero();
        var listener = Objects.requireNonNull(listeners.getListenerContainer("counting.tasks"));
        listener.stop();
        try {
            for (int n = 1; n <= 3; n++) {
                events.send(step());
            }
            awaitFigure(LAG, records -> records == 3);
            double age = figure(LAG_SECONDS);
            assertThat(age).isPositive();
            awaitFigure(LAG_SECONDS, older -> older > age + 2 && older < 60);
        } finally {
            listener.start();
        }
        awaitFigure(LAG, records -> records == 0);
        assertThat(figure(LAG_SECONDS)).isZero();
    }

    @Test
    void dead_letters_are_counted_in_total_and_while_they_wait() throws Exception {
        double setAside = figure(SET_ASIDE);
        double waiting = figure(WAITING);
        db.sql("insert into frozen_counters values (?)").param(counter).update();
        events.send(step());
        awaitFigure(SET_ASIDE, letters -> letters == setAside + 1);
        awaitFigure(WAITING, letters -> letters == waiting + 1);

        db.sql("delete from frozen_counters where id = ?").param(counter).update();
        settleNewest("replay");
        awaitFigure(WAITING, letters -> letters == waiting);
        assertThat(figure(SET_ASIDE)).isEqualTo(setAside + 1);
    }

    @Test
    void discarded_or_applied_dead_letters_wait_no_longer() throws Exception {
        double setAside = figure(SET_ASIDE);
        double waiting = figure(WAITING);
        db.sql("insert into frozen_counters values (?)").param(counter).update();
        var redelivered = step();
        events.send(redelivered, step());
        awaitFigure(SET_ASIDE, letters -> letters == setAside + 2);
        awaitFigure(WAITING, letters -> letters == waiting + 2);

        db.sql("delete from frozen_counters where id = ?").param(counter).update();
        events.send(redelivered);
        awaitFigure(WAITING, letters -> letters == waiting + 1);
        settleNewest("discard");
        awaitFigure(WAITING, letters -> letters == waiting);
        assertThat(figure(SET_ASIDE)).isEqualTo(setAside + 2);
    }

    @Test
    void records_read_and_skipped_are_counted_by_type_version_and_reason() {
        var read = "ates_inbox_read_total{consumer=\"counting.tasks\",type=\"Tasks.Assigned\",version=\"1\"}";
        awaitFigure(LAG, records -> records == 0);
        double start = scraped().contains(read) ? figure(read) : 0;
        events.send(step());
        // The lag is up to five seconds old.
        awaitFigure(read, count -> count == start + 1);
        double before = start + 1;
        for (int n = 0; n < 60; n++) {
            var strange = events.record(step());
            Envelope.put(strange.headers(), Envelope.TYPE, n % 2 == 0 ? "Strange.Type" + n : "\u0000 \u202e" + n);
            Envelope.put(strange.headers(), Envelope.DATA_SCHEMA, "Strange.Type" + n + "/v" + n);
            events.send(List.of(strange));
        }
        var created = Fact.of(Ids.next(), counter, 1, Instant.EPOCH,
                new TaskCreated(counter, "Count", null, counter, Instant.EPOCH));
        events.send(created, step());
        awaitFigure(read, count -> count == before + 1);
        assertThat(figure("""
                ates_inbox_skipped_total{consumer="counting.tasks",reason="type_not_handled",type="Tasks.Created","""
                + """
                        version="1"}""")).isPositive();
        assertThat(figure("""
                ates_inbox_skipped_total{consumer="counting.tasks",reason="type_not_handled",type="other",""" + """
                version="other"}""")).isGreaterThanOrEqualTo(40);
        assertThat(scraped().lines().filter(line -> line.startsWith("ates_inbox_skipped_total{")
                && line.contains("Strange"))).hasSizeBetween(1, 20);
    }

    @Test
    void record_behind_an_open_transaction_counts_as_lag_and_is_unhealthy() throws Exception {
        awaitFigure(LAG, records -> records == 0);
        await().atMost(Duration.ofSeconds(30)).until(() -> get("/actuator/health/pipeline", token(Role.ADMIN))
                .statusCode() == 200);
        try (var stranger = new KafkaProducer<>(
                RealParts.shared().kafkaClient(Map.of("transactional.id", "stranger-" + counter,
                        "transaction.timeout.ms", 300_000)),
                new StringSerializer(), new ByteArraySerializer())) {
            stranger.initTransactions();
            stranger.beginTransaction();
            stranger.send(new ProducerRecord<>(Topics.TASKS, counter.toString(), new byte[0])).get();
            events.send(step());
            awaitFigure(LAG, records -> records >= 2);
            awaitFigure(LAG_SECONDS, age -> age > 1);
            await().atMost(Duration.ofSeconds(40)).until(() -> get("/actuator/health/pipeline", token(Role.ADMIN)),
                    health -> health.statusCode() == 503 && health.body().contains("open_transaction_seconds"));
            assertThat(get("/actuator/health", null).statusCode()).isEqualTo(200);
            assertThat(figure(LAG_SECONDS)).isGreaterThan(5);
            stranger.abortTransaction();
        }
        awaitFigure(LAG, records -> records == 0);
        awaitFigure(LAG_SECONDS, age -> age == 0);
        await().atMost(Duration.ofSeconds(30)).until(() -> get("/actuator/health/pipeline", token(Role.ADMIN))
                .statusCode() == 200);
    }

    @Test
    void listener_that_an_error_has_stopped_is_unhealthy_and_is_restarted() throws Exception {
        awaitFigure(LAG, records -> records == 0);
        StepsListener.NEXT_ERROR.set(new OutOfMemoryError("of a test"));
        events.send(step());
        await().atMost(Duration.ofSeconds(30)).until(() -> get("/actuator/health/pipeline", token(Role.ADMIN)),
                health -> health.statusCode() == 503 && health.body().contains("its listener has stopped"));
        awaitFigure(LAG, records -> records == 0);
        await().atMost(Duration.ofMinutes(1)).until(() -> get("/actuator/health/pipeline", token(Role.ADMIN))
                .statusCode() == 200);
    }

    @Test
    void batch_that_does_not_end_is_unhealthy() throws Exception {
        awaitFigure(LAG, records -> records == 0);
        new TransactionTemplate(transactions).executeWithoutResult(_ -> {
            // The database ends transactions that idle for five seconds.
            db.sql("set local idle_in_transaction_session_timeout = 0").update();
            db.sql("lock table inbox in access exclusive mode").update();
            events.send(step());
            await().atMost(Duration.ofSeconds(40)).pollInSameThread().pollInterval(Duration.ofSeconds(1))
                    .until(() -> get("/actuator/health/pipeline", token(Role.ADMIN)),
                            health -> health.statusCode() == 503
                                    && health.body().contains("has been in progress for"));
        });
        awaitFigure(LAG, records -> records == 0);
    }

    @Test
    void relay_without_a_leader_is_unhealthy_with_an_empty_outbox() throws Exception {
        awaitFigure("ates_outbox_leader", leader -> leader == 1);
        relay.stop();
        try {
            await().atMost(Duration.ofSeconds(30)).until(() -> get("/actuator/health/pipeline", token(Role.ADMIN)),
                    health -> health.statusCode() == 503 && health.body().contains("no instance sends the outbox"));
            assertThat(figure("ates_outbox_backlog")).isZero();
            awaitFigure("ates_pipeline_up", up -> up == 0);
        } finally {
            relay.start();
        }
        awaitFigure("ates_pipeline_up", up -> up == 1);
        await().atMost(Duration.ofSeconds(30)).until(() -> get("/actuator/health/pipeline", token(Role.ADMIN))
                .statusCode() == 200);
    }

    @Test
    void consumer_that_retries_a_batch_is_unhealthy() throws Exception {
        awaitFigure(LAG, records -> records == 0);
        await().atMost(Duration.ofSeconds(30)).until(() -> get("/actuator/health/pipeline", token(Role.ADMIN))
                .statusCode() == 200);
        try (var held = pool.getConnection()) {
            var holder = JdbcClient.create(new SingleConnectionDataSource(held, true));
            held.setAutoCommit(false);
            holder.sql("set local idle_in_transaction_session_timeout = 0").update();
            holder.sql("lock table tallies in access exclusive mode").update();
            events.send(step());
            await().atMost(Duration.ofSeconds(40)).pollInSameThread().until(() -> {
                // Cancels the listener's statement, as a server on its way down does.
                holder.sql("""
                        select pg_cancel_backend(pid) from pg_stat_activity
                         where pg_backend_pid() = any(pg_blocking_pids(pid))
                        """).query(Boolean.class).list();
                return get("/actuator/health/pipeline", token(Role.ADMIN));
            }, health -> health.statusCode() == 503 && health.body().contains("\"counting.tasks\":\"")
                    && health.body().contains("canceling statement"));
            assertThat(get("/actuator/health", null).statusCode()).isEqualTo(200);
            held.rollback();
            held.setAutoCommit(true);
        }
        awaitFigure(LAG, records -> records == 0);
        await().atMost(Duration.ofSeconds(30)).until(() -> get("/actuator/health/pipeline", token(Role.ADMIN))
                .statusCode() == 200);
    }

    @Test
    void events_that_the_broker_refused_are_counted() {
        // Other tests may have left some.
        int before = db.sql("select count(*) from outbox_dead_letters").query(Integer.class).single();
        db.sql("""
                insert into outbox_dead_letters (id, event_id, fact_id, topic, key, type, version, data_versions, sequence,
                                                 occurred_at, reason)
                values (-1, :id, :id, 'ates.tasks', 'a key', 'Tasks.Created', 1, '1', 1, now(), 'too large')
                """)
                .param("id", counter).update();
        awaitFigure("ates_outbox_dead_letters", events -> events == before + 1);
        db.sql("delete from outbox_dead_letters where event_id = ?").param(counter).update();
    }

    /** Replays or discards the newest dead letter. */
    private void settleNewest(String action) throws Exception {
        var listed = JsonMapper.shared().readTree(get("/api/dead-letters?limit=1", token(Role.ADMIN)).body());
        var id = listed.path("items").path(0).path("id").asString();
        var request = request("/api/dead-letters/" + id + "/" + action, token(Role.ADMIN))
                .POST(BodyPublishers.noBody());
        assertThat(http.send(request.build(), BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }

    private Fact step() {
        return Fact.of(Ids.next(), counter, 1, Instant.EPOCH,
                new TaskAssigned(counter, counter, 1, 1L, Instant.EPOCH, null, Amounts.CURRENCY));
    }

    private void awaitFigure(String name, DoublePredicate expected) {
        await(name).atMost(Duration.ofSeconds(30)).until(() -> figure(name), expected::test);
    }

    /** A name that ends in a comma stands for the sum over all further tags. */
    private double figure(String name) {
        try {
            var scraped = scraped();
            var rest = name.endsWith(",") ? "[^}]*}" : "";
            var lines = Pattern.compile("^" + Pattern.quote(name) + rest + " (.+)$", Pattern.MULTILINE).matcher(scraped)
                    .results().toList();
            assertThat(lines).as("%s in %s", name, scraped).isNotEmpty();
            return lines.stream().mapToDouble(line -> Double.parseDouble(line.group(1))).sum();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private String scraped() {
        try {
            return get("/actuator/prometheus", token(Role.ADMIN)).body();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private HttpResponse<String> get(String path, @Nullable String token) throws Exception {
        return http.send(request(path, token).build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path, @Nullable String token) {
        var request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .timeout(Duration.ofSeconds(20));
        return token == null ? request : request.header("Authorization", "Bearer " + token);
    }

    private static String token(Role role) {
        return Tokens.of(UUID.randomUUID(), role, claims -> claims.audience("counting-service"));
    }
}
