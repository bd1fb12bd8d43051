package com.uberpopug.ates.benchmarks;

import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.platform.test.RealParts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Properties;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Measures how many events a second one thread writes and reads by the contract's serializer and deserializer, with the
 * schemas from a registry. The ceiling is Avro alone with the same five bytes before it: {@link SerdeMethods}. Each
 * round has JMH run all four in turn, each in a JVM of its own.
 */
final class SerdeBenchmark implements Benchmark {

    private static final int ROUNDS = 3;
    private static final int ITERATIONS = 5;
    private static final TimeValue WARM_UP = TimeValue.seconds(1);
    private static final TimeValue MEASURED = TimeValue.seconds(1);

    private final int rounds;

    SerdeBenchmark(int divisor) {
        rounds = Math.max(1, ROUNDS / divisor);
    }

    @Override
    public void run(Figures figures) throws Exception {
        var settings = Files.createTempFile("ates-bench", ".properties");
        try (var parts = new RealParts(false)) {
            write(parts, settings);
            var options = new OptionsBuilder().include(SerdeMethods.class.getName()).forks(1).threads(1)
                    .warmupIterations(ITERATIONS).warmupTime(WARM_UP)
                    .measurementIterations(ITERATIONS).measurementTime(MEASURED)
                    .jvmArgsAppend("-D" + SerdeMethods.SETTINGS + "=" + settings)
                    .shouldFailOnError(true).verbosity(VerboseMode.SILENT).build();
            for (int round = 0; round < rounds; round++) {
                var results = new Runner(options).run();
                figures.add("events_written", "events/s", score(results, "written"), score(results, "writtenByAvro"));
                figures.add("events_read", "events/s", score(results, "read"), score(results, "readByAvro"));
            }
        } finally {
            Files.delete(settings);
        }
    }

    /** In a file, because other users of the machine read arguments. */
    private static void write(RealParts parts, Path settings) throws IOException {
        var properties = new Properties();
        properties.putAll(parts.kafka().client(Topics.OTHER_TEAMS));
        properties.putAll(parts.registry().client());
        try (var out = Files.newBufferedWriter(settings)) {
            properties.store(out, null);
        }
    }

    private static double score(Collection<RunResult> results, String method) {
        return results.stream().filter(result -> result.getParams().getBenchmark().endsWith("." + method)).findFirst()
                .orElseThrow().getPrimaryResult().getScore();
    }
}
