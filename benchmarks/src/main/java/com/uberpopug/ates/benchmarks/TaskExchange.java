package com.uberpopug.ates.benchmarks;

import static java.util.Objects.requireNonNull;

import com.uberpopug.ates.events.managers.v1.ManagersBalanceChanged;
import com.uberpopug.ates.localstack.LocalStack;
import com.uberpopug.ates.localstack.StackPorts;
import com.uberpopug.ates.localstack.Token;
import com.uberpopug.ates.localstack.parts.LocalStackFiles;
import com.uberpopug.ates.platform.test.Events;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/** The whole shipped system with its demo users, on free ports and empty, until this JVM ends. */
final class TaskExchange {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final LocalStack stack;
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Map<String, String> tokens = new ConcurrentHashMap<>();
    private final LocalDate firstDay = LocalDate.now(ZoneOffset.UTC);
    private final Events events;
    /** In cents, of all rounds: of the assignments, and of the completions asked for. */
    private long fees;
    private long amounts;

    /** An assigned, open task. */
    record Assigned(UUID id, String assignee, long amountCents) {
    }

    /** The time of an answer with the earnings, and the sum of all rewards in them. */
    private record Look(long answeredAt, long rewardedCents) {
    }

    private TaskExchange(LocalStack stack) {
        this.stack = stack;
        events = new Events(stack.kafka(), stack.registry());
    }

    static TaskExchange start() throws IOException {
        var home = Files.createTempDirectory("ates-bench");
        var stack = new LocalStack(home, StackPorts.free());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            stack.close();
            try {
                LocalStackFiles.deleteRecursively(home);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }));
        stack.start(part -> System.out.println("  " + part + " is up"));
        return new TaskExchange(stack);
    }

    LocalStack stack() {
        return stack;
    }

    /** Creates and assigns a number of tasks; returns when every service has received them. */
    List<Assigned> assignTasks(int count) throws Exception {
        signIn();
        try (var popugs = Executors.newFixedThreadPool(8)) {
            var created = new ArrayList<Future<String>>();
            for (int i = 0; i < count; i++) {
                var body = "{\"title\": \"Task %d\"}".formatted(i);
                created.add(popugs.submit(() -> post("anna", "/api/tasks", body, 201)));
            }
            for (var each : created) {
                each.get();
            }
        }
        await("select count(*) = 0 from tasks where status = 'NEW'");
        post("manager", "/api/shuffles?again=true", "", 202);
        await("select count(*) = 0 from shuffles where finished_at is null");
        var assigned = new ArrayList<Assigned>();
        try (var db = stack.postgres().connect("tasks");
                var query = db.createStatement();
                var row = query.executeQuery("""
                        select tasks.id, login, amount_cents, fee_cents
                          from tasks join users on users.id = assignee_id where status = 'ASSIGNED'
                        """)) {
            while (row.next()) {
                assigned.add(new Assigned(row.getObject("id", UUID.class), row.getString("login"),
                        row.getLong("amount_cents")));
                fees += row.getLong("fee_cents");
            }
        }
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (earned() != fees - amounts) {
            giveUpAfter(end, "the fees in analytics");
            TimeUnit.MILLISECONDS.sleep(100);
        }
        Collections.shuffle(assigned);
        return assigned;
    }

    /**
     * Completes tasks at a rate, and requests the managers' earnings all the while.
     *
     * @return the time from the answer to each completion to its appearance in analytics
     */
    Latencies complete(List<Assigned> tasks, int perSecond, Duration betweenLooks) throws Exception {
        signIn();
        var failures = new LinkedBlockingQueue<Exception>();
        var answeredAt = new ConcurrentHashMap<UUID, Long>();
        var looks = new ArrayList<Look>();
        amounts += tasks.stream().mapToLong(Assigned::amountCents).sum();
        long atTheEnd = amounts;
        var looking = Thread.ofPlatform().daemon().start(() -> {
            long end = System.nanoTime() + tasks.size() * 1_000_000_000L / perSecond + PATIENCE.toNanos();
            try {
                for (long rewarded = 0; rewarded != atTheEnd && failures.isEmpty();) {
                    long next = System.nanoTime() + betweenLooks.toNanos();
                    rewarded = fees - earned();
                    looks.add(new Look(System.nanoTime(), rewarded));
                    giveUpAfter(end, "the rewards in analytics");
                    TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
                }
            } catch (Exception e) {
                failures.add(e);
            }
        });
        OpenLoop.run(perSecond, tasks.size(), i -> {
            var task = tasks.get(i);
            try {
                post(task.assignee(), "/api/tasks/" + task.id() + "/complete", "", 200);
                answeredAt.put(task.id(), System.nanoTime());
            } catch (Exception e) {
                failures.add(e);
            }
        });
        looking.join();
        if (!failures.isEmpty()) {
            throw failures.remove();
        }
        var rewardedWith = rewardedWith();
        if (!looks.stream()
                .allMatch(look -> look.rewardedCents == 0 || rewardedWith.containsValue(look.rewardedCents))) {
            throw new IllegalStateException("Analytics showed a sum that the ledger never had");
        }
        return new Latencies(tasks.stream()
                .mapToLong(task -> firstLookAt(looks, requireNonNull(rewardedWith.get(task.id())))
                        - requireNonNull(answeredAt.get(task.id())))
                .map(nanos -> Math.max(0, nanos)).toArray());
    }

    /** The postings of one transaction of accounting, announced as one change of the earnings. */
    private record Posted(long changeCents, int transfers) {
    }

    /**
     * The sum of all rewards once a task's was among them. The earnings yield the order in which the rewards entered.
     */
    private Map<UUID, Long> rewardedWith() throws SQLException {
        var rewards = new HashMap<Posted, Deque<Map<UUID, Long>>>();
        int transactions = 0;
        try (var db = stack.postgres().connect("accounting");
                var query = db.createStatement();
                var row = query.executeQuery(
                        """
                                select sum(case kind when 'FEE' then cents else -cents end), count(*),
                                       array_agg(task_id) filter (where kind = 'REWARD'), array_agg(cents) filter (where kind = 'REWARD')
                                  from transfers group by posted_at, xmin::text order by posted_at
                                """)) {
            for (; row.next(); transactions++) {
                var ofTasks = new HashMap<UUID, Long>();
                if (row.getArray(3) != null) {
                    var tasks = (UUID[]) row.getArray(3).getArray();
                    var cents = (Long[]) row.getArray(4).getArray();
                    IntStream.range(0, tasks.length).forEach(i -> ofTasks.put(tasks[i], cents[i]));
                }
                rewards.computeIfAbsent(new Posted(row.getLong(1), row.getInt(2)), _ -> new ArrayDeque<>())
                        .add(ofTasks);
            }
        }
        var sums = new HashMap<UUID, Long>();
        long sum = 0;
        for (var change : events.await(ManagersBalanceChanged.class, firstDay, transactions)) {
            var ofTasks = requireNonNull(rewards.get(new Posted(change.getChangeCents(), change.getTransfers())))
                    .remove();
            sum += ofTasks.values().stream().mapToLong(Long::longValue).sum();
            for (var task : ofTasks.keySet()) {
                sums.put(task, sum);
            }
        }
        return sums;
    }

    private static long firstLookAt(List<Look> looks, long rewardedCents) {
        return looks.stream().filter(look -> look.rewardedCents >= rewardedCents).findFirst().orElseThrow().answeredAt;
    }

    /** Tokens live five minutes, longer than any measurement with this one. */
    private void signIn() {
        for (var login : List.of("admin", "manager", "accountant", "anna", "boris", "vera", "gleb", "dasha")) {
            tokens.put(login, new Token(URI.create(stack.auth().address())).of(login, "beak-" + login));
        }
    }

    private String post(String login, String path, String json, int expected) throws Exception {
        return send(login, HttpRequest.newBuilder(URI.create(stack.tasks().address() + path))
                .header("Content-Type", "application/json").POST(BodyPublishers.ofString(json)), expected);
    }

    /** The managers' earnings since the start of the benchmark, by analytics. */
    private long earned() throws Exception {
        var answer = send("admin", HttpRequest.newBuilder(
                URI.create(stack.analytics().address() + "/api/earnings?from=" + firstDay)), 200);
        return JSON.readTree(answer).path("days").values().stream().mapToLong(day -> day.path("earned_cents").asLong())
                .sum();
    }

    private String send(String login, HttpRequest.Builder request, int expected) throws Exception {
        var answer = http.send(request.header("Authorization", "Bearer " + tokens.get(login))
                .timeout(Duration.ofSeconds(30)).build(), BodyHandlers.ofString());
        if (answer.statusCode() != expected) {
            throw new IllegalStateException(answer + ": " + answer.body());
        }
        return answer.body();
    }

    private void await(String condition) throws SQLException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        try (var db = stack.postgres().connect("tasks"); var query = db.createStatement()) {
            while (true) {
                try (var row = query.executeQuery(condition)) {
                    row.next();
                    if (row.getBoolean(1)) {
                        return;
                    }
                }
                giveUpAfter(end, condition);
                Thread.sleep(100);
            }
        }
    }

    private static void giveUpAfter(long end, String what) {
        if (System.nanoTime() > end) {
            throw new IllegalStateException("Timed out while waiting for " + what);
        }
    }
}
