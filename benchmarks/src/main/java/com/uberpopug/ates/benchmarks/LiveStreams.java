package com.uberpopug.ates.benchmarks;

import com.uberpopug.ates.localstack.LocalStack;
import com.uberpopug.ates.localstack.Token;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Many open streams of live updates on tasks-service: their heap, and the time until all of them report a new task. */
final class LiveStreams {

    private static final int STREAMS = 500;
    /** An instance's limit of streams for one user is 50. */
    private static final int OF_A_VISITOR = 25;
    private static final int MOST_MEGABYTES = 100;
    private static final int MOST_MILLIS = 2_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** The pricing of a new task is an update of its own. */
    private static final Duration UNTIL_QUIET = Duration.ofSeconds(3);

    private final LocalStack stack;
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private volatile CountDownLatch ready = new CountDownLatch(1);
    private volatile CountDownLatch reports = new CountDownLatch(0);

    LiveStreams(LocalStack stack) {
        this.stack = stack;
    }

    void measure(int rounds, Figures figures) throws Exception {
        var home = stack.tasks().address() + "/";
        var visitors = IntStream.range(0, STREAMS / OF_A_VISITOR).parallel()
                .mapToObj(i -> new Visitor().signsIn("popug-%05d".formatted(10 + i), "beak-anna", home)).toList();
        // The first stream starts the service's consumer of the topics, whatever the number of streams.
        open(List.of(visitors.getFirst()), 1);
        long before = liveBytes();
        open(visitors, STREAMS);
        figures.add("streams_heap", "MB", (liveBytes() - before) / 1e6, MOST_MEGABYTES);
        var token = new Token(URI.create(stack.auth().address())).of("anna", "beak-anna");
        for (int round = 0; round < rounds; round++) {
            Thread.sleep(UNTIL_QUIET);
            reports = new CountDownLatch(STREAMS + 1);
            long begun = System.nanoTime();
            createTask(token);
            await(reports);
            figures.add("event_reached_all", "ms", (System.nanoTime() - begun) / 1e6, MOST_MILLIS);
        }
    }

    /** Returns when each of a number of new streams has reported that it misses nothing from now on. */
    private void open(List<Visitor> visitors, int streams) throws InterruptedException {
        ready = new CountDownLatch(streams);
        for (int i = 0; i < streams; i++) {
            var visitor = visitors.get(i % visitors.size());
            Thread.startVirtualThread(
                    () -> visitor.follow(stack.tasks().address() + "/live").join().body().forEach(this::receive));
        }
        await(ready);
    }

    private void receive(String line) {
        if (line.contains("\"ready\"")) {
            ready.countDown();
        } else if (line.contains("\"tasks\"")) {
            reports.countDown();
        }
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        if (!latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException(latch.getCount() + " streams reported nothing within " + PATIENCE);
        }
    }

    private void createTask(String token) throws IOException, InterruptedException {
        var answer = http.send(HttpRequest.newBuilder(URI.create(stack.tasks().address() + "/api/tasks"))
                .header("Authorization", "Bearer " + token).header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"title\": \"For everyone\"}")).build(), BodyHandlers.ofString());
        if (answer.statusCode() != 201) {
            throw new IllegalStateException(answer + ": " + answer.body());
        }
    }

    /** The service's used heap after a full garbage collection. */
    private long liveBytes() throws IOException, InterruptedException {
        var jcmd = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(stack.tasks().pid()), "GC.class_histogram").redirectErrorStream(true).start();
        var output = new String(jcmd.getInputStream().readAllBytes()).strip();
        var total = output.substring(output.lastIndexOf('\n') + 1).split("\\s+");
        if (jcmd.waitFor() != 0 || !total[0].equals("Total")) {
            throw new IllegalStateException("jcmd printed " + output);
        }
        return Long.parseLong(total[2]);
    }
}
