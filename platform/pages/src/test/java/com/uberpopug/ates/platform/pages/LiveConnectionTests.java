package com.uberpopug.ates.platform.pages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.platform.web.security.Role;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections on a Tomcat with small socket buffers, which a reader that stops reading fills at once. */
class LiveConnectionTests {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int SMALL_BUFFER = 4_096;
    /** More than the writers and Tomcat's threads together. */
    private static final int SLOW_READERS = 20;
    private static final int THREADS = 4;
    /** One message of these updates exceeds the buffers of a socket. */
    private static final List<LiveUpdate> LARGE = IntStream.range(0, 40)
            .mapToObj(i -> LiveUpdate.toAll("x".repeat(10_000) + i)).toList();

    @TempDir
    Path folder;
    private final Tomcat tomcat = new Tomcat();
    private final ScheduledExecutorService writers = Executors.newScheduledThreadPool(2);
    private final Set<LiveConnection> connections = ConcurrentHashMap.newKeySet();
    private final List<Socket> sockets = new ArrayList<>();

    @BeforeEach
    void start() throws LifecycleException {
        tomcat.setBaseDir(folder.toString());
        tomcat.setPort(0);
        var connector = tomcat.getConnector();
        connector.setProperty("address", InetAddress.getLoopbackAddress().getHostAddress());
        connector.setProperty("socket.txBufSize", String.valueOf(SMALL_BUFFER));
        connector.setProperty("connectionTimeout", "8000");
        connector.setProperty("maxThreads", String.valueOf(THREADS));
        var context = tomcat.addContext("", folder.toString());
        Tomcat.addServlet(context, "live", new LiveServlet()).setAsyncSupported(true);
        context.addServletMappingDecoded("/live", "live");
        tomcat.start();
    }

    @AfterEach
    void stop() throws LifecycleException, IOException {
        for (var socket : sockets) {
            socket.close();
        }
        tomcat.stop();
        tomcat.destroy();
        writers.shutdownNow();
    }

    private final class LiveServlet extends HttpServlet {

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            var connection = new LiveConnection(UUID.randomUUID(), Role.POPUG, "session",
                    message -> ("data: " + String.join(" ", message.names()) + "\n\n").getBytes(UTF_8), writers,
                    connections::remove);
            connections.add(connection);
            connection.begin(request, response);
        }
    }

    @Test
    void slow_reader_delays_nobody_and_is_disconnected() throws IOException {
        for (int i = 0; i < SLOW_READERS; i++) {
            open();
        }
        var slow = Set.copyOf(connections);
        var reader = body(open());
        for (int round = 0; round < 4; round++) {
            var marker = "round-" + round;
            connections.forEach(connection -> connection.send(
                    Stream.concat(LARGE.stream(), Stream.of(LiveUpdate.toAll(marker))).toList()));
            assertThat(reads(marker, reader)).isTrue();
        }
        // After Tomcat's write timeout, although data is left in the buffers.
        await().atMost(PATIENCE).until(() -> connections.stream().noneMatch(slow::contains));
        assertThat(connections).hasSize(1);
        connections.forEach(connection -> connection.send(List.of(LiveUpdate.toAll("still-there"))));
        assertThat(reads("still-there", reader)).isTrue();
    }

    @Test
    void updates_gather_while_the_reader_does_not_read() throws IOException {
        var socket = open();
        var connection = connections.iterator().next();
        for (int i = 0; i < 1_000; i++) {
            connection.send(LARGE);
        }
        connection.send(List.of(LiveUpdate.toAll("last")));
        assertThat(reads("last", body(socket))).isTrue();
    }

    @Test
    void failing_write_reveals_a_client_that_is_gone() throws IOException {
        var socket = open();
        socket.setSoLinger(true, 0);
        socket.close();
        await().atMost(PATIENCE).until(() -> {
            connections.forEach(LiveConnection::beat);
            return connections.isEmpty();
        });
    }

    @Test
    void response_is_complete_when_its_stream_ends() throws IOException {
        var reader = body(open());
        connections.forEach(LiveConnection::end);
        assertThat(reads("anything", reader)).isFalse();
        assertThat(connections).isEmpty();
    }

    @Test
    void heartbeat_is_a_comment() throws IOException {
        var reader = body(open());
        assertThat(reads(":\n\n", reader)).isTrue();
        connections.forEach(LiveConnection::beat);
        assertThat(reads(":\n\n", reader)).isTrue();
    }

    /** Opens a stream, and reads no more than its status. */
    private Socket open() throws IOException {
        int before = connections.size();
        var socket = new Socket();
        sockets.add(socket);
        socket.setReceiveBufferSize(SMALL_BUFFER);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), tomcat.getConnector().getLocalPort()));
        socket.getOutputStream().write("GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(UTF_8));
        assertThat(line(socket.getInputStream())).contains(" 200");
        await().atMost(PATIENCE).until(() -> connections.size() > before);
        return socket;
    }

    /** Skips the headers. */
    private static InputStream body(Socket socket) throws IOException {
        while (!line(socket.getInputStream()).isEmpty()) {
            // A header.
        }
        return socket.getInputStream();
    }

    /** Reads chunks until they contain the text; false at the end of the response. */
    private static boolean reads(String text, InputStream body) throws IOException {
        var read = new StringBuilder();
        while (true) {
            int size = Integer.parseInt(line(body), 16);
            int from = Math.max(0, read.length() - text.length());
            read.append(new String(body.readNBytes(size), UTF_8));
            line(body);
            if (read.indexOf(text, from) >= 0) {
                return true;
            }
            if (size == 0) {
                return false;
            }
        }
    }

    private static String line(InputStream body) throws IOException {
        var line = new StringBuilder();
        for (int next = body.read(); next != '\n'; next = body.read()) {
            if (next < 0) {
                throw new EOFException("The connection was closed after " + line);
            }
            line.append((char) next);
        }
        return line.toString().strip();
    }
}
