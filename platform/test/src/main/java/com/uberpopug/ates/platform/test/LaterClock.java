package com.uberpopug.ates.platform.test;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;

/** The system's clock, ahead by as much as a test has let pass. */
public final class LaterClock extends Clock {

    private volatile Duration ahead = Duration.ZERO;

    /** Gives a context this clock in place of its own. */
    @TestConfiguration(proxyBeanMethods = false)
    public static class Setting {
        @Bean
        LaterClock clock() {
            return new LaterClock();
        }
    }

    /** Lets time pass. */
    public void pass(Duration time) {
        ahead = ahead.plus(time);
    }

    @Override
    public Instant instant() {
        return Instant.now().plus(ahead);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
