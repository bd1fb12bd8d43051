package com.uberpopug.ates.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** An effect of events, which comes true a moment after its cause. */
record Eventually<T>(String what, Supplier<T> look) {

    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(40);

    T becomes(T expected) {
        return satisfies(now -> assertThat(now).as(what).isEqualTo(expected));
    }

    T becomes(String how, Predicate<T> condition) {
        return satisfies(now -> assertThat(now).as(what).matches(condition, how));
    }

    /** Waits until the assertion holds, and returns the value. */
    T satisfies(Consumer<T> assertion) {
        var held = new AtomicReference<T>();
        await(what).atMost(DEADLINE).pollDelay(Duration.ZERO).pollInterval(PAUSE).untilAsserted(() -> {
            var now = look.get();
            assertion.accept(now);
            held.set(now);
        });
        return held.get();
    }

    T now() {
        return look.get();
    }
}
