package com.uberpopug.ates.counting;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.counting.Tallies.Tally;
import com.uberpopug.ates.events.Amounts;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.serde.Envelope;
import com.uberpopug.ates.events.tasks.v1.TaskAssigned;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.test.AtOnce;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Any Kafka record can become a dead letter, is shown byte by byte, and does not block later records. */
@ServiceTest(database = "counting", properties = "ates.unknown-schema-patience=2s")
class AnyRecordTests {

    private static final int RECORDS = 150;
    private static final int PARTITION = 5;
    private static final int MIB = 1 << 20;
    private static final HttpClient http = HttpClient.newHttpClient();

    private final UUID counter = Ids.next();

    @Autowired
    Events events;
    @Autowired
    Tallies tallies;
    @Autowired
    JdbcClient db;
    @LocalServerPort
    int port;

    @Test
    void random_records_are_shown_unchanged() throws Exception {
        long seed = Long.getLong("ates.seed", Boolean.getBoolean("ates.long") ? System.nanoTime() : 1);
        var random = new Random(seed);
        var records = new ArrayList<ProducerRecord<byte[], byte[]>>();
        for (int n = 0; n < RECORDS; n++) {
            records.add(new ProducerRecord<>(Topics.TASKS, PARTITION, bytes(random), bytes(random), headers(random)));
        }
        assertDeadLetters("seed " + seed, records);
    }

    @Test
    void records_of_any_size_that_a_broker_accepts_compressed_are_shown_unchanged() throws Exception {
        for (var sizes : new int[][]{{36, 3 * MIB}, {MIB, 0}, {0, 20 * MIB}, {36, 31 * MIB}}) {
            var key = new byte[sizes[0]];
            Arrays.fill(key, (byte) 0xff);
            assertDeadLetters("%d bytes of key and %d of value".formatted(sizes[0], sizes[1]), List.of(
                    new ProducerRecord<>(Topics.TASKS, PARTITION, key, new byte[sizes[1]], List.of())));
        }
    }

    /** Together they exceed the heap; each is below the broker's limit, because 3 MB of zeros compress to 3 KB. */
    @Test
    void many_compressed_records_at_once_do_not_fill_the_heap() throws Exception {
        int records = (int) (Runtime.getRuntime().maxMemory() / (3 * MIB)) + 50;
        long before = deadLetters();
        try (var producer = new KafkaProducer<>(
                RealParts.shared().kafkaClient(Map.of("compression.type", "gzip", "max.request.size", 64 * MIB,
                        "batch.size", 0)),
                new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int n = 0; n < records; n++) {
                producer.send(new ProducerRecord<>(Topics.TASKS, PARTITION, new byte[0], new byte[3 * MIB], List.of()));
            }
        }
        await().atMost(Duration.ofMinutes(3)).until(() -> deadLetters() == before + records);
        assertLaterRecordIsApplied();
        db.sql("delete from dead_letters where octet_length(value) = ?").param(3 * MIB).update();
        // Otherwise they would fill the heap of a later test that reads the topic.
        try (var admin = Admin.create(RealParts.shared().kafkaClient(Map.of()))) {
            admin.deleteRecords(Map.of(new TopicPartition(Topics.TASKS, PARTITION), RecordsToDelete.beforeOffset(-1)))
                    .all().get();
        }
    }

    private long deadLetters() {
        return db.sql("select count(*) from dead_letters where topic = ? and partition = ?").param(Topics.TASKS)
                .param(PARTITION).query(Long.class).single();
    }

    @Test
    void dead_letter_of_a_record_that_is_too_large_to_be_kept_has_its_position_and_the_reason() throws Exception {
        var id = sendToDeadLetters(List.of(new ProducerRecord<>(Topics.TASKS, PARTITION,
                counter.toString().getBytes(UTF_8),
                new byte[33 * MIB], List.of(new RecordHeader(Envelope.TYPE, "Tasks.Assigned".getBytes(UTF_8))))))
                .getFirst();
        var shown = answered(get("/api/dead-letters/" + id));
        assertThat(shown.path("reason").asString()).contains("more than the 33554432 that are kept");
        assertThat(shown.path("type").asString()).isEqualTo("Tasks.Assigned");
        var replay = http.send(
                request("/api/dead-letters/" + id + "/replay").POST(BodyPublishers.ofString("{}")).build(),
                BodyHandlers.ofString());
        assertThat(replay.statusCode()).isEqualTo(409);
        assertThat(replay.body()).contains("more than the 33554432 that are kept");
        assertLaterRecordIsApplied();
    }

    @Test
    void large_dead_letters_requested_at_once_are_all_answered() throws Exception {
        var id = sendToDeadLetters(List.of(new ProducerRecord<>(Topics.TASKS, PARTITION,
                counter.toString().getBytes(UTF_8), new byte[31 * MIB], List.of()))).getFirst();
        // One at a time; a request that has waited for ten seconds is repeated.
        AtOnce.run(6, _ -> await().atMost(Duration.ofMinutes(2)).until(() -> {
            var status = http.send(request("/api/dead-letters/" + id).build(), BodyHandlers.discarding()).statusCode();
            assertThat(status).isIn(200, 503);
            return status;
        }, status -> status == 200));
        db.sql("delete from dead_letters where octet_length(value) = ?").param(31 * MIB).update();
    }

    private void assertDeadLetters(String description, List<ProducerRecord<byte[], byte[]>> records) throws Exception {
        var ids = sendToDeadLetters(records);
        for (int n = 0; n < records.size(); n++) {
            var record = records.get(n);
            var as = "%s, record %d".formatted(description, n);
            var shown = answered(get("/api/dead-letters/" + ids.get(n)));
            assertThat(bytesOf(shown, "key", "key_bytes")).as(as + ": key").isEqualTo(record.key());
            assertThat(bytesOf(shown, "", "value")).as(as + ": value").isEqualTo(record.value());
            var headers = new ArrayList<Header>();
            shown.path("headers").forEach(header -> headers.add(
                    new RecordHeader(header.path("name").asString(), bytesOf(header, "value", "bytes"))));
            assertThat(headers).as(as + ": headers").isEqualTo(List.of(record.headers().toArray()));
        }
        assertLaterRecordIsApplied();
    }

    private static byte @Nullable [] bytesOf(JsonNode node, String text, String bytes) {
        return node.path(bytes).isString()
                ? Base64.getDecoder().decode(node.path(bytes).asString())
                : node.path(text).isString() ? node.path(text).asString().getBytes(UTF_8) : null;
    }

    /** Sends the records; returns the ids of their dead letters as soon as all are listed. */
    private List<String> sendToDeadLetters(List<ProducerRecord<byte[], byte[]>> records) throws Exception {
        var sent = new ArrayList<RecordMetadata>();
        try (var producer = new KafkaProducer<>(
                RealParts.shared().kafkaClient(Map.of("compression.type", "gzip", "max.request.size", 64 * MIB,
                        "buffer.memory", 128 * MIB, "batch.size", 0)),
                new ByteArraySerializer(), new ByteArraySerializer())) {
            for (var record : records) {
                sent.add(producer.send(record).get());
            }
        }
        var ids = new String[records.size()];
        await().atMost(Duration.ofSeconds(40)).until(() -> {
            for (var letter : listed()) {
                for (int n = 0; n < ids.length; n++) {
                    if (letter.path("topic").asString().equals(Topics.TASKS)
                            && letter.path("partition").asInt() == sent.get(n).partition()
                            && letter.path("offset").asLong() == sent.get(n).offset()) {
                        ids[n] = letter.path("id").asString();
                    }
                }
            }
            return Arrays.stream(ids).allMatch(id -> id != null);
        });
        return List.of(ids);
    }

    private List<JsonNode> listed() throws Exception {
        var letters = new ArrayList<JsonNode>();
        for (var after = Optional.of(""); after.isPresent() && letters.size() < 1_000;) {
            var page = answered(get("/api/dead-letters?limit=200" + after.get()));
            page.path("items").forEach(letters::add);
            after = page.path("next").asStringOpt().map(next -> "&after=" + next);
        }
        return letters;
    }

    /** Sends a step to the same partition, behind the other records. */
    private void assertLaterRecordIsApplied() {
        var step = events.record(Fact.of(Ids.next(), counter, 1, Instant.EPOCH,
                new TaskAssigned(counter, counter, 1, 1L, Instant.EPOCH, null, Amounts.CURRENCY)));
        var before = tallies.of(counter).map(Tally::steps).orElse(0L);
        events.send(List.of(new ProducerRecord<>(Topics.TASKS, PARTITION, step.key(), step.value(), step.headers())));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> tallies.of(counter).map(Tally::steps).orElse(0L) == before + 1);
    }

    private static byte @Nullable [] bytes(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> null;
            case 1 -> new byte[0];
            case 2 -> "\0 text, тоже \ud83e\udd9c".getBytes(UTF_8);
            case 3 -> new byte[random.nextInt(20)];
            default -> {
                var bytes = new byte[random.nextInt(random.nextInt(10) == 0 ? 50_000 : 50)];
                random.nextBytes(bytes);
                yield bytes;
            }
        };
    }

    private static List<Header> headers(Random random) {
        var names = List.of("", "a", "a", "ce_id", Envelope.TIME, Envelope.FACT_ID, Envelope.TRACEPARENT, "\0", "имя",
                "\ud83e\udd9c", "dlt_topic", "x".repeat(300));
        var headers = new ArrayList<Header>();
        for (int n = random.nextInt(8); n > 0; n--) {
            headers.add(new RecordHeader(names.get(random.nextInt(names.size())), random.nextInt(9) == 0
                    ? "+1000000000-12-31T23:59:59.999999999Z".getBytes(UTF_8)
                    : bytes(random)));
        }
        return headers;
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(request(path).build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        var token = Tokens.of(UUID.randomUUID(), Role.ADMIN, claims -> claims.audience("counting-service"));
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).timeout(Duration.ofSeconds(60))
                .header("Authorization", "Bearer " + token).header("Content-Type", "application/json");
    }

    private static JsonNode answered(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body().substring(0, Math.min(answer.body().length(), 500)))
                .isEqualTo(200);
        return JsonMapper.shared().readTree(answer.body());
    }
}
