package com.uberpopug.ates.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** The main behind {@code ./ates bench}. */
final class Bench {

    /** No benchmark takes half as long; one that hangs ends here, with all that it has started. */
    private static final Duration DEADLINE = Duration.ofMinutes(20);

    private static final List<Entry> ALL = List.of(
            new Entry("latency", "from a task's completion to the changed earnings in analytics, two hops away",
                    LatencyBenchmark::new),
            new Entry("relay", "how fast the outbox is sent, and what an event costs the transaction it belongs to",
                    RelayBenchmark::new));

    private record Entry(String name, String about, Supplier<Benchmark> benchmark) {
    }

    private Bench() {
    }

    public static void main(String[] arguments) throws Exception {
        System.exit(run(List.of(arguments)));
    }

    private static int run(List<String> arguments) throws Exception {
        var chosen = ALL.stream().filter(entry -> arguments.equals(List.of(entry.name))).findFirst();
        if (chosen.isEmpty()) {
            ALL.forEach(entry -> System.out.printf("./ates bench %-10s %s%n", entry.name, entry.about));
            return arguments.isEmpty() ? 0 : 2;
        }
        Thread.ofPlatform().daemon().start(Bench::endAfterDeadline);
        var figures = new Figures();
        chosen.get().benchmark.get().run(figures);
        var results = Results.of(figures.medians());
        results.print();
        System.out.println("Written to " + results.write(chosen.get().name));
        return 0;
    }

    private static void endAfterDeadline() {
        try {
            Thread.sleep(DEADLINE);
            System.err.println("ates: the benchmark is not through after " + DEADLINE.toMinutes() + " minutes");
            System.exit(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
