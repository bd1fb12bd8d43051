package com.uberpopug.ates.platform;

import com.uberpopug.ates.platform.avro.SchemaRegistryClient;
import com.uberpopug.ates.platform.outbox.Outbox;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Whether events flow: broker and schema registry answer, and nothing in the outbox is older than ten seconds.
 *
 * <p>It is a health group of its own: a service whose pipeline is down still serves, and must not be taken out of
 * service for it.
 */
final class PipelineHealth extends AbstractHealthIndicator {

    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration STALE = Duration.ofSeconds(10);

    private final Admin admin;
    private final SchemaRegistryClient registry;
    private final Outbox outbox;
    private final Clock clock;

    PipelineHealth(Admin admin, SchemaRegistryClient registry, Outbox outbox, Clock clock) {
        super("The pipeline cannot be examined");
        this.admin = admin;
        this.registry = registry;
        this.outbox = outbox;
        this.clock = clock;
    }

    @Override
    protected void doHealthCheck(Health.Builder health) {
        health.up();
        check(health, "broker", () -> {
            var options = new DescribeClusterOptions().timeoutMs((int) PATIENCE.toMillis());
            return admin.describeCluster(options).nodes().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).size()
                    + " nodes";
        });
        check(health, "registry", () -> {
            registry.ping();
            return "answers";
        });
        var backlog = outbox.backlog();
        health.withDetail("outbox", backlog.events());
        if (backlog.oldest() != null && backlog.oldest().plus(STALE).isBefore(clock.instant())) {
            health.down().withDetail("outbox_oldest", backlog.oldest().toString());
        }
    }

    private static void check(Health.Builder health, String part, Callable<String> check) {
        try {
            health.withDetail(part, check.call());
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            health.down().withDetail(part, String.valueOf(e.getMessage()));
        }
    }
}
