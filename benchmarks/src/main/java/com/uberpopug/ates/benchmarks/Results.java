package com.uberpopug.ates.benchmarks;

import com.uberpopug.ates.localstack.parts.LocalStackFiles;
import com.uberpopug.ates.localstack.parts.Part;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** A run's figures, and the facts to compare them with another run's. */
record Results(Machine machine, String commit, Instant date, JvmFlags jvmFlags, List<Figures.Figure> figures) {

    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).enable(SerializationFeature.INDENT_OUTPUT)
            .build();
    private static final String ROW = "%-32s %12s %-10s %12s %8s%n";

    /** The machine, without its name. */
    record Machine(int cores, long memoryMb, String os, String cpu) {

        static Machine current() throws IOException {
            var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
            return new Machine(Runtime.getRuntime().availableProcessors(), system.getTotalMemorySize() >> 20,
                    system.getName() + " " + system.getVersion() + " " + system.getArch(), cpu(system.getArch()));
        }

        private static String cpu(String otherwise) throws IOException {
            var file = Path.of("/proc/cpuinfo");
            try (var lines = Files.exists(file) ? Files.lines(file) : Stream.<String>empty()) {
                return lines.filter(line -> line.startsWith("model name")).map(line -> line.split(":\\s*", 2)[1])
                        .findFirst().orElse(otherwise);
            }
        }
    }

    /** The settings of the benchmark and of its parts. */
    record JvmFlags(List<String> benchmark, List<String> parts) {
    }

    static Results of(List<Figures.Figure> figures) throws IOException, InterruptedException {
        var parts = Part.java(List.of()).stream().filter(word -> word.startsWith("-")).toList();
        return new Results(Machine.current(), gitCommit(), Instant.now().truncatedTo(ChronoUnit.SECONDS),
                new JvmFlags(ManagementFactory.getRuntimeMXBean().getInputArguments(), parts), figures);
    }

    /** The commit, with a mark if the sources differ from it; changed results do not count. */
    private static String gitCommit() throws IOException, InterruptedException {
        try {
            return git("rev-parse", "--short=12", "HEAD")
                    + (git("status", "--porcelain", "--", ".", ":!benchmarks/results").isEmpty() ? "" : "-dirty");
        } catch (IllegalStateException _) {
            return "unknown";
        }
    }

    private static String git(String... words) throws IOException, InterruptedException {
        var command = Stream.concat(Stream.of("git"), Stream.of(words)).toList();
        var git = new ProcessBuilder(command).directory(LocalStackFiles.repository().toFile())
                .redirectErrorStream(true).start();
        var output = new String(git.getInputStream().readAllBytes()).strip();
        if (git.waitFor() != 0) {
            throw new IllegalStateException(output);
        }
        return output;
    }

    void print() {
        System.out.printf("%n" + ROW, "figure", "value", "", "ceiling", "ratio");
        figures.forEach(figure -> System.out.printf(ROW, figure.name(), "%,.2f".formatted(figure.value()),
                figure.unit(), "%,.2f".formatted(figure.ceiling()), "%.2f".formatted(figure.ratio())));
        System.out.println();
    }

    /** Writes {@code benchmarks/results/NAME.json} and its picture, both of which are committed. */
    Path write(String name) throws IOException {
        var file = LocalStackFiles.repository().resolve("benchmarks/results").resolve(name + ".json");
        Files.createDirectories(file.getParent());
        Files.writeString(file, JSON.writeValueAsString(this) + "\n");
        Files.writeString(file.resolveSibling(name + ".svg"),
                Plot.of("./ates bench %s: %s, %d cores, %s".formatted(name,
                        machine.cpu(), machine.cores(), commit), figures));
        return LocalStackFiles.repository().relativize(file);
    }
}
