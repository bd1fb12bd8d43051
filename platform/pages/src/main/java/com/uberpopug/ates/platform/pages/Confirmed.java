package com.uberpopug.ates.platform.pages;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The figures that a confirmation showed, with its time. The confirmation's form carries them; all are null in a
 * request that comes before it.
 *
 * @param count the number of affected items
 * @param cents the sum of money; zero if none moves
 * @param at    the time of the confirmation, in milliseconds since 1970
 */
public record Confirmed(@Nullable Long count, @Nullable Long cents, @Nullable Long at) {

    /** The time for which an answer stays valid although the figures have changed. */
    public static final Duration HOLDS = Duration.ofMinutes(2);

    /** The figures of a confirmation that is shown now. */
    public static Confirmed of(long count, long cents, Instant now) {
        return new Confirmed(count, cents, now.toEpochMilli());
    }

    /** Whether the request answers a confirmation. */
    public boolean isAnswer() {
        return count != null && cents != null && at != null;
    }

    /** Whether the answer is valid: the figures are the same, or were shown less than {@link #HOLDS} ago. */
    public boolean holds(Confirmed now) {
        return count != null && cents != null && at != null && now.at != null
                && (count.equals(now.count) && cents.equals(now.cents) || at > now.at - HOLDS.toMillis());
    }
}
