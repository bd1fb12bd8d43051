package com.uberpopug.ates.counting;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.security.Role;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Bodies that arrive slowly, not at all, or in pieces. */
@ServiceTest(database = "counting", properties = "ates.unknown-schema-patience=2s")
class SlowBodiesTests {

    private static final Logger log = LoggerFactory.getLogger(SlowBodiesTests.class);
    private static final int SLOW = 500;
    private static final String GOOD = "{\"counter_name\": \"eggs\", \"first_step\": 1}";
    private static final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @LocalServerPort
    int port;
    private final String token = Tokens.of(UUID.randomUUID(), Role.MANAGER,
            claims -> claims.audience("counting-service"));
    private final List<Socket> open = new CopyOnWriteArrayList<>();

    @AfterEach
    void leave() throws IOException {
        for (var socket : open) {
            socket.close();
        }
    }

    @Test
    void slow_bodies_hold_up_nobody_and_end() throws Exception {
        for (int i = 0; i < SLOW; i++) {
            var socket = connect();
            send(socket, """
                    POST /counters/eggs/steps HTTP/1.1\r
                    Host: localhost\r
                    Content-Type: application/x-www-form-urlencoded\r
                    Content-Length: 1000\r
                    \r
                    a""");
        }
        var slow = List.copyOf(open);
        // Regression: they took all places of slow bodies, also those of others.
        var other = new Socket("localhost", port, InetAddress.ofLiteral("127.0.0.2"), 0);
        open.add(other);
        send(other, head("Content-Length: " + GOOD.length()));
        LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
        send(other, GOOD);
        assertThat(line(other.getInputStream())).contains(" 201");
        var drip = Thread.startVirtualThread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                slow.forEach(socket -> {
                    try {
                        send(socket, "a");
                    } catch (IOException _) {
                        // It was refused.
                    }
                });
                LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
            }
        });
        var times = new ArrayList<Long>();
        for (int i = 0; i < 100; i++) {
            long begun = System.nanoTime();
            // In one piece: a body that comes later than its headers takes one of the places that are taken.
            var socket = connect();
            send(socket, head("Content-Length: " + GOOD.length()) + GOOD);
            assertThat(line(socket.getInputStream())).contains(" 201");
            socket.close();
            assertThat(status("GET", "/api/counters", "")).isEqualTo(200);
            times.add(System.nanoTime() - begun);
        }
        times.sort(null);
        log.info("Beside {} slow bodies, two requests took {} ms, 99th percentile {} ms", SLOW,
                times.get(50) / 1_000_000, times.get(98) / 1_000_000);
        for (var socket : slow) {
            assertThat(line(socket.getInputStream())).containsAnyOf(" 503", " 408");
        }
        drip.interrupt();
    }

    /** Regression: each of them held a thread of Tomcat's. */
    @Test
    void refused_bodies_of_one_source_are_read_on_ten_at_a_time() {
        // The first ten end by time, which a slow machine may let pass before the others have begun.
        await().atMost(Duration.ofMinutes(1)).until(this::firstTenToEnd,
                numbers -> numbers.stream().allMatch(number -> number >= 10));
    }

    /** Which of twenty refused bodies, by the order of their beginning, are the first that the service reads no longer. */
    private List<Integer> firstTenToEnd() throws Exception {
        var ended = new LinkedBlockingQueue<Integer>();
        var refused = new ArrayList<Socket>();
        for (int i = 0; i < 20; i++) {
            var socket = connect();
            refused.add(socket);
            send(socket, head("Content-Length: " + (2 << 20)));
            assertThat(line(socket.getInputStream())).contains(" 413");
            int number = i;
            Thread.startVirtualThread(() -> {
                try {
                    while (true) {
                        send(socket, "a");
                        socket.setSoTimeout(50);
                        try {
                            socket.getInputStream().readAllBytes();
                            break;
                        } catch (SocketTimeoutException _) {
                            // It is still read.
                        }
                    }
                } catch (IOException _) {
                    // The connection was reset.
                }
                ended.add(number);
            });
        }
        var first = new ArrayList<Integer>();
        while (first.size() < 10) {
            first.add(ended.take());
        }
        for (var socket : refused) {
            socket.close();
        }
        return first;
    }

    @Test
    void body_that_stops_is_refused() throws Exception {
        var socket = connect();
        send(socket, head("Content-Length: 100") + "{");
        assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8)).startsWith("HTTP/1.1 408 ")
                .contains("application/problem+json");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 41})
    void body_in_pieces_is_read_as_a_whole(int pieces) throws Exception {
        var socket = connect();
        send(socket, head("Content-Length: " + GOOD.length()));
        for (int i = 0; i < pieces; i++) {
            send(socket, GOOD.substring(GOOD.length() * i / pieces, GOOD.length() * (i + 1) / pieces));
            LockSupport.parkNanos(Duration.ofMillis(2_000 / pieces).toNanos());
        }
        assertThat(line(socket.getInputStream())).contains(" 201");
    }

    @Test
    void chunks_in_pieces_are_read_as_a_whole() throws Exception {
        var socket = connect();
        send(socket, head("Transfer-Encoding: chunked"));
        for (int i = 0; i < GOOD.length(); i += 10) {
            var chunk = GOOD.substring(i, Math.min(GOOD.length(), i + 10));
            send(socket, Integer.toHexString(chunk.length()) + "\r\n");
            send(socket, chunk + "\r\n");
        }
        send(socket, "0\r\n\r\n" + "GET /actuator/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        var answers = new String(socket.getInputStream().readAllBytes(), UTF_8);
        assertThat(answers).startsWith("HTTP/1.1 201 ").containsOnlyOnce("HTTP/1.1 200 ");
    }

    /** The second request has arrived with the body of the first. */
    @Test
    void next_request_of_a_connection_is_its_own() throws Exception {
        var socket = connect();
        send(socket, head("Content-Length: " + GOOD.length()) + GOOD + head("Content-Length: " + GOOD.length()) + GOOD
                + "GET /actuator/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        var answers = new String(socket.getInputStream().readAllBytes(), UTF_8);
        assertThat(answers.split("HTTP/1.1 201 ", -1)).hasSize(3);
        assertThat(answers).containsOnlyOnce("HTTP/1.1 200 ");
    }

    @Test
    void expectation_is_answered_once() throws Exception {
        var socket = connect();
        send(socket, head("Content-Length: " + GOOD.length() + "\r\nExpect: 100-continue\r\nConnection: close"));
        assertThat(line(socket.getInputStream())).contains(" 100");
        send(socket, GOOD);
        assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8)).contains("HTTP/1.1 201 ")
                .doesNotContain("HTTP/1.1 100");
    }

    private static byte[] body(int length) {
        var body = new byte[length];
        Arrays.fill(body, (byte) ' ');
        System.arraycopy(GOOD.getBytes(UTF_8), 0, body, 0, GOOD.length());
        return body;
    }

    @Test
    void large_bodies_up_to_the_limit_are_read() throws Exception {
        for (int length : new int[]{9_000, 100_000, 1 << 20}) {
            assertThat(http.send(request("/api/counters").POST(BodyPublishers.ofByteArray(body(length))).build(),
                    BodyHandlers.ofString()).statusCode()).as("%d bytes", length).isEqualTo(201);
        }
        assertThat(http.send(request("/api/counters").POST(BodyPublishers.ofByteArray(body((1 << 20) + 1))).build(),
                BodyHandlers.ofString()).statusCode()).isEqualTo(413);
    }

    private int status(String method, String path, String body) throws Exception {
        return http.send(request(path).method(method,
                body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body)).build(),
                BodyHandlers.ofString()).statusCode();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).timeout(Duration.ofSeconds(20))
                .header("Authorization", "Bearer " + token).header("Content-Type", "application/json");
    }

    private String head(String header) {
        return "POST /api/counters HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token
                + "\r\nContent-Type: application/json\r\n" + header + "\r\n\r\n";
    }

    private Socket connect() throws IOException {
        var socket = new Socket("localhost", port);
        socket.setSoTimeout(60_000);
        open.add(socket);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(UTF_8));
        socket.getOutputStream().flush();
    }

    private static String line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            line.write(next);
        }
        return line.toString(UTF_8);
    }
}
