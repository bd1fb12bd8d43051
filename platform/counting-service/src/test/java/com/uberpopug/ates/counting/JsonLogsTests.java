package com.uberpopug.ates.counting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.serde.Envelope;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.security.Role;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The log as JSON, one line each: the lines about a fact have its id and its trace. */
class JsonLogsTests {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String NASTY = "\u202e forged\r\n{\"level\":\"INFO\"}\n\u2028\u0000\"" + "x".repeat(10_000);

    @TempDir
    Path logs;

    @ParameterizedTest
    @ValueSource(strings = {"logstash", "ecs"})
    void lines_about_a_fact_have_its_id_and_trace(String format) throws Exception {
        var log = logs.resolve("log");
        try (var instance = new Instance(OwnParts.PARTS, OwnParts.PARTS.createMigratedDatabase("counting"), log,
                Map.of("logging.structured.format.console", format, "ates.issuer", Tokens.issuer(),
                        "logging.level.com.uberpopug.ates.platform.events", "debug",
                        // As in docker-compose.yml: facts carry their trace though no span is exported.
                        "management.tracing.export.otlp.enabled", "false"))) {
            await().atMost(PATIENCE).until(instance::isUp);
            var traceId = Ids.next().toString().replace("-", "");
            step(log, "00-" + traceId + "-00f067aa0ba902b7-01");
            var lines = await().atMost(PATIENCE).until(() -> of(traceId, log), found -> found.size() >= 2);
            assertThat(lines).anyMatch(line -> line.contains("Has sent Tasks.Assigned"))
                    .anyMatch(line -> line.contains("counting.tasks has applied TaskAssigned"));
            assertThat(lines.stream().filter(line -> line.contains("Has sent") || line.contains("has applied"))
                    .map(line -> json(line).path("factId").asString("none")).distinct()).singleElement().asString()
                    .hasSize(36);

            var poison = Ids.next();
            var otherTrace = Ids.next().toString().replace("-", "");
            send(poison, "00-" + otherTrace + "-00f067aa0ba902b7-00");
            var letter = await().atMost(PATIENCE).until(() -> of(otherTrace, log), found -> !found.isEmpty())
                    .getFirst();
            assertThat(json(letter).path("factId").asString()).isEqualTo(poison.toString());
            assertThat(letter).contains("it is now dead letter", "stack_trace");
        }
        assertThat(complete(log)).filteredOn(line -> !line.startsWith("WARNING: ")).isNotEmpty()
                .allSatisfy(line -> assertThat(json(line).isObject()).as(line).isTrue())
                .allSatisfy(line -> assertThat(line).hasSizeLessThan(40_000)
                        .doesNotContainPattern("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]"));
    }

    private static void step(Path log, String traceparent) throws IOException, InterruptedException {
        var port = Pattern.compile("Tomcat started on port (\\d+)").matcher(Files.readString(log)).results()
                .map(found -> found.group(1)).findFirst().orElseThrow();
        try (var http = HttpClient.newHttpClient()) {
            var answer = http.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/api/counters"))
                    .header("Authorization", "Bearer " + Tokens.of(UUID.randomUUID(), Role.ADMIN,
                            claims -> claims.audience("counting-service")))
                    .header("Content-Type", "application/json").header("traceparent", traceparent)
                    .POST(BodyPublishers.ofString("{\"counter_name\": \"Logged\", \"first_step\": 1}")).build(),
                    BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        }
    }

    private static void send(UUID factId, String traceparent) {
        try (var producer = new KafkaProducer<>(OwnParts.PARTS.kafkaClient(Map.of()), new StringSerializer(),
                new StringSerializer())) {
            var record = new ProducerRecord<>(Topics.TASKS, NASTY, NASTY);
            Envelope.put(record.headers(), Envelope.TYPE, "Tasks.Assigned");
            Envelope.put(record.headers(), Envelope.DATA_SCHEMA, NASTY);
            Envelope.put(record.headers(), Envelope.TIME, NASTY);
            Envelope.put(record.headers(), Envelope.FACT_ID, factId.toString());
            Envelope.put(record.headers(), Envelope.TRACEPARENT, traceparent);
            producer.send(record);
        }
    }

    private static List<String> of(String traceId, Path log) throws IOException {
        return complete(log).filter(line -> line.contains(traceId)).toList();
    }

    /** The last line may still be on its way. */
    private static Stream<String> complete(Path log) throws IOException {
        var text = Files.readString(log);
        return text.substring(0, text.lastIndexOf('\n') + 1).lines();
    }

    private static JsonNode json(String line) {
        return JsonMapper.shared().readTree(line);
    }
}
