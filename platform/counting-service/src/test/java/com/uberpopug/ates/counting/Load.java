package com.uberpopug.ates.counting;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Steps random counters of a series while the service runs. {@code counting.writers} is the number of threads, by
 * default none.
 */
@Component
class Load implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(Load.class);
    private static final int COUNTERS = 20;

    private final Counters counters;
    private final long series;
    private final int writers;
    private final Duration pause;
    private volatile boolean running;

    Load(Counters counters, @Value("${counting.series:0}") long series, @Value("${counting.writers:0}") int writers,
            @Value("${counting.pause:10ms}") Duration pause) {
        this.counters = counters;
        this.series = series;
        this.writers = writers;
        this.pause = pause;
    }

    private void write() {
        while (running) {
            try {
                counters.step(new UUID(series, ThreadLocalRandom.current().nextInt(COUNTERS)));
                Thread.sleep(pause);
            } catch (RuntimeException away) {
                log.warn("Cannot count now: {}", away.toString());
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    @Override
    public void start() {
        running = true;
        for (int i = 0; i < writers; i++) {
            Thread.ofPlatform().daemon().name("writer-" + i).start(this::write);
        }
    }

    @Override
    public void stop() {
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
