package com.uberpopug.ates.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A started program, with what it has printed so far. */
record Running(Process process, Path output, Path errors) implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration POLL = Duration.ofMillis(50);

    static Running of(List<String> command, Path directory) {
        try {
            var output = Files.createTempFile(directory, "output", ".txt");
            var errors = Files.createTempFile(directory, "errors", ".txt");
            return new Running(new ProcessBuilder(command).redirectOutput(output.toFile())
                    .redirectError(errors.toFile()).start(), output, errors);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Awaits all of these lines, in any order. */
    void awaitLines(Collection<String> wanted) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            var lines = lines();
            var missing = new HashSet<>(wanted);
            lines.forEach(missing::remove);
            if (missing.isEmpty()) {
                return;
            }
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new AssertionError("%s, and has not printed %s; but it printed %s, and %s".formatted(
                        process.isAlive() ? "It runs" : "It ended with " + process.exitValue(), missing, lines,
                        text(errors)));
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    /** Awaits its end, and returns what it has printed to standard error. */
    String awaitFailure() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS) || process.exitValue() != 1) {
            throw new AssertionError("It has not ended with 1, but printed " + text(errors));
        }
        return text(errors);
    }

    /** All that it has printed so far, without a line that is not complete yet. */
    List<String> lines() {
        var text = text(output);
        return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
