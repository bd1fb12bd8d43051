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
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One part of the running system: a process, and the port and data that outlive it, so that it can be started again
 * after every end.
 */
public abstract class Part implements AutoCloseable {
    public static final String HEALTHY = "healthy";

    /**
     * Options for a machine that runs everything at once: cheap compilation and collection, and heaps that start small
     * and grow on demand. The young generation starts large enough that a start copies little out of it.
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
     * @param home the directory of the whole system, with each part's data and, below {@code log}, its log file
     * @param port on 127.0.0.1 only; 0 chooses a free one, which the part then keeps
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

    /** The part's address, in readable form. */
    public abstract String address();

    public final Path log() {
        return home.resolve("log").resolve(name + ".log");
    }

    /** Starts the process on existing data, and returns when it is healthy. */
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

    /**
     * {@link #HEALTHY}, or the problem in two or three words; callable in another JVM than the one that started the
     * part.
     */
    public String health() {
        try {
            return isReady() ? HEALTHY : "not ready";
        } catch (Exception _) {
            return "no answer";
        }
    }

    /** The process of the last start, by whichever JVM; empty if it has ended. */
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

    /** Stops the part; does nothing if it is not running. */
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

    /** Stops the part for good, also against a concurrent start. */
    @Override
    public final void close() {
        closed = true;
        stop();
    }

    /** Kills the part for good, when its data is no longer needed. */
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

    /** With the start time, because pids are reused. */
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

    /** Makes the following starts use the start caches. */
    public final void use(StartCaches caches) {
        this.caches = caches;
    }

    /** Whether a start cache is missing. */
    public final boolean lacksCache() {
        return program().filter(jar -> !caches.has(name, jar)).isPresent();
    }

    /** Makes the cache, after the process started with {@link StartCaches#recording} caches has stopped. */
    public final void finishCache() {
        caches.finish(name, program().orElseThrow());
    }

    final StartCaches.Start programStart() {
        return caches.of(name, program().orElseThrow());
    }

    /** For another process of the same program. */
    final StartCaches.Start startBeside() {
        return caches.beside(name, program().orElseThrow());
    }

    /** The part's jar; empty if a cache would not help. */
    Optional<Path> program() {
        return Optional.empty();
    }

    /** The java command of this JVM. */
    public static List<String> java(List<String> arguments) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JAVA);
        command.addAll(arguments);
        return command;
    }

    static int statusOf(String address) throws IOException, URISyntaxException {
        return statusOf(address, Map.of());
    }

    static int statusOf(String address, Map<String, String> headers) throws IOException, URISyntaxException {
        var connection = (HttpURLConnection) new URI(address).toURL().openConnection();
        connection.setConnectTimeout(2_000);
        connection.setReadTimeout(5_000);
        headers.forEach(connection::setRequestProperty);
        try {
            return connection.getResponseCode();
        } finally {
            connection.disconnect();
        }
    }
}
