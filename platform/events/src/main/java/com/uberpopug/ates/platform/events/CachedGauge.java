package com.uberpopug.ates.platform.events;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The result of a query that several gauges or pages show. The query runs at most once in five seconds, and only on
 * demand.
 */
public final class CachedGauge<T> {

    private static final Logger log = LoggerFactory.getLogger(CachedGauge.class);
    private static final Duration KEPT = Duration.ofSeconds(5);

    private final Supplier<T> query;
    private final AtomicBoolean renewing = new AtomicBoolean();
    private volatile @Nullable T sample;
    private volatile long taken = System.nanoTime() - KEPT.toNanos();

    /** @param query throws where the result cannot be known now */
    public CachedGauge(Supplier<T> query) {
        this.query = query;
    }

    /** A figure of the result, or NaN where it cannot be known now; waits for the query. */
    public double value(ToDoubleFunction<T> figure) {
        renew();
        var now = sample;
        return now == null ? Double.NaN : figure.applyAsDouble(now);
    }

    /**
     * The last result, without waiting: one that is older than five seconds is renewed in the background. Empty before
     * the first result, and where the last could not be known.
     */
    public Optional<T> latest() {
        if (isOld() && renewing.compareAndSet(false, true)) {
            Thread.ofPlatform().daemon().name("cached-gauge").start(() -> {
                try {
                    renew();
                } finally {
                    renewing.set(false);
                }
            });
        }
        return Optional.ofNullable(sample);
    }

    private boolean isOld() {
        return System.nanoTime() - taken >= KEPT.toNanos();
    }

    private synchronized void renew() {
        if (!isOld()) {
            return;
        }
        try {
            sample = query.get();
        } catch (RuntimeException e) {
            log.debug("A figure cannot be known now", e);
            sample = null;
        }
        // After the query: one that waited for something that is away is not repeated at once.
        taken = System.nanoTime();
    }
}
