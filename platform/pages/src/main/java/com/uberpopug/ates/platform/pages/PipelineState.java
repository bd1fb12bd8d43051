package com.uberpopug.ates.platform.pages;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * Whether events wait longer than they should. Pages do not wait for the answer: they show the last one, and have it
 * looked up again when it is older than five seconds.
 */
final class PipelineState {

    private static final Duration KEPT = Duration.ofSeconds(5);

    private final BooleanSupplier isUp;
    private final AtomicBoolean asking = new AtomicBoolean();
    private volatile boolean delayed;
    private volatile long asked = System.nanoTime() - KEPT.toNanos();

    PipelineState(BooleanSupplier isUp) {
        this.isUp = isUp;
    }

    boolean isDelayed() {
        if (System.nanoTime() - asked >= KEPT.toNanos() && asking.compareAndSet(false, true)) {
            Thread.ofPlatform().daemon().name("pipeline-state").start(this::ask);
        }
        return delayed;
    }

    private void ask() {
        try {
            delayed = !isUp.getAsBoolean();
        } finally {
            asked = System.nanoTime();
            asking.set(false);
        }
    }
}
