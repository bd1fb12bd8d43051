package com.uberpopug.ates.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The main class behind {@code ./ates bench}. */
final class Bench {

    /** Every benchmark takes less than half of this; one that hangs is ended with all its processes. */
    private static final Duration DEADLINE = Duration.ofMinutes(60);

    private static final List<Entry> ALL = List.of(
            new Entry("latency", "time from a task's completion to the changed earnings in analytics, two hops away",
                    _ -> new LatencyBenchmark()),
            new Entry("ledger", "rates of postings and payouts, and the time of a request for an account",
                    LedgerBenchmark::new),
            new Entry("life", "CPU time and bytes of one task from its creation to its reward; only printed",
                    LifeBenchmark::new),
            new Entry("pages", "time, statements and bytes of each page of a large company",
                    PagesBenchmark::new),
            new Entry("rebuild",
                    "rate at which analytics rebuilds its projections, and the time of a request meanwhile",
                    RebuildBenchmark::new),
            new Entry("relay", "rate of the outbox's relay, and the cost of an event in its transaction",
                    _ -> new RelayBenchmark()),
            new Entry("serde", "rates of our serializer and deserializer beside Avro alone",
                    SerdeBenchmark::new));

    private interface Benchmarks {
        /** @param divisor for a trial run: divides the amount of data where possible */
        Benchmark divided(int divisor) throws Exception;
    }

    private record Entry(String name, String about, Benchmarks benchmarks) {
    }

    private Bench() {
    }

    public static void main(String[] arguments) {
        try {
            System.exit(run(List.of(arguments)));
        } catch (Exception e) {
            e.printStackTrace();
            // The parts have threads of their own, which would keep the JVM alive.
            System.exit(1);
        }
    }

    private static int run(List<String> arguments) throws Exception {
        var chosen = ALL.stream().filter(entry -> arguments.stream().findFirst().equals(Optional.of(entry.name)))
                .findFirst();
        boolean isTry = arguments.size() == 2 && arguments.getLast().matches("--divide-by=[1-9][0-9]{0,4}");
        if (chosen.isEmpty() || arguments.size() > 1 && !isTry) {
            ALL.forEach(entry -> System.out.printf("./ates bench %-10s %s%n", entry.name, entry.about));
            return arguments.isEmpty() ? 0 : 2;
        }
        Thread.ofPlatform().daemon().start(Bench::endAfterDeadline);
        var figures = new Figures();
        int divisor = isTry ? Integer.parseInt(arguments.getLast().split("=")[1]) : 1;
        chosen.get().benchmarks.divided(divisor).run(figures);
        var results = Results.of(figures.medians());
        results.print();
        if (!isTry && !figures.medians().isEmpty()) {
            System.out.println("Written to " + results.write(chosen.get().name));
        }
        return 0;
    }

    private static void endAfterDeadline() {
        try {
            Thread.sleep(DEADLINE);
            System.err.println("ates: the benchmark has not ended after " + DEADLINE.toMinutes() + " minutes");
            System.exit(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
