package com.uberpopug.ates.counting;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.serde.Envelope;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.test.RealParts;
import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.security.Role;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Nothing that a stranger sends makes a log line of its own, a long one, or one with control characters. */
@ServiceTest(database = "counting", properties = {"ates.unknown-schema-patience=2s",
        "logging.level.org.springframework.web=debug", "logging.level.org.springframework.security=debug",
        "logging.level.org.apache.coyote=debug", "logging.level.org.apache.tomcat=debug"})
@ExtendWith(OutputCaptureExtension.class)
class LogLinesTests {

    private static final int ROUNDS = 200;
    /** 4,000 characters of a message, and time, thread and logger before it; an escape or a surrogate more at the cut. */
    private static final int LONGEST_LINE = 4_400;
    private static final String FORGED = "2026-01-01T00:00:00.000Z ERROR 1 --- [forged] [main] forged.Logger : all is lost";
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}&&[^\\t\\n]]");
    private static final List<String> BREAKS = List.of("\n", "\r", "\r\n", "\u0085", "\u2028", "\u2029", "\u000b",
            "\f", "\0", "\u001b[2J\u001b[H", "\b\b\b", "\u202e", "\u2066", "\u200b", "\t", "\ud800");

    @Autowired
    JdbcClient db;
    @LocalServerPort
    int port;

    private final long seed = Long.getLong("ates.seed", Boolean.getBoolean("ates.long") ? System.nanoTime() : 1);
    private final Random random = new Random(seed);

    @Test
    void message_and_exceptions_of_any_logger_stay_in_their_line(CapturedOutput output) {
        var log = LoggerFactory.getLogger("org.example.library");
        for (int round = 0; round < ROUNDS; round++) {
            var sent = sent();
            var suppressed = new IllegalArgumentException(sent);
            var failure = new IllegalStateException(sent, new IOException(sent, suppressed));
            failure.addSuppressed(suppressed);
            log.info("{} was refused", sent);
            log.warn(sent, failure);
            log.atError().setCause(failure).addKeyValue("key", sent).log("refused");
        }
        log.error("x".repeat(1_000_000), new IllegalStateException("y".repeat(1_000_000)));
        assertLines(output);
        assertThat(output).contains("java.lang.IllegalStateException: ", "Suppressed: ", "Caused by: ",
                "\tat com.uberpopug.ates.counting.LogLinesTests", "characters cut");
    }

    @Test
    void requests_of_strangers_forge_no_line(CapturedOutput output) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            var sent = sent();
            var encoded = URLEncoder.encode(sent, UTF_8);
            var authorization = "Authorization: Bearer "
                    + (random.nextBoolean() ? Tokens.of(Ids.next(), Role.ADMIN) : sent);
            request(switch (random.nextInt(6)) {
                case 0 -> "GET /api/counters/" + encoded;
                case 1 -> "GET /api/counters?limit=" + encoded + "&" + encoded + "=1";
                case 2 -> "GET /" + sent;
                case 3 -> sent + " /api/counters";
                case 4 -> "GET /login/oauth2/code/ates?state=" + encoded + "&code=" + encoded;
                default -> "POST /counters/" + encoded + "/steps";
            } + " HTTP/1.1\r\nHost: localhost\r\n" + authorization + "\r\nX-" + sent + ": " + sent
                    + "\r\nAccept-Language: " + sent + "\r\nCookie: " + sent + "\r\ntraceparent: " + sent
                    + "\r\nContent-Type: application/json\r\nContent-Length: " + sent.getBytes(ISO_8859_1).length
                    + "\r\nConnection: close\r\n\r\n" + sent);
        }
        assertLines(output);
    }

    @Test
    void records_of_strangers_forge_no_line(CapturedOutput output) throws Exception {
        try (var producer = new KafkaProducer<>(RealParts.shared().kafkaClient(Map.of()), new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int round = 0; round < ROUNDS; round++) {
                var sent = sent().getBytes(UTF_8);
                producer.send(new ProducerRecord<>(Topics.TASKS, 7, sent, sent,
                        Stream.of(Envelope.TYPE, "ce_id", "ce_factid", "ce_time", "ce_aggregateversion", "traceparent")
                                .filter(_ -> random.nextInt(4) > 0)
                                .<Header>map(name -> new RecordHeader(name, sent))
                                .toList()));
            }
            var last = producer.send(new ProducerRecord<>(Topics.TASKS, 7, new byte[1], new byte[1], List.of())).get();
            await().atMost(Duration.ofMinutes(1)).until(() -> db
                    .sql("select exists (select from dead_letters where partition = 7 and record_offset = ?)")
                    .param(last.offset()).query(Boolean.class).single());
        }
        assertLines(output);
    }

    private void assertLines(CapturedOutput output) {
        assertThat(output.toString()).as("seed %d", seed).doesNotContainPattern(CONTROL);
        assertThat(output.toString().split("\n")).as("seed %d", seed)
                .allSatisfy(line -> assertThat(line).hasSizeLessThan(LONGEST_LINE))
                .noneMatch(line -> line.strip().startsWith(FORGED));
    }

    private String sent() {
        var text = new StringBuilder("anna");
        for (int part = random.nextInt(4); part >= 0; part--) {
            text.append(BREAKS.get(random.nextInt(BREAKS.size()))).append(random.nextBoolean()
                    ? FORGED
                    : "x".repeat(
                            random.nextInt(6) * random.nextInt(300)));
        }
        return text.append(random.nextBoolean() ? "\n" + FORGED + "\n" : "").toString();
    }

    private void request(String text) throws IOException {
        try (var socket = new Socket("localhost", port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(text.getBytes(UTF_8));
            socket.getOutputStream().flush();
            socket.getInputStream().readAllBytes();
        } catch (SocketException _) {
            // Refused before it was read to its end.
        }
    }
}
