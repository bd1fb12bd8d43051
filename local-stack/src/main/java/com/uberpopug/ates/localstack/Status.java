package com.uberpopug.ates.localstack;

import com.uberpopug.ates.localstack.parts.Part;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** {@code ./ates status}: the process, health and memory of each part; the exit code is 0 if all are healthy. */
record Status(Path home) {
    private static final String ROW = "%-20s %8s %10s %10s  %-14s %s%n";

    private record Row(String name, Optional<ProcessHandle> process, OptionalLong memoryKb, String health,
            String address) {
        static Row of(Part part) {
            var process = part.running();
            return new Row(part.name(), process, process.map(Status::memoryKb).orElse(OptionalLong.empty()),
                    process.isEmpty() ? "not running" : part.health(), part.address());
        }
    }

    int run() {
        var running = Launcher.running(home);
        if (running.isEmpty()) {
            System.out.println("aTES is not running; ./ates up starts it");
            return 1;
        }
        // In parallel, because a frozen part answers only after a timeout of seconds.
        var parts = new LocalStack(home, StackPorts.STANDARD).parts().reversed().parallelStream().map(Row::of).toList();
        var process = ProcessHandle.of(running.get().pid());
        var launcher = new Row("launcher", process, process.map(Status::ownMemoryKb).orElse(OptionalLong.empty()),
                running.get().healthyAfter().map(after -> "healthy").orElse("starting"), "");
        var rehearsal = Rehearsal.running(home).map(rehearsing -> new Row("rehearsal", Optional.of(rehearsing),
                memoryKb(rehearsing), "at work", "makes the next start faster, then ends"));
        var rows = Stream.of(parts.stream(), Stream.of(launcher), rehearsal.stream()).flatMap(row -> row).toList();

        System.out.printf(ROW, "part", "pid", "up", "memory", "health", "address");
        rows.forEach(Status::print);
        System.out.println();
        running.get().healthyAfter().ifPresent(after -> System.out.printf("%s start, healthy after %.1f s%n",
                running.get().warm() ? "warm" : "cold", after.toMillis() / 1e3));
        System.out.printf("%d MB proportional set size in all%n",
                rows.stream().mapToLong(row -> row.memoryKb.orElse(0)).sum() / 1024);
        return parts.stream().allMatch(row -> row.health.equals(Part.HEALTHY)) ? 0 : 1;
    }

    private static void print(Row row) {
        System.out.printf(ROW, row.name, row.process.map(process -> Long.toString(process.pid())).orElse("-"),
                row.process.flatMap(process -> process.info().startInstant()).map(Status::since).orElse("-"),
                row.memoryKb.isPresent() ? row.memoryKb.getAsLong() / 1024 + " MB" : "-", row.health, row.address);
    }

    private static String since(Instant start) {
        var up = Duration.between(start, Instant.now());
        return "%d:%02d:%02d".formatted(up.toHours(), up.toMinutesPart(), up.toSecondsPart());
    }

    /** Of the process and its descendants: PostgreSQL has a process for each connection. */
    private static OptionalLong memoryKb(ProcessHandle process) {
        return Stream.concat(Stream.of(process), process.descendants()).map(Status::ownMemoryKb)
                .reduce(OptionalLong.empty(),
                        (sum, own) -> own.isEmpty() ? sum : OptionalLong.of(sum.orElse(0) + own.getAsLong()));
    }

    /** The proportional set size, which divides shared memory among its users; available on Linux only. */
    private static OptionalLong ownMemoryKb(ProcessHandle process) {
        try (var lines = Files.lines(Path.of("/proc", Long.toString(process.pid()), "smaps_rollup"))) {
            return lines.filter(line -> line.startsWith("Pss:")).mapToLong(line -> Long.parseLong(line.split(" +")[1]))
                    .findFirst();
        } catch (IOException | UncheckedIOException _) {
            return OptionalLong.empty();
        }
    }
}
