package com.uberpopug.ates.localstack;

import com.uberpopug.ates.localstack.parts.ChildProcess;
import com.uberpopug.ates.localstack.parts.LocalStackFiles;
import com.uberpopug.ates.localstack.parts.Part;
import com.uberpopug.ates.localstack.parts.StartCaches;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;

/**
 * Makes missing start caches, beside the running system and at the lowest priority. It records starts of a second,
 * empty system on free ports, so that the running system is never touched.
 */
final class Rehearsal implements AutoCloseable {
    private static final String NAME = "rehearsal";
    /** A recorded JVM writes the recording when it ends. */
    private static final Duration WRITTEN_WITHIN = Duration.ofMinutes(5);
    /** A running system that nobody uses stays below it; a build does not. */
    private static final double IDLE = 0.3;
    private static final int IDLE_CHECKS = 12;
    private static final Duration BETWEEN_CHECKS = Duration.ofSeconds(10);

    private final LocalStack stack;

    private Rehearsal(Path home) {
        stack = new LocalStack(stage(home), StackPorts.free());
        stack.use(caches(home).recording());
    }

    /** Lets time pass. */
    interface Pause {
        void of(Duration duration) throws InterruptedException;
    }

    /** Returns once the load has stayed below {@link #IDLE} for {@link #IDLE_CHECKS} checks; unknown loads are no idleness. */
    static void awaitIdle(DoubleSupplier load, Pause pause) throws InterruptedException {
        for (int idle = 0; idle < IDLE_CHECKS;) {
            pause.of(BETWEEN_CHECKS);
            double now = load.getAsDouble();
            idle = now >= 0 && now < IDLE ? idle + 1 : 0;
        }
    }

    /** The processes that ran or waited for a processor in the last minute, per processor; negative if unknown. */
    static double load() {
        var system = ManagementFactory.getOperatingSystemMXBean();
        return system.getSystemLoadAverage() / system.getAvailableProcessors();
    }

    /** Starts a rehearsal in a process of its own. */
    static ChildProcess begin(Path home) {
        var command = new ArrayList<>(List.of("nice", "-n", "19"));
        command.addAll(Part.java(
                List.of("-Xms8m", "-Xmx64m", "-XX:NewSize=4m", Rehearsal.class.getName(), home.toString())));
        return ChildProcess.start(NAME, home.resolve("log").resolve(NAME + ".log"), "TERM",
                Map.of("CLASSPATH", System.getProperty("java.class.path")), command);
    }

    /** The running rehearsal. */
    static Optional<ProcessHandle> running(Path home) {
        return Launcher.running(stage(home)).flatMap(launcher -> ProcessHandle.of(launcher.pid()));
    }

    static StartCaches caches(Path home) {
        return StartCaches.in(home.resolve("cache"));
    }

    private static Path stage(Path home) {
        return home.resolve("cache").resolve(NAME);
    }

    public static void main(String[] arguments) throws IOException {
        var home = Path.of(arguments[0]);
        if (Launcher.claim(stage(home)).isEmpty()) {
            System.out.println("The rehearsal of the last ./ates up has not ended yet");
            return;
        }
        clear(home);
        var rehearsal = new Rehearsal(home);
        Runtime.getRuntime().addShutdownHook(new Thread(rehearsal::close));
        rehearsal.perform();
        rehearsal.close();
        clear(home);
    }

    private static void clear(Path home) throws IOException {
        try (var files = Files.list(stage(home))) {
            for (var file : files.filter(file -> !file.endsWith(Launcher.FILE)).toList()) {
                LocalStackFiles.deleteRecursively(file);
            }
        }
    }

    /** One part after the other, and one service at a time, because services need no other service here. */
    private void perform() {
        stack.postgres().start();
        stack.createDatabases();
        Stream.of(stack.kafka(), stack.registry()).forEach(Part::start);
        stack.registerSchemas();
        stack.services().filter(Part::lacksCache).forEach(service -> {
            stack.migrate(service);
            service.start();
            stack.awaitHealthy(service);
            end(service);
        });
        Stream.of(stack.registry(), stack.kafka()).forEach(this::end);
    }

    private void end(Part part) {
        part.process().stop(WRITTEN_WITHIN);
        if (part.lacksCache()) {
            part.finishCache();
            System.out.println("Made the cache of " + part.name());
        }
    }

    /** Also called from the shutdown hook during a rehearsal: a part about to start is ended too. */
    @Override
    public void close() {
        stack.parts().reversed().forEach(Part::abandon);
    }
}
