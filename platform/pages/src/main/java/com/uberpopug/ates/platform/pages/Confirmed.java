package com.uberpopug.ates.platform.pages;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What somebody has confirmed: the figures that a question showed, and when. The question's form carries them, so without
 * them nothing was asked yet.
 *
 * @param count how many are concerned
 * @param cents the sum of money; zero where none moves
 * @param at    when the question was asked, in milliseconds since 1970
 */
public record Confirmed(@Nullable Long count, @Nullable Long cents, @Nullable Long at) {

    /** How long an answer holds although the figures have moved since. */
    public static final Duration HOLDS = Duration.ofMinutes(2);

    /** The figures of a question that is asked now. */
    public static Confirmed of(long count, long cents, Instant now) {
        return new Confirmed(count, cents, now.toEpochMilli());
    }

    /** Whether there was a question at all. */
    public boolean isAnswer() {
        return count != null && cents != null && at != null;
    }

    /** Whether what was confirmed is still meant: the figures are the same, or were asked for a moment ago. */
    public boolean holds(Confirmed now) {
        return count != null && cents != null && at != null && now.at != null
                && (count.equals(now.count) && cents.equals(now.cents) || at > now.at - HOLDS.toMillis());
    }
}
