package com.uberpopug.ates.benchmarks;

import com.uberpopug.ates.benchmarks.TaskExchange.Assigned;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Measures the time from the answer to {@code POST /api/tasks/{id}/complete} to the changed figure in analytics'
 * {@code GET /api/earnings}, two hops away, with 50 completions a second and all parts on this machine.
 *
 * <p>Completions are sent at their scheduled times, whatever the earlier ones do. One reader requests the earnings over
 * and over and notes the time of each answer. The sum in an answer tells which completions it includes: afterwards the
 * ledger yields the order, and the groups, in which the rewards entered the earnings. The figure includes the pause
 * between requests and the request itself; a completion that analytics shows before its own answer counts as zero.
 *
 * <p>The ceiling is {@link BarePipeline}, at the same rate beside the idle services, in alternation with them.
 */
final class LatencyBenchmark implements Benchmark {

    private static final int PER_SECOND = 50;
    /** More frequent requests would take half a processor from the measured services. */
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);
    /** After this warm-up the JIT compiler is done: without it, the first round takes half as long again. */
    private static final int WARM_UP = 100 * PER_SECOND;
    private static final int ROUND = 20 * PER_SECOND;
    private static final int ROUNDS = 5;
    private static final Map<String, Double> PERCENTILES = Map.of("p50", 50.0, "p90", 90.0, "p99", 99.0, "max", 100.0);

    @Override
    public void run(Figures figures) throws Exception {
        var exchange = TaskExchange.start();
        System.out.printf("Creating and assigning %,d tasks%n", WARM_UP + ROUNDS * ROUND);
        var tasks = exchange.assignTasks(WARM_UP + ROUNDS * ROUND);
        System.out.println("Warming up");
        try (var bare = new BarePipeline(exchange.stack().kafka(), exchange.stack().postgres())) {
            exchange.complete(tasks.subList(0, WARM_UP), PER_SECOND, BETWEEN_LOOKS);
            bare.run(PER_SECOND, WARM_UP);
            for (int round = 0; round < ROUNDS; round++) {
                int from = WARM_UP + round * ROUND;
                measure(exchange, tasks.subList(from, from + ROUND), bare, figures);
            }
        }
    }

    private static void measure(TaskExchange exchange, List<Assigned> tasks, BarePipeline bare, Figures figures)
            throws Exception {
        var shown = exchange.complete(tasks, PER_SECOND, BETWEEN_LOOKS);
        var least = bare.run(PER_SECOND, tasks.size());
        PERCENTILES.entrySet().stream().sorted(Map.Entry.comparingByValue())
                .forEach(each -> figures.add("completion_shown_" + each.getKey(), "ms", shown.millis(each.getValue()),
                        least.millis(each.getValue())));
    }
}
