package com.uberpopug.ates.counting;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.test.ServiceTest;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Connections on which nothing comes. */
@ServiceTest(database = "counting", kafka = false)
class IdleConnectionsTests {

    private static final Logger log = LoggerFactory.getLogger(IdleConnectionsTests.class);
    private static final int IDLE = 2_000;

    @LocalServerPort
    int port;
    private final List<Socket> open = new ArrayList<>();

    @AfterEach
    void leave() throws IOException {
        for (var socket : open) {
            socket.close();
        }
    }

    @Test
    void idle_connections_keep_nobody_out() throws Exception {
        // The first one makes the document.
        status(Duration.ofMinutes(1));
        for (int i = 0; i < IDLE; i++) {
            open.add(new Socket("localhost", port));
        }
        long begun = System.nanoTime();
        // Less than an idle connection lives, so the answer did not wait for the end of one.
        int status = status(Duration.ofSeconds(8));
        log.info("Answered after {} ms", Duration.ofNanos(System.nanoTime() - begun).toMillis());
        assertThat(status).isEqualTo(200);
    }

    private int status(Duration within) throws Exception {
        try (var http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/v3/api-docs"))
                    .timeout(within).build(), BodyHandlers.discarding()).statusCode();
        }
    }

    @Test
    void silent_connection_is_closed() throws IOException {
        try (var socket = new Socket("localhost", port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: loc".getBytes());
            assertThat(socket.getInputStream().readAllBytes()).asString().satisfiesAnyOf(
                    nothing -> assertThat(nothing).isEmpty(),
                    refusal -> assertThat(refusal).startsWith("HTTP/1.1 4"));
        }
    }
}
