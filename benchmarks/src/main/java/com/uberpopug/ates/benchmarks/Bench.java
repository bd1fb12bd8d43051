package com.uberpopug.ates.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The main behind {@code ./ates bench}. */
final class Bench {

    /** No benchmark takes half as long; one that hangs ends here, with all that it has started. */
    private static final Duration DEADLINE = Duration.ofMinutes(60);

    private static final List<Entry> ALL = List.of(
            new Entry("latency", "from a task's completion to the changed earnings in analytics, two hops away",
                    _ -> new LatencyBenchmark()),
            new Entry("ledger", "how fast money is posted and a day is closed, and how long a look at an account takes",
                    LedgerBenchmark::new),
            new Entry("pages", "how long each page takes with much stored, and how many statements and bytes it costs",
                    PagesBenchmark::new),
            new Entry("relay", "how fast the outbox is sent, and what an event costs the transaction it belongs to",
                    _ -> new RelayBenchmark()));

    private interface Benchmarks {
        /** @param divisor for a try: leaves so many times less to measure, where it can */
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
            // What was started has threads of its own, which would go on.
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
        if (!isTry) {
            System.out.println("Written to " + results.write(chosen.get().name));
        }
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
