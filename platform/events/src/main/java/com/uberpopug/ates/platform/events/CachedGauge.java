package com.uberpopug.ates.platform.events;

import java.time.Duration;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What several gauges show and a query has to find out: asked for when somebody looks, and at most every five seconds,
 * however many look.
 */
public final class CachedGauge<T> {

    private static final Logger log = LoggerFactory.getLogger(CachedGauge.class);
    private static final Duration KEPT = Duration.ofSeconds(5);

    private final Supplier<T> query;
    private @Nullable T sample;
    private long taken = System.nanoTime() - KEPT.toNanos();

    /** @param query finds it out; what it throws means that it cannot be known now */
    public CachedGauge(Supplier<T> query) {
        this.query = query;
    }

    /** A figure of the sample, or NaN where it cannot be known now. */
    public synchronized double value(ToDoubleFunction<T> figure) {
        if (System.nanoTime() - taken >= KEPT.toNanos()) {
            try {
                sample = query.get();
            } catch (RuntimeException e) {
                log.debug("A figure cannot be known now", e);
                sample = null;
            }
            // Afterwards, so that a query that has to wait for what is away is not asked again at once.
            taken = System.nanoTime();
        }
        return sample == null ? Double.NaN : figure.applyAsDouble(sample);
    }
}
