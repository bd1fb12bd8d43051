package com.uberpopug.ates.platform.events.inbox;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How long a consumer waits for schema ids that the registry does not know, because they may yet be registered.
 *
 * <p>All that come within ten times the patience share one wait: whatever ids are sent, a tenth of the time at most is
 * spent in waiting for them.
 */
final class SchemaPatience {

    private final Duration patience;
    private final Clock clock;
    private @Nullable Instant waitingSince;

    SchemaPatience(Duration patience, Clock clock) {
        this.patience = patience;
        this.clock = clock;
    }

    /** Whether an unknown id that has come now is to be waited for. */
    synchronized boolean isLeft() {
        var now = clock.instant();
        if (waitingSince == null || !now.isBefore(waitingSince.plus(patience.multipliedBy(10)))) {
            waitingSince = now;
        }
        return now.isBefore(waitingSince.plus(patience));
    }
}
