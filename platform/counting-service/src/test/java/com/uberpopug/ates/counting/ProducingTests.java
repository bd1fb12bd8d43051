package com.uberpopug.ates.counting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.events.EventType;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.serde.Envelope;
import com.uberpopug.ates.events.tasks.v1.TaskAssigned;
import com.uberpopug.ates.events.users.v1.UserCreated;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.outbox.Fact.Erasure;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.events.outbox.Outbox;
import com.uberpopug.ates.platform.test.Events;
import com.uberpopug.ates.platform.test.RealParts;
import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.security.Role;
import io.opentelemetry.api.trace.SpanKind;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Publishes facts by the outbox. */
@ServiceTest(database = "counting", properties = "ates.unknown-schema-patience=2s")
class ProducingTests {

    private final UUID counter = Ids.next();

    @Autowired
    Outbox outbox;
    @Autowired
    Counters counters;
    @Autowired
    Tallies tallies;
    @Autowired
    Events events;
    @Autowired
    JdbcClient db;
    @Autowired
    TransactionTemplate transaction;
    @Autowired
    CollectedSpans spans;
    @LocalServerPort
    int port;

    @Test
    void erasure_is_a_record_without_a_value_behind_the_facts_of_its_key() {
        var user = Ids.next();
        var erasure = new Erasure(Ids.next(), Topics.USERS, "Users.Erased", user.toString(), 2, Instant.now());
        assertThatThrownBy(() -> outbox.erase(erasure)).isInstanceOf(IllegalStateException.class);
        transaction.executeWithoutResult(_ -> {
            outbox.append(Fact.of(Ids.next(), user, 1, Instant.now(),
                    new UserCreated(user, "anna", "Anna", null, "en", "popug", true, Instant.EPOCH)));
            outbox.erase(erasure);
        });

        var record = events.awaitRecords(Topics.USERS, user, 2).getLast();
        assertThat(record.value()).isNull();
        assertThat(Envelope.get(record.headers(), Envelope.TYPE)).contains("Users.Erased");
        assertThat(Envelope.get(record.headers(), Envelope.FACT_ID)).contains(erasure.id().toString());
        assertThat(Envelope.get(record.headers(), Envelope.AGGREGATE_VERSION)).contains("2");
        assertThat(Envelope.get(record.headers(), Envelope.SUBJECT)).contains(user.toString());
        assertThat(Envelope.get(record.headers(), Envelope.DATA_SCHEMA)).as("of no data").isEmpty();
    }

    @Test
    void fact_is_published_with_its_whole_envelope() {
        counters.step(counter);
        assertThat(events.await(TaskAssigned.class, counter).getFeeCents()).isEqualTo(1);
        var record = events.awaitRecords(Topics.TASKS, counter, 1).getFirst();
        assertThat(Stream.of(Envelope.SPEC_VERSION, Envelope.TYPE, Envelope.SOURCE, Envelope.SUBJECT,
                Envelope.DATA_SCHEMA, Envelope.DATA_VERSIONS, Envelope.AGGREGATE_VERSION, Envelope.CONTENT_TYPE)
                .map(name -> Envelope.get(record.headers(), name).orElse("")))
                .containsExactly("1.0", "Tasks.Assigned", "https://localhost/ates/counting-service", counter.toString(),
                        EventType.TASK_ASSIGNED_V1.dataSchema(),
                        "1", "1", "application/avro");
        assertThat(Stream.of(Envelope.ID, Envelope.FACT_ID, Envelope.TIME)
                .map(name -> Envelope.get(record.headers(), name))).doesNotContain(java.util.Optional.empty());
    }

    @Test
    void fact_of_a_rolled_back_transaction_is_not_published() {
        transaction.executeWithoutResult(status -> {
            counters.step(counter);
            status.setRollbackOnly();
        });
        counters.step(counter);
        assertThat(events.await(TaskAssigned.class, counter, 1)).hasSize(1);
        await().untilAsserted(() -> assertThat(tallies.appliedCents(counter)).containsExactly(1L));
    }

    @Test
    void fact_outside_a_transaction_is_refused() {
        assertThatThrownBy(() -> counters.stepCarelessly(counter)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void event_that_is_too_large_fails_its_transaction() {
        assertThatThrownBy(() -> transaction.executeWithoutResult(_ -> {
            counters.step(counter);
            counters.describe(counter, "x".repeat(Outbox.MAX_EVENT_BYTES));
        })).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("more than the 900000");
        assertThat(db.sql("select count(*) from counters where id = ?").param(counter).query(Long.class).single())
                .isZero();
    }

    @Test
    void largest_event_is_published() {
        counters.describe(counter, "x".repeat(Outbox.MAX_EVENT_BYTES - 200));
        assertThat(events.awaitRecords(Topics.TASKS, counter, 1).getFirst().serializedValueSize())
                .isGreaterThan(Outbox.MAX_EVENT_BYTES - 200);
    }

    @Test
    void event_that_the_broker_refuses_becomes_an_outbox_dead_letter_and_the_rest_is_sent() throws Exception {
        setMaxMessageBytes("20000");
        try {
            transaction.executeWithoutResult(_ -> {
                counters.step(counter);
                counters.describe(counter, "x".repeat(50_000));
                counters.step(counter);
            });
            await().untilAsserted(() -> assertThat(tallies.appliedCents(counter)).containsExactly(1L, 2L));
        } finally {
            setMaxMessageBytes("1048588");
        }
        assertThat(db.sql("select reason from outbox_dead_letters where key = ?").param(counter.toString())
                .query(String.class).single()).contains("RecordTooLargeException");
        assertThat(events.awaitRecords(Topics.TASKS, counter, 2)).hasSize(2);
    }

    @Test
    void order_of_a_key_is_kept_with_eight_writers() {
        var several = IntStream.range(0, 5).mapToObj(_ -> Ids.next()).toList();
        int steps = 100;
        try (var writers = Executors.newFixedThreadPool(8)) {
            for (int writer = 0; writer < 8; writer++) {
                writers.submit(() -> {
                    for (int step = 0; step < steps; step++) {
                        counters.step(several.get(step % several.size()));
                    }
                });
            }
        }
        var inOrder = LongStream.rangeClosed(1, 8 * steps / several.size()).boxed().toList();
        await().untilAsserted(() -> assertThat(several).allSatisfy(
                each -> assertThat(tallies.appliedCents(each)).isEqualTo(inOrder)));
        assertThat(several).allSatisfy(each -> assertThat(events.await(TaskAssigned.class, each, inOrder.size()))
                .extracting(TaskAssigned::getFeeCents).isEqualTo(inOrder));
    }

    @Test
    void trace_continues_from_the_request_through_outbox_and_kafka_to_the_consumer() throws Exception {
        var traceId = UUID.randomUUID().toString().replace("-", "");
        var token = Tokens.of(Ids.next(), Role.MANAGER, claims -> claims.audience("counting-service"));
        try (var http = HttpClient.newHttpClient()) {
            var body = "{\"counter_name\": \"eggs\", \"first_step\": 1}";
            var answer = http
                    .send(HttpRequest.newBuilder(URI.create("http://localhost:%d/api/counters".formatted(port)))
                            .header("Authorization", "Bearer " + token).header("Content-Type", "application/json")
                            .header("traceparent", "00-" + traceId + "-00f067aa0ba902b7-01")
                            .POST(HttpRequest.BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        }
        await().untilAsserted(() -> assertThat(spans.of(traceId)).extracting(span -> span.getKind())
                .contains(SpanKind.SERVER, SpanKind.PRODUCER, SpanKind.CONSUMER));
        var server = spans.of(traceId).stream().filter(span -> span.getKind() == SpanKind.SERVER).findFirst()
                .orElseThrow();
        var relay = spans.of(traceId).stream().filter(span -> span.getKind() == SpanKind.PRODUCER).findFirst()
                .orElseThrow();
        assertThat(relay.getName()).isEqualTo("ates.tasks publish");
        assertThat(relay.getParentSpanId()).isEqualTo(server.getSpanId());
        var consumer = spans.of(traceId).stream().filter(span -> span.getKind() == SpanKind.CONSUMER).findFirst()
                .orElseThrow();
        assertThat(server.getParentSpanId()).isEqualTo("00f067aa0ba902b7");
        assertThat(consumer.getName()).isEqualTo("ates.tasks process");
        assertThat(consumer.getParentSpanId()).isEqualTo(relay.getSpanId());
        assertThat(db.sql("select traceparent from applied_steps where traceparent like ?").param("00-" + traceId + "%")
                .query(String.class).list())
                .as("events that the consumer publishes belong to its span")
                .singleElement().asString().startsWith("00-" + traceId + "-" + consumer.getSpanId());
    }

    private static void setMaxMessageBytes(String bytes) throws Exception {
        try (var admin = Admin.create(
                RealParts.shared().kafkaClient(Map.of()))) {
            admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.TOPIC, Topics.TASKS),
                    List.of(new AlterConfigOp(new ConfigEntry("max.message.bytes", bytes), OpType.SET)))).all().get();
        }
    }
}
