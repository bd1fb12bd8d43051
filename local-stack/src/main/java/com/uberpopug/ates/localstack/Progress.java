package com.uberpopug.ates.localstack;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Prints the finished and the pending steps: every second on a terminal, less often to a log. */
final class Progress implements AutoCloseable {
    private static final String ERASE_LINE = "\r\033[K";

    private final long start = System.nanoTime();
    private final boolean terminal = System.console() != null && System.console().isTerminal();
    private final Set<String> waiting;
    private final Thread clock;

    Progress(List<String> steps) {
        waiting = new LinkedHashSet<>(steps);
        clock = Thread.startVirtualThread(this::tick);
    }

    synchronized void done(String step) {
        waiting.remove(step);
        System.out.printf("%s  %-20s %4.1f s%n", terminal ? ERASE_LINE : "", step, elapsedSeconds());
        if (terminal) {
            tellWaiting();
        }
    }

    private void tick() {
        try {
            while (true) {
                Thread.sleep(Duration.ofSeconds(terminal ? 1 : 15));
                tellWaiting();
            }
        } catch (InterruptedException _) {
            // Closed.
        }
    }

    private synchronized void tellWaiting() {
        if (!waiting.isEmpty()) {
            var text = "  %.0f s, waiting for %s".formatted(elapsedSeconds(), String.join(", ", waiting));
            if (terminal) {
                // Only a single line can be erased.
                System.out.print(ERASE_LINE + text.substring(0, Math.min(text.length(), 79)));
                System.out.flush();
            } else {
                System.out.println(text);
            }
        }
    }

    private double elapsedSeconds() {
        return (System.nanoTime() - start) / 1e9;
    }

    @Override
    public synchronized void close() {
        clock.interrupt();
        if (terminal) {
            System.out.print(ERASE_LINE);
        }
    }
}
