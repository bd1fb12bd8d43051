package com.uberpopug.ates.tasks;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.security.Caller;
import com.uberpopug.ates.platform.security.Role;
import com.uberpopug.ates.platform.test.PageSession;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.env.Environment;
import org.springframework.session.SessionRepository;

/** Streams of live updates, many of them. */
@TasksTest
class LiveTests {

    private static final int STREAMS = 500;
    private static final int STREAMS_OF_USER = 50;
    private static final long MEGABYTE = 1 << 20;

    @Autowired
    Environment environment;
    @Autowired
    SessionRepository<?> sessions;
    private final HttpClient browsers = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterEach
    void leave() {
        browsers.shutdownNow();
    }

    @Test
    void five_hundred_open_streams_cost_little_and_hear_of_an_event_within_two_seconds() throws Exception {
        var api = new Api(environment);
        var cookies = IntStream.range(0, STREAMS / STREAMS_OF_USER).mapToObj(_ -> cookie(UUID.randomUUID())).toList();
        listen(cookie(UUID.randomUUID()), new CountDownLatch(1), new CountDownLatch(1)).get(30, SECONDS);
        long before = usedBytes();

        var ready = new CountDownLatch(STREAMS);
        var told = new CountDownLatch(STREAMS);
        var streams = new ArrayList<CompletableFuture<HttpResponse<Stream<String>>>>();
        for (int i = 0; i < STREAMS; i++) {
            streams.add(listen(cookies.get(i % cookies.size()), ready, told));
        }
        for (var stream : streams) {
            assertThat(stream.get(30, SECONDS).statusCode()).isEqualTo(200);
        }
        assertThat(ready.await(30, SECONDS)).isTrue();
        long cost = usedBytes() - before;
        // With what the browsers of this test cost, which are in the same heap.
        assertThat(cost / MEGABYTE).as("megabytes for %d streams and their browsers", STREAMS).isLessThan(100);

        var popug = new Caller(UUID.randomUUID(), Role.POPUG);
        assertThat(api.post(popug, "/api/tasks", "{\"title\": \"For everyone\"}").status()).isEqualTo(201);
        assertThat(told.await(2, SECONDS)).as("all %d have heard of it, and not all but %d", STREAMS, told.getCount())
                .isTrue();
    }

    @Test
    void nobody_gets_streams_without_end() throws Exception {
        var cookie = cookie(UUID.randomUUID());
        for (int i = 0; i < STREAMS_OF_USER; i++) {
            assertThat(listen(cookie, new CountDownLatch(1), new CountDownLatch(1)).get(30, SECONDS).statusCode())
                    .isEqualTo(200);
        }
        var refused = listen(cookie, new CountDownLatch(1), new CountDownLatch(1)).get(30, SECONDS);
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
    }

    @Test
    void a_stream_is_for_who_is_signed_in_and_a_session_opens_no_api() throws Exception {
        assertThat(send(request("/live")).statusCode()).isEqualTo(401);
        var cookie = cookie(UUID.randomUUID());
        assertThat(send(request("/tasks").header("Cookie", cookie).header("Accept", "text/html")).statusCode())
                .isEqualTo(200);
        assertThat(send(request("/api/tasks").header("Cookie", cookie)).statusCode()).isEqualTo(401);
    }

    private String cookie(UUID user) {
        return PageSession.cookie(sessions, environment, user, Role.POPUG);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                URI.create("http://localhost:" + environment.getRequiredProperty("local.server.port") + path));
    }

    private HttpResponse<InputStream> send(HttpRequest.Builder request) throws Exception {
        return browsers.send(request.build(), BodyHandlers.ofInputStream());
    }

    /** Opens a stream, and reads it for as long as the test runs; it is there once its first line has come. */
    private CompletableFuture<HttpResponse<Stream<String>>> listen(String cookie, CountDownLatch ready,
            CountDownLatch told) {
        return browsers.sendAsync(request("/live").header("Cookie", cookie).header("Accept", "text/event-stream")
                .build(), BodyHandlers.ofLines()).whenComplete((answer, failure) -> {
                    if (failure == null && answer.statusCode() == 200) {
                        Thread.startVirtualThread(() -> answer.body().forEach(line -> {
                            if (line.contains("\"ready\"")) {
                                ready.countDown();
                            }
                            if (line.contains("\"tasks\"")) {
                                told.countDown();
                            }
                        }));
                    }
                });
    }

    private static long usedBytes() {
        var runtime = Runtime.getRuntime();
        System.gc();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
