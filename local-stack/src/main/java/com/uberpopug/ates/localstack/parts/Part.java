package com.uberpopug.ates.localstack.parts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One part of the running system: a process with a port and data that both outlive it, so that it can be started again after every end.
 */
public abstract class Part implements AutoCloseable {
    public static final String HEALTHY = "healthy";

    /**
     * A machine that runs everything at once wants cheap compilation and collection, and heaps that begin small and grow where there is
     * need; the young generation begins large enough for little to be copied out of it while a program starts.
     */
    static final List<String> JAVA = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xms48m", "-Xmx256m",
            "-XX:NewSize=24m");

    private final String name;
    private final Path home;
    private final int port;
    private volatile StartCaches caches = StartCaches.NONE;
    private volatile @Nullable ChildProcess process;
    private volatile boolean closed;

    /**
     * @param home the directory of the whole system, which holds each part's data and, below {@code log}, its log file
     * @param port where it listens, on 127.0.0.1 only; 0 chooses a free one, which the part then keeps
     */
    protected Part(String name, Path home, int port) {
        this.name = name;
        this.home = home.toAbsolutePath();
        this.port = port == 0 ? Ports.free() : port;
    }

    public final String name() {
        return name;
    }

    public final int port() {
        return port;
    }

    /** Where others reach it, as a person would write it. */
    public abstract String address();

    public final Path log() {
        return home.resolve("log").resolve(name + ".log");
    }

    /** Starts the process, on the data of the last one if there was one, and returns when it serves. */
    public final void start() {
        var running = process;
        if (running != null && running.isAlive()) {
            throw new IllegalStateException(name + " is running");
        }
        Ports.awaitEndOfConnection(port);
        var started = launch();
        process = started;
        remember(started);
        if (closed) {
            started.stop();
            throw new PartFailedException(name + " was closed while it started");
        }
        started.awaitReady(caches.startsWithin(), this::isReady);
    }

    /** The process of the last start. */
    public final ChildProcess process() {
        var started = process;
        if (started == null) {
            throw new IllegalStateException(name + " was never started");
        }
        return started;
    }

    /** {@link #HEALTHY}, or in two or three words what is wrong; it can be asked in another JVM than the one that started the part. */
    public String health() {
        try {
            return isReady() ? HEALTHY : "not ready";
        } catch (Exception _) {
            return "no answer";
        }
    }

    /** The process of the last start in whichever JVM that was; empty if it has ended. */
    public final Optional<ProcessHandle> running() {
        try {
            var words = Files.readString(pidFile()).split(" ");
            return ProcessHandle.of(Long.parseLong(words[0]))
                    .filter(process -> Math.abs(startedAt(process) - Long.parseLong(words[1])) < 5_000);
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    public final long pid() {
        return process().pid();
    }

    /** Ends it in order; does nothing if it is not running. */
    public final void stop() {
        var running = process;
        if (running != null) {
            running.stop();
        }
    }

    /** SIGKILL. */
    public final void kill() {
        process().kill();
    }

    /** SIGSTOP. */
    public final void pause() {
        process().pause();
    }

    /** SIGCONT. */
    public final void resume() {
        process().resume();
    }

    /** Stops it for good, even when another thread is about to start it. */
    @Override
    public final void close() {
        closed = true;
        stop();
    }

    /** Ends it for good and at once, where nothing that it has is needed any more. */
    public void abandon() {
        closed = true;
        var running = process;
        if (running != null) {
            running.kill();
        }
    }

    abstract ChildProcess launch();

    abstract boolean isReady() throws Exception;

    final Path home() {
        return home;
    }

    /** With the time of its start, because the system gives the pid of a process that has ended to another one. */
    private void remember(ChildProcess started) {
        try {
            Files.createDirectories(pidFile().getParent());
            Files.writeString(pidFile(), started.pid() + " " + System.currentTimeMillis());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path pidFile() {
        return home.resolve("pid").resolve(name);
    }

    private static long startedAt(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    /** Has its next starts use what there is to make them faster. */
    public final void use(StartCaches caches) {
        this.caches = caches;
    }

    /** Whether its next start could be faster. */
    public final boolean lacksCache() {
        return program().filter(jar -> !caches.has(name, jar)).isPresent();
    }

    /** Makes the cache, when the process that was started with {@link StartCaches#recording} caches has ended in order. */
    public final void finishCache() {
        caches.finish(name, program().orElseThrow());
    }

    final StartCaches.Start programStart() {
        return caches.of(name, program().orElseThrow());
    }

    /** The jar that it runs; empty where a cache would make nothing faster. */
    Optional<Path> program() {
        return Optional.empty();
    }

    /** This JVM's own java. */
    public static List<String> java(List<String> arguments) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JAVA);
        command.addAll(arguments);
        return command;
    }

    static int statusOf(String address) throws IOException, URISyntaxException {
        var connection = (HttpURLConnection) new URI(address).toURL().openConnection();
        connection.setConnectTimeout(2_000);
        connection.setReadTimeout(5_000);
        try {
            return connection.getResponseCode();
        } finally {
            connection.disconnect();
        }
    }
}
