package com.uberpopug.ates.localstack;

import com.uberpopug.ates.localstack.parts.ChildProcess;
import com.uberpopug.ates.localstack.parts.Part;
import com.uberpopug.ates.localstack.parts.PartFailedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** {@code ./ates down}: ends the launcher, in whichever terminal it runs, and with it all parts. */
record Down(Path home) {
    /** The rehearsal first, then services, then broker and registry, then the database. */
    private static final Duration STOPS_WITHIN = ChildProcess.STOPS_WITHIN.multipliedBy(4).plusSeconds(5);

    int run() {
        var running = Launcher.running(home);
        if (running.isEmpty()) {
            System.out.println("aTES is not running");
            return 0;
        }
        var parts = new LocalStack(home, StackPorts.STANDARD).parts();
        var launcher = ProcessHandle.of(running.get().pid());
        launcher.ifPresent(ProcessHandle::destroy);
        if (!within(STOPS_WITHIN, this::isStopped)) {
            // Each part's watcher ends it when the launcher is gone.
            launcher.ifPresent(ProcessHandle::destroyForcibly);
        }
        if (!within(ChildProcess.STOPS_WITHIN.plusSeconds(5),
                () -> parts.stream().noneMatch(Down::isRunning) && Rehearsal.running(home).isEmpty())) {
            throw new PartFailedException(
                    "still running: " + parts.stream().filter(Down::isRunning).map(Part::name).toList());
        }
        System.out.println("aTES is stopped");
        return 0;
    }

    private boolean isStopped() {
        return Launcher.running(home).isEmpty();
    }

    private static boolean isRunning(Part part) {
        return part.running().isPresent();
    }

    private static boolean within(Duration deadline, BooleanSupplier condition) {
        try {
            for (var end = System.nanoTime() + deadline.toNanos(); System.nanoTime() < end;) {
                if (condition.getAsBoolean()) {
                    return true;
                }
                Thread.sleep(100);
            }
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
