package com.uberpopug.ates.benchmarks;

import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/** Open-loop load: each step has its scheduled time, however long the earlier ones take (no coordinated omission). */
final class OpenLoop {

    private OpenLoop() {
    }

    /** Starts steps 0, 1, … at a rate, each on a thread of its own, and returns when the last has started. */
    static void run(int perSecond, int steps, IntConsumer step) {
        long start = System.nanoTime();
        for (int i = 0; i < steps; i++) {
            long due = start + i * 1_000_000_000L / perSecond;
            for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
            int number = i;
            Thread.startVirtualThread(() -> step.accept(number));
        }
    }
}
