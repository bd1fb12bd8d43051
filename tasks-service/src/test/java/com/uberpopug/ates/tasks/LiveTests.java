package com.uberpopug.ates.tasks;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.pages.SessionSecrets;
import com.uberpopug.ates.platform.test.PageSession;
import com.uberpopug.ates.platform.web.security.Caller;
import com.uberpopug.ates.platform.web.security.Role;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.session.SessionRepository;

/** Streams of live updates, many of them. Their browsers are bare sockets, which cost next to nothing. */
@TasksTest
class LiveTests {

    private static final int STREAMS = 500;
    private static final int STREAMS_OF_USER = 50;
    private static final long MEGABYTE = 1 << 20;
    /** A line that is the length of the last chunk of an answer. */
    private static final String LAST_CHUNK = "0";

    @Autowired
    Environment environment;
    @Autowired
    SessionRepository<?> sessions;
    @Autowired
    JdbcClient db;
    private final List<Socket> open = new ArrayList<>();

    @AfterEach
    void leave() throws IOException {
        for (var socket : open) {
            socket.close();
        }
    }

    @Test
    void five_hundred_streams_cost_little_and_receive_an_event_within_two_seconds() throws Exception {
        var cookies = IntStream.range(0, STREAMS / STREAMS_OF_USER).mapToObj(_ -> cookie(UUID.randomUUID())).toList();
        var first = new CountDownLatch(1);
        listen(cookie(UUID.randomUUID()), first, new CountDownLatch(1));
        assertThat(first.await(30, SECONDS)).isTrue();
        long before = usedBytes();

        var ready = new CountDownLatch(STREAMS);
        var told = new CountDownLatch(STREAMS);
        for (int i = 0; i < STREAMS; i++) {
            assertThat(listen(cookies.get(i % cookies.size()), ready, told)).contains(" 200 ");
        }
        assertThat(ready.await(30, SECONDS)).isTrue();
        assertThat((usedBytes() - before) / MEGABYTE).as("megabytes for %d streams", STREAMS).isLessThan(100);

        var popug = new Caller(UUID.randomUUID(), Role.POPUG);
        assertThat(new Api(environment).post(popug, "/api/tasks", "{\"title\": \"For everyone\"}").status())
                .isEqualTo(201);
        assertThat(told.await(20, SECONDS)).as("%d streams have not reported it", told.getCount())
                .isTrue();
    }

    @Test
    void filters_with_control_characters_are_refused() {
        var cookie = cookie(UUID.randomUUID());
        assertThat(status("/tasks?assignee=a%00b", cookie, "text/html")).contains(" 400 ");
        assertThat(status("/tasks?q=a%00b", cookie, "text/html")).contains(" 400 ");
        assertThat(status("/people?assignee=a%00b", cookie, "text/html")).contains(" 400 ");
    }

    @Test
    void streams_of_one_user_are_limited() {
        var cookie = cookie(UUID.randomUUID());
        for (int i = 0; i < STREAMS_OF_USER; i++) {
            assertThat(listen(cookie, new CountDownLatch(1), new CountDownLatch(1))).contains(" 200 ");
        }
        assertThat(listen(cookie, new CountDownLatch(1), new CountDownLatch(1))).contains(" 503 ");
    }

    @Test
    void stream_needs_a_session_and_a_session_opens_no_api() {
        var nobody = new CountDownLatch(1);
        assertThat(listen("none=none", nobody, nobody)).contains(" 401 ");
        var cookie = cookie(UUID.randomUUID());
        assertThat(status("/tasks", cookie, "text/html")).contains(" 200 ");
        assertThat(status("/api/tasks", cookie, "application/json")).contains(" 401 ");
    }

    private enum Loss {
        SIGNED_OUT, DEACTIVATED, DEMOTED
    }

    /** Long before its next heartbeat. */
    @ParameterizedTest
    @EnumSource
    void stream_ends_with_the_access_of_its_user_even_under_load(Loss loss) throws Exception {
        var user = UUID.randomUUID();
        db.sql("""
                insert into users (id, login, display_name, role, active, sequence)
                values (?, 'losing', 'Losing', 'manager', true, 1)
                """).param(user).update();
        var cookie = PageSession.cookie(sessions, environment, user, Role.MANAGER);
        var ready = new CountDownLatch(1);
        var ended = new CountDownLatch(1);
        listen(cookie, ready, new CountDownLatch(1), ended);
        assertThat(ready.await(30, SECONDS)).isTrue();
        switch (loss) {
            case SIGNED_OUT -> sessions.deleteById(SessionSecrets.id(
                    new String(Base64.getDecoder().decode(cookie.substring(cookie.indexOf('=') + 1)), UTF_8)));
            case DEACTIVATED -> db.sql("update users set active = false where id = ?").param(user).update();
            case DEMOTED -> db.sql("update users set role = 'popug' where id = ?").param(user).update();
        }
        var api = new Api(environment);
        var popug = new Caller(UUID.randomUUID(), Role.POPUG);
        for (long until = System.nanoTime() + SECONDS.toNanos(8); !ended.await(500, MILLISECONDS);) {
            assertThat(System.nanoTime()).as("when it ends").isLessThan(until);
            api.post(popug, "/api/tasks", "{\"title\": \"Something happens all the time\"}");
        }
    }

    private String cookie(UUID user) {
        return PageSession.cookie(sessions, environment, user, Role.POPUG);
    }

    private String listen(String cookie, CountDownLatch ready, CountDownLatch told) {
        return listen(cookie, ready, told, new CountDownLatch(1));
    }

    private String listen(String cookie, CountDownLatch ready, CountDownLatch told, CountDownLatch ended) {
        var lines = request("/live", cookie, "text/event-stream");
        var status = next(lines);
        Thread.startVirtualThread(() -> {
            try {
                for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.contains("\"ready\"")) {
                        ready.countDown();
                    }
                    if (line.equals(LAST_CHUNK)) {
                        ended.countDown();
                    }
                    if (line.contains("\"tasks\"")) {
                        told.countDown();
                    }
                }
            } catch (IOException _) {
                // The test is over.
            }
        });
        return status;
    }

    private String status(String path, String cookie, String accept) {
        return next(request(path, cookie, accept));
    }

    private static String next(BufferedReader lines) {
        try {
            return String.valueOf(lines.readLine());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private BufferedReader request(String path, String cookie, String accept) {
        try {
            int port = environment.getRequiredProperty("local.server.port", Integer.class);
            var socket = new Socket(InetAddress.getLoopbackAddress(), port);
            open.add(socket);
            socket.getOutputStream().write("""
                    GET %s HTTP/1.1\r
                    Host: localhost:%d\r
                    Cookie: %s\r
                    Accept: %s\r
                    \r
                    """.formatted(path, port, cookie, accept).getBytes(US_ASCII));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8), 256);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long usedBytes() {
        var runtime = Runtime.getRuntime();
        System.gc();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
