package com.uberpopug.ates.platform.events;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.boot.config.DbSchedulerCustomizer;
import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The recurring jobs, their health and their metric. */
@Configuration(proxyBeanMethods = false)
class JobsConfiguration {

    @Bean
    Jobs jobs(ObjectProvider<RecurringTask<?>> tasks, ObjectProvider<SchedulerClient> scheduler, JdbcClient db,
            Clock clock) {
        return new Jobs(tasks.stream().toList(), scheduler.getIfAvailable(), db, clock);
    }

    @Bean
    HealthIndicator jobsHealthIndicator(Jobs jobs) {
        return new JobsHealth(jobs);
    }

    @Bean
    MeterBinder jobMetrics(Jobs jobs) {
        var overdue = new CachedGauge<>(jobs::overdue);
        return meters -> jobs.names().forEach(name -> Gauge
                .builder("ates.job.overdue", () -> overdue.value(jobsOverdue -> jobsOverdue.getOrDefault(name, 0.0)))
                .description("For how long the job should have run and did not").tag("job", name).baseUnit("seconds")
                .register(meters));
    }

    /**
     * By itself, the scheduler asks the database for its name, and assumes another one if the database is away at that
     * moment.
     */
    @Bean
    DbSchedulerCustomizer schedulerOnPostgres() {
        return new DbSchedulerCustomizer() {
            @Override
            public Optional<JdbcCustomization> jdbcCustomization() {
                return Optional.of(new PostgreSqlJdbcCustomization(false, false));
            }
        };
    }

    /**
     * Whether each job runs when it should; a part of the pipeline's group, as a late job takes no instance out of
     * service.
     */
    private static final class JobsHealth extends AbstractHealthIndicator {

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
}
