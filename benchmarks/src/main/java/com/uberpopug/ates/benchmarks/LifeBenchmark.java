package com.uberpopug.ates.benchmarks;

import static java.util.Objects.requireNonNull;

import com.uberpopug.ates.localstack.parts.Part;
import com.uberpopug.ates.localstack.parts.Principals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ReplicaInfo;
import org.apache.kafka.common.TopicPartition;

/**
 * What one task costs from its creation to its reward: CPU time by part, bytes of each topic, of PostgreSQL's log, and of
 * each table with its indexes, as medians of three rounds after a warm-up.
 *
 * <p>There is no ceiling: the figures are for planning. CPU time is all that the parts use meanwhile, the answers to the
 * benchmark's own reader included, who asks analytics four times a second. Tables are measured as they grew, without a
 * vacuum.
 */
final class LifeBenchmark implements Benchmark {

    private static final int PER_SECOND = 50;
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);
    private static final List<String> DATABASES = List.of("tasks", "accounting", "analytics");
    /** Linux counts CPU time in hundredths of a second. */
    private static final double TICKS_PER_SECOND = 100;

    private final int tasks;

    LifeBenchmark(int divisor) {
        tasks = Math.max(100, 4_000 / divisor);
    }

    @Override
    public void run(Figures figures) throws Exception {
        var exchange = TaskExchange.start();
        System.out.printf("Warming up with %,d tasks%n", tasks);
        live(exchange);
        var rounds = new ArrayList<Map<String, Double>>();
        for (int round = 1; round <= 3; round++) {
            var before = counters(exchange);
            live(exchange);
            var after = counters(exchange);
            var perTask = new TreeMap<String, Double>();
            after.forEach((name, value) -> perTask.put(name, (value - before.getOrDefault(name, 0.0)) / tasks));
            rounds.add(perTask);
            System.out.println("  round " + round + " is measured");
        }
        rounds.getFirst().keySet().forEach(name -> {
            double median = Figures.median(rounds.stream().map(round -> round.getOrDefault(name, 0.0)).toList());
            if (median >= 0.005) {
                System.out.printf("%-45s %10.2f%n", name, median);
            }
        });
    }

    private void live(TaskExchange exchange) throws Exception {
        exchange.complete(exchange.assignTasks(tasks), PER_SECOND, BETWEEN_LOOKS);
    }

    private static Map<String, Double> counters(TaskExchange exchange) throws Exception {
        var counters = new TreeMap<String, Double>();
        for (var part : exchange.stack().parts()) {
            counters.put("CPU ms of " + part.name(), cpuMillis(part));
        }
        counters.putAll(topicBytes(exchange));
        for (var database : DATABASES) {
            counters.putAll(tableBytes(exchange, database));
        }
        try (var db = exchange.stack().postgres().connect("tasks");
                var query = db.createStatement();
                var row = query.executeQuery("select pg_current_wal_lsn() - '0/0'::pg_lsn")) {
            row.next();
            counters.put("bytes of PostgreSQL's log", row.getDouble(1));
        }
        return counters;
    }

    private static Map<String, Double> topicBytes(TaskExchange exchange) throws Exception {
        var sizes = new TreeMap<String, Double>();
        try (var admin = Admin.create(exchange.stack().kafka().client(Principals.ADMIN, Map.of()))) {
            var broker = admin.describeCluster().nodes().get().iterator().next().id();
            var logs = requireNonNull(admin.describeLogDirs(List.of(broker)).allDescriptions().get().get(broker))
                    .values();
            logs.forEach(log -> log.replicaInfos().forEach((TopicPartition partition, ReplicaInfo replica) -> sizes
                    .merge("bytes of topic " + partition.topic(), (double) replica.size(), Double::sum)));
        }
        return sizes;
    }

    private static Map<String, Double> tableBytes(TaskExchange exchange, String database) throws SQLException {
        var sizes = new TreeMap<String, Double>();
        try (var db = exchange.stack().postgres().connect(database);
                var query = db.createStatement();
                var row = query.executeQuery("""
                        select relname, pg_table_size(oid), pg_indexes_size(oid)
                          from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
                        """)) {
            while (row.next()) {
                var table = database + "." + row.getString(1);
                sizes.put("bytes of table " + table, row.getDouble(2));
                sizes.put("bytes of indexes " + table, row.getDouble(3));
            }
        }
        return sizes;
    }

    /** Of the process and all its children, the ended ones included. */
    private static double cpuMillis(Part part) {
        var process = part.running().orElseThrow();
        return Stream.concat(Stream.of(process), process.descendants()).mapToDouble(each -> cpuMillis(each.pid()))
                .sum();
    }

    private static double cpuMillis(long pid) {
        try {
            var text = Files.readString(Path.of("/proc/" + pid + "/stat"));
            // After the name in parentheses: utime, stime, and those of children that have ended.
            var fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
            return Stream.of(11, 12, 13, 14).mapToLong(field -> Long.parseLong(fields[field])).sum() * 1_000
                    / TICKS_PER_SECOND;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
