package com.uberpopug.ates.benchmarks;

import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.serde.AvroDeserializer;
import com.uberpopug.ates.events.serde.Envelope;
import com.uberpopug.ates.localstack.parts.Principals;
import com.uberpopug.ates.platform.test.Events;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Measures the rebuild of all projections of analytics-service from 1,000,000 events of tasks and the 500,000 events of
 * their money, and the time of a request meanwhile.
 *
 * <p>Its consumers apply the events first, so that the rebuild has to yield the same rows; {@code rebuilt_equal} is
 * measured with these rows in the serving tables, {@code rebuilt_from_nothing} with empty ones. A rebuild is measured
 * from the request to the switch. The ceiling is Kafka's consumer alone, which reads the same records and decodes the
 * types that the service handles.
 *
 * <p>The heap is the most that the service had in use in four looks a second, garbage included; its ceiling is the
 * limit of 256 MB.
 */
final class RebuildBenchmark implements Benchmark {

    private static final int ROUNDS = 3;
    private static final int REQUESTS_PER_SECOND = 20;
    private static final Duration IDLE = Duration.ofSeconds(5);
    private static final double MOST_HEAP_MB = 256;
    private static final Set<String> HANDLED = Set.of("Tasks.Created", "Tasks.Completed", "Users.BalanceCharged",
            "Users.BalanceChanged", "Users.DailyPaidAmount", "Managers.BalanceChanged", "BusinessDays.Closed");
    private static final List<String> READ = List.of(Topics.TASKS, Topics.BALANCES, Topics.MANAGERS);
    private static final List<String> TABLES = List.of("tasks", "corrected_transfers", "balances", "daily_balances",
            "below_zero_changes", "earnings", "closed_days");

    private final int tasks;
    private final AnalyticsProcess analytics;

    /** @param divisor divides the number of events for a trial run */
    RebuildBenchmark(int divisor) throws Exception {
        tasks = Math.max(1_000, 250_000 / divisor);
        analytics = new AnalyticsProcess();
    }

    @Override
    public void run(Figures figures) throws Exception {
        var events = new Events(analytics.parts());
        var facts = new TaskFacts(tasks);
        System.out.printf("Sending %,d events of %,d tasks%n", facts.events(), tasks);
        facts.send(events);
        try (var rows = analytics.rows()) {
            long begun = System.nanoTime();
            awaitConsumed(rows, facts.handled());
            System.out.printf("  the consumers have applied them, the last ones in %.1f s%n", secondsSince(begun));
            var before = digests(rows);
            rows.settle();
            for (int round = 0; round <= ROUNDS; round++) {
                var idle = meanwhile(() -> Thread.sleep(IDLE));
                double bare = facts.events() / consumed(facts.events());
                var busy = rebuild(rows, before);
                if (round > 0) {
                    figures.add("rebuilt_equal", "events/s", facts.events() / busy.seconds, bare);
                    figures.add("earnings_meanwhile_p50", "ms", busy.latencies.millis(50), idle.latencies.millis(50));
                    figures.add("earnings_meanwhile_p99", "ms", busy.latencies.millis(99), idle.latencies.millis(99));
                    figures.add("heap_meanwhile", "MB", busy.heapMegabytes, MOST_HEAP_MB);
                }
            }
            for (int round = 0; round < ROUNDS; round++) {
                double bare = facts.events() / consumed(facts.events());
                rows.run("truncate " + String.join(", ", TABLES));
                var busy = rebuild(rows, before);
                figures.add("rebuilt_from_nothing", "events/s", facts.events() / busy.seconds, bare);
            }
        }
    }

    private interface Work {
        void run() throws Exception;
    }

    private record Measured(double seconds, Latencies latencies, double heapMegabytes) {
    }

    private Measured rebuild(Rows rows, Map<String, String> expected) throws Exception {
        var measured = meanwhile(analytics::rebuild);
        if (!digests(rows).equals(expected)) {
            throw new IllegalStateException("The rebuilt tables differ: " + digests(rows) + " from " + expected);
        }
        return measured;
    }

    /** Requests the earnings at a rate, and looks at the heap, until the work is done. */
    private Measured meanwhile(Work work) throws Exception {
        var isOver = new AtomicBoolean();
        var nanos = new ArrayList<Long>();
        var heap = new ArrayList<Double>();
        var failures = new ArrayList<Exception>();
        var looking = Thread.ofPlatform().daemon().start(() -> {
            try {
                for (long step = 0, start = System.nanoTime(); !isOver.get(); step++) {
                    long due = start + step * 1_000_000_000L / REQUESTS_PER_SECOND;
                    TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
                    // From its scheduled time, however long the earlier ones took.
                    analytics.get("/api/earnings");
                    nanos.add(System.nanoTime() - due);
                    if (step % 5 == 0) {
                        heap.add(analytics.heapMegabytes());
                    }
                }
            } catch (Exception e) {
                failures.add(e);
            }
        });
        long begun = System.nanoTime();
        work.run();
        double seconds = secondsSince(begun);
        isOver.set(true);
        looking.join();
        if (!failures.isEmpty()) {
            throw failures.getFirst();
        }
        return new Measured(seconds, new Latencies(nanos.stream().mapToLong(Long::longValue).toArray()),
                heap.stream().mapToDouble(Double::doubleValue).max().orElse(0));
    }

    /** The rows of each table as one text, in no order. */
    private static Map<String, String> digests(Rows rows) throws SQLException {
        var digests = new HashMap<String, String>();
        for (var table : TABLES) {
            digests.put(table, rows
                    .text("""
                            select count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) from public.%s as t
                            """
                            .formatted(table) + (table.equals("below_zero_changes") ? " where workers <> 0" : "")));
        }
        return digests;
    }

    private static void awaitConsumed(Rows rows, long handled) throws Exception {
        long end = System.nanoTime() + Duration.ofMinutes(15).toNanos();
        while (rows.number("select count(*) from inbox where consumer <> 'analytics.users'") < handled) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("The events were not consumed");
            }
            Thread.sleep(500);
        }
    }

    /** Seconds in which Kafka's consumer alone reads and decodes all events. */
    private double consumed(long events) {
        var parts = analytics.parts();
        var client = parts.kafka().client(Principals.ADMIN, parts.registry().client());
        var config = new HashMap<String, Object>(client);
        config.putAll(
                Map.of("isolation.level", "read_committed", "max.poll.records", 5_000, "fetch.max.bytes", 8 << 20));
        long begun = System.nanoTime();
        try (var consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
                var deserializer = new AvroDeserializer()) {
            deserializer.configure(client, false);
            consumer.assign(READ.stream().flatMap(topic -> consumer.partitionsFor(topic).stream())
                    .map(each -> new TopicPartition(each.topic(), each.partition())).toList());
            consumer.seekToBeginning(consumer.assignment());
            for (long read = 0; read < events;) {
                for (var record : consumer.poll(Duration.ofSeconds(1))) {
                    read++;
                    if (HANDLED.contains(Envelope.get(record.headers(), Envelope.TYPE).orElseThrow())) {
                        Objects.requireNonNull(deserializer.deserialize(record.topic(), record.value()));
                    }
                }
            }
        }
        return secondsSince(begun);
    }

    private static double secondsSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }
}
