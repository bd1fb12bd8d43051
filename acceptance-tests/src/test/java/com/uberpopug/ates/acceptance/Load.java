package com.uberpopug.ates.acceptance;

import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.ACCOUNTING;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.ANALYTICS;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.TASKS;
import static com.uberpopug.ates.acceptance.Company.admin;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.acceptance.ApplicationUnderTest.Service;
import com.uberpopug.ates.localstack.Token;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Requests at a constant rate, whatever state the system is in. A POST without an answer, or refused while a part is away,
 * is repeated with its {@code Idempotency-Key} until it is answered; a GET is dropped.
 */
final class Load {

    private static final int SHUFFLE_SECONDS = 15;
    /** A service answers 503; the proxy of the scaled system also 502 and 504. */
    private static final Set<Integer> AWAY = ComposeStack.SCALED ? Set.of(502, 503, 504) : Set.of(503);
    private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2)).build();

    private final List<Person> popugs;
    private final int perSecond;
    private final Queue<String> created = new ConcurrentLinkedQueue<>();
    private final Queue<String> completed = new ConcurrentLinkedQueue<>();
    private final Queue<String> wrongAnswers = new ConcurrentLinkedQueue<>();
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicLong requests = new AtomicLong();
    private final Queue<String> unanswered = new ConcurrentLinkedQueue<>();
    private volatile URI tasksService = TASKS.address();
    private volatile boolean running = true;

    Load(List<Person> popugs, int perSecond) {
        this.popugs = popugs;
        this.perSecond = perSecond;
        Thread.ofPlatform().name("load").daemon().start(this::run);
    }

    /** The titles of tasks whose creation was answered. */
    List<String> created() {
        return List.copyOf(created);
    }

    /** The titles of tasks whose completion was answered. */
    List<String> completed() {
        return List.copyOf(completed);
    }

    /** Wrong answers: neither a result nor a temporary refusal. */
    Queue<String> wrongAnswers() {
        return wrongAnswers;
    }

    /** Requests that were refused for now, or not answered, and how. */
    List<String> unanswered() {
        return List.copyOf(unanswered);
    }

    /** Redirects requests, and the unanswered ones, to this instance of tasks-service. */
    void turnTo(URI instance) {
        tasksService = instance;
    }

    /** Ends the load at this number of tasks, and returns when every POST is answered. */
    void finish(int tasks) {
        await("all tasks are created").atMost(PATIENCE).until(() -> created.size() >= tasks);
        running = false;
        await("every request is answered").atMost(PATIENCE).until(() -> inFlight.get() == 0);
    }

    @Override
    public String toString() {
        return "%d requests, of which %d were not answered; %d tasks created, %d completed".formatted(requests.get(),
                unanswered.size(), created.size(), completed.size());
    }

    private void run() {
        long start = System.nanoTime();
        for (long i = 0; running; i++) {
            LockSupport.parkNanos(start + i * 1_000_000_000L / perSecond - System.nanoTime());
            long number = i;
            inFlight.incrementAndGet();
            Thread.startVirtualThread(() -> {
                try {
                    request(number);
                } catch (Exception e) {
                    wrongAnswers.add(e.toString());
                } finally {
                    inFlight.decrementAndGet();
                }
            });
        }
    }

    private void request(long number) throws InterruptedException {
        var popug = popugs.get(ThreadLocalRandom.current().nextInt(popugs.size()));
        long perShuffle = (long) SHUFFLE_SECONDS * perSecond;
        if (number % perShuffle == perShuffle - 1) {
            posts(admin(), "/api/shuffles?again=true", "", 202);
            return;
        }
        switch ((int) (number % 10)) {
            case 0 -> createTask(popug);
            case 5, 9 -> completeOne(popug);
            case 1, 6 -> reads(popug, TASKS, "/api/tasks?limit=20");
            case 2 -> reads(popug, TASKS, "/api/tasks/mine");
            case 3 -> reads(popug, ACCOUNTING, "/api/accounts/me");
            case 7 -> reads(popug, ACCOUNTING, "/api/accounts/me/transfers");
            case 4 -> reads(admin(), ACCOUNTING, "/api/earnings");
            default -> reads(admin(), ANALYTICS, number % 20 == 8 ? "/api/earnings" : "/api/negative-balances");
        }
    }

    private void createTask(Person popug) throws InterruptedException {
        var title = "Task " + begun.incrementAndGet();
        created.add(title(posts(popug, "/api/tasks", "{\"title\": \"" + title + "\"}", 201)));
    }

    private void completeOne(Person popug) throws InterruptedException {
        var mine = reads(popug, TASKS, "/api/tasks/mine?limit=50");
        if (mine.isEmpty()) {
            return;
        }
        var items = Answer.JSON.readTree(mine).path("items");
        if (!items.isEmpty()) {
            var id = items.get(ThreadLocalRandom.current().nextInt(items.size())).path("id").asString();
            // The task may have been assigned to another worker, or completed by a request that is still under way.
            var answer = posts(popug, "/api/tasks/" + id + "/complete", "", 200, 409);
            if (answer.statusCode() == 200) {
                completed.add(title(answer));
            }
        }
    }

    private static String title(HttpResponse<String> task) {
        return Answer.JSON.readTree(task.body()).path("title").asString();
    }

    /** The body; empty while a part is away, or the person has no account yet. */
    private String reads(Person person, Service service, String path) throws InterruptedException {
        requests.incrementAndGet();
        try {
            var answer = HTTP.send(request(person, service, path).GET().build(), BodyHandlers.ofString());
            if (isAway(answer)) {
                leaves(answer);
            } else if (answer.statusCode() == 200) {
                return answer.body();
            } else if (answer.statusCode() != 404 || service != ACCOUNTING) {
                wrongAnswers.add(answer + ": " + answer.body());
            }
        } catch (IOException | Token.RefusedException e) {
            leaves(path, e);
        }
        return "";
    }

    private HttpResponse<String> posts(Person person, String path, String body, int... expected)
            throws InterruptedException {
        var key = UUID.randomUUID().toString();
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            requests.incrementAndGet();
            try {
                var answer = HTTP.send(request(person, TASKS, path).header("Idempotency-Key", key)
                        .header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)).build(),
                        BodyHandlers.ofString());
                if (!isAway(answer)) {
                    for (int status : expected) {
                        if (answer.statusCode() == status) {
                            return answer;
                        }
                    }
                    throw new IllegalStateException(answer + ": " + answer.body());
                }
                leaves(answer);
            } catch (IOException | Token.RefusedException e) {
                // No answer: the same key will return the outcome.
                leaves(path, e);
            }
            Thread.sleep(PAUSE);
        }
        throw new IllegalStateException("No answer to POST " + path + " within " + PATIENCE);
    }

    private void leaves(HttpResponse<String> answer) {
        unanswered.add("%s %s: %s".formatted(Instant.now(), answer, answer.body()));
    }

    private void leaves(String path, Exception e) {
        unanswered.add("%s %s: %s".formatted(Instant.now(), path, e));
    }

    private HttpRequest.Builder request(Person person, Service service, String path) {
        var address = service == TASKS ? tasksService : service.address();
        synchronized (person) {
            return HttpRequest.newBuilder(URI.create(address + path)).timeout(ANSWERED_WITHIN)
                    .header("Authorization", "Bearer " + person.token());
        }
    }

    /** Also while the first request with this key is still under way. */
    private static boolean isAway(HttpResponse<String> answer) {
        return AWAY.contains(answer.statusCode())
                || answer.statusCode() == 409 && answer.headers().firstValue("Retry-After").isPresent();
    }
}
