package com.uberpopug.ates.accounting;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;

/** A clock that stands still until a test sets it. */
public final class SettableClock extends Clock {

    private volatile Instant now = Instant.now();

    /** Gives a context this clock in place of its own. */
    @TestConfiguration
    public static class Setting {
        @Bean
        @Primary
        SettableClock settableClock() {
            return new SettableClock();
        }

        /** The host's own goes on, beside the one that is set. */
        @Bean
        Clock clock() {
            return Clock.systemUTC();
        }
    }

    public void set(Instant instant) {
        now = instant;
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return Clock.fixed(now, zone);
    }
}
