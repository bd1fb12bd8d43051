package com.uberpopug.ates.platform.events;

import java.time.Duration;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Whether each job runs when it should; a part of the pipeline's group, as a late job takes no instance out of service. */
final class JobsHealth extends AbstractHealthIndicator {

    private final Jobs jobs;

    JobsHealth(Jobs jobs) {
        super("The jobs cannot be examined");
        this.jobs = jobs;
    }

    @Override
    protected void doHealthCheck(Health.Builder health) {
        health.up();
        for (var job : jobs.all()) {
            health.withDetail(job.name(), job.next() == null ? "not scheduled" : job.next().toString());
            if (job.misplaced()) {
                health.down().withDetail(job.name(), "scheduled by a clock that was ahead");
            } else if (job.isLate()) {
                health.down().withDetail(job.name(), "overdue for %s, %d failures in a row".formatted(
                        Duration.ofSeconds(Math.round(job.overdueSeconds())), job.failures()));
            }
        }
    }
}
