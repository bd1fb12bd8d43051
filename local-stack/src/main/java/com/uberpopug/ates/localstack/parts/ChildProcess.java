package com.uberpopug.ates.localstack.parts;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An operating system process that never outlives the JVM that started it; its output goes to its {@link LogFile}. */
public final class ChildProcess {
    /** The longest time to stop before the process is killed. */
    public static final Duration STOPS_WITHIN = Duration.ofSeconds(10);

    private static final int LOG_LINES_SHOWN = 15;
    private static final Duration LOG_COPIED_WITHIN = Duration.ofSeconds(10);

    /**
     * Becomes the command, leaving behind a watcher of standard input, whose other end is the parent's: it closes when
     * the parent ends or is killed. The watcher is detached, because PostgreSQL treats the end of an unknown child as a
     * crash. The session resets its scheduling group, which would otherwise inherit the priority of the starting
     * process. No other user reads what the command writes.
     */
    private static final String GUARD = """
            [ ! -w /proc/self/autogroup ] || nice 2> /dev/null > /proc/self/autogroup
            umask 077
            exec 3<&0
            stop=$1
            shift
            ( ( read -r _ <&3
                kill -"$stop" $$ || exit 0
                kill -CONT $$
                waited=0
                while kill -0 $$ && [ $waited -lt %d ]; do sleep 1; waited=$((waited + 1)); done
                kill -KILL $$ ) > /dev/null 2>&1 & )
            exec "$@" < /dev/null 3<&-
            """.formatted(STOPS_WITHIN.toSeconds());

    private final String name;
    private final Path log;
    private final long logStart;
    private final String stopSignal;
    private final Process process;
    private final Thread copying;

    private ChildProcess(String name, Path log, long logStart, String stopSignal, Process process, Thread copying) {
        this.name = name;
        this.log = log;
        this.logStart = logStart;
        this.stopSignal = stopSignal;
        this.process = process;
        this.copying = copying;
    }

    /**
     * @param stopSignal the program's signal for an orderly stop, such as {@code TERM}
     * @param environment additional variables
     */
    public static ChildProcess start(String name, Path log, String stopSignal, Map<String, String> environment,
            List<String> command) {
        var words = new ArrayList<String>();
        if (isOnPath("setsid")) {
            // Outside of the terminal's process group, so that Ctrl-C reaches only the launcher, which stops its parts
            // in order.
            words.add("setsid");
        }
        words.addAll(List.of("sh", "-c", GUARD, name, stopSignal));
        words.addAll(command);
        try {
            Files.createDirectories(log.toAbsolutePath().getParent());
            var logStart = Files.exists(log) ? Files.size(log) : 0;
            var builder = new ProcessBuilder(words).redirectErrorStream(true);
            builder.environment().putAll(environment);
            var process = builder.start();
            var copying = Thread.ofPlatform().daemon().name("log of " + name)
                    .start(() -> new LogFile(log).copy(process.getInputStream()));
            return new ChildProcess(name, log, logStart, stopSignal, process, copying);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Completes with the exit code when the process has ended. */
    public CompletableFuture<Integer> onExit() {
        return process.onExit().thenApply(Process::exitValue);
    }

    /** Stops the process, and kills it after {@link #STOPS_WITHIN}. */
    public void stop() {
        stop(STOPS_WITHIN);
    }

    /** The same with a longer limit. */
    public void stop(Duration within) {
        signal(stopSignal, Stream.of(process.toHandle()));
        signal("CONT", family());
        if (!endsWithin(within)) {
            kill();
        }
    }

    /** SIGKILL to the process and its descendants, as when the machine's memory runs out. */
    public void kill() {
        signal("KILL", family());
        if (!endsWithin(STOPS_WITHIN)) {
            throw new PartFailedException(name + " (pid " + pid() + ") survived SIGKILL");
        }
    }

    /** SIGSTOP to the process and its descendants: it keeps its connections and answers nothing. */
    public void pause() {
        signal("STOP", Stream.of(process.toHandle()));
        signal("STOP", family());
    }

    /** SIGCONT: it continues as if no time had passed. */
    public void resume() {
        signal("CONT", family());
    }

    /** Waits until the probe returns true; an exception counts as false, unless it is a {@link PartFailedException}. */
    public void awaitReady(Duration deadline, Callable<Boolean> probe) {
        var end = System.nanoTime() + deadline.toNanos();
        @Nullable
        Exception last = null;
        while (System.nanoTime() < end) {
            if (!isAlive()) {
                throw died();
            }
            try {
                if (probe.call()) {
                    return;
                }
            } catch (PartFailedException e) {
                throw e;
            } catch (Exception e) {
                last = e;
            }
            pauseBetweenProbes();
        }
        throw new PartFailedException(name + " was not ready after " + deadline.toSeconds() + " s"
                + (last == null ? "" : " (" + last.getMessage() + ")") + lastLogLines());
    }

    /** Waits for the process to end by itself, with exit code 0. */
    public void awaitSuccess(Duration deadline) {
        if (!endsWithin(deadline)) {
            kill();
            throw new PartFailedException(name + " did not end within " + deadline.toSeconds() + " s" + lastLogLines());
        }
        if (process.exitValue() != 0) {
            throw died();
        }
    }

    /** The message about a process that has ended unexpectedly. */
    public PartFailedException died() {
        return new PartFailedException(name + " died with exit code " + process.exitValue() + lastLogLines());
    }

    private String lastLogLines() {
        awaitLog();
        try (var file = Files.newByteChannel(log)) {
            // A log can be long: 64 kB hold more than the displayed lines.
            var ownStart = file.size() < logStart ? 0 : logStart;
            file.position(Math.max(ownStart, file.size() - 65_536));
            var lines = new String(Channels.newInputStream(file).readAllBytes(), StandardCharsets.UTF_8).lines()
                    .toList();
            if (lines.isEmpty()) {
                return "; it logged nothing";
            }
            return ", last log lines (" + log + "):\n"
                    + lines.stream().skip(Math.max(0, lines.size() - LOG_LINES_SHOWN)).map(line -> "    " + line)
                            .collect(Collectors.joining("\n"));
        } catch (IOException e) {
            return "; its log " + log + " cannot be read: " + e.getMessage();
        }
    }

    /** Waits until the log has what the process has written, if it has ended, with all that inherited its output. */
    private void awaitLog() {
        try {
            if (!isAlive()) {
                copying.join(LOG_COPIED_WITHIN);
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private Stream<ProcessHandle> family() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants());
    }

    private static void signal(String signal, Stream<ProcessHandle> processes) {
        var pids = processes.filter(ProcessHandle::isAlive).map(process -> Long.toString(process.pid())).toList();
        if (pids.isEmpty()) {
            return;
        }
        try {
            // The shell's built-in kill, because not every machine has the program.
            var kill = new ProcessBuilder("sh", "-c", "kill -" + signal + " " + String.join(" ", pids));
            kill.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private boolean endsWithin(Duration deadline) {
        try {
            return process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private void pauseBetweenProbes() {
        try {
            process.waitFor(50, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static PartFailedException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new PartFailedException("interrupted", e);
    }

    public static boolean isOnPath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }
}
