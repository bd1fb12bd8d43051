package com.uberpopug.ates.platform.events;

import com.uberpopug.ates.events.serde.SchemaRegistryClient;
import com.uberpopug.ates.platform.events.inbox.Inbox;
import com.uberpopug.ates.platform.events.outbox.Outbox;
import com.uberpopug.ates.platform.events.outbox.OutboxRelay;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Whether events flow: broker and schema registry answer, and nothing has waited for ten seconds or more: no event in
 * the outbox, no relay for its turn, no batch of a consumer, and no consumer for the end of a transaction. Nor has a
 * listener stopped of late.
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
    private final OutboxRelay relay;
    private final Inbox inbox;
    private final ConsumerProgress consumers;
    private final ListenerRestarts restarts;
    private final KafkaRights rights;
    private final Clock clock;
    private volatile @Nullable Long notLedSince;

    PipelineHealth(Admin admin, SchemaRegistryClient registry, Outbox outbox, OutboxRelay relay, Inbox inbox,
            ConsumerProgress consumers, ListenerRestarts restarts, KafkaRights rights, Clock clock) {
        super("The pipeline cannot be examined");
        this.admin = admin;
        this.registry = registry;
        this.outbox = outbox;
        this.relay = relay;
        this.inbox = inbox;
        this.consumers = consumers;
        this.restarts = restarts;
        this.rights = rights;
        this.clock = clock;
    }

    @Override
    protected void doHealthCheck(Health.Builder health) {
        health.up();
        boolean isBrokerThere = check(health, "broker", () -> {
            var options = new DescribeClusterOptions().timeoutMs((int) PATIENCE.toMillis());
            try {
                return admin.describeCluster(options).nodes().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).size()
                        + " nodes";
            } catch (ExecutionException | TimeoutException e) {
                throw new IllegalStateException(rights.explain(e)
                        .orElseGet(() -> "no answer to %s: %s".formatted(rights, e.getMessage())), e);
            }
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
        var trouble = relay.troubleFor(STALE);
        boolean isNotLed = relay.takesPart() && isNotLed();
        if (trouble.isPresent() || isNotLed) {
            health.down().withDetail("relay", trouble.orElse("no instance sends the outbox"));
        }
        restarts.recent().forEach((consumer, reason) -> health.down().withDetail(consumer, reason));
        inbox.waitingFor(STALE).forEach((consumer, reason) -> health.down().withDetail(consumer, reason));
        double open = isBrokerThere ? consumers.openTransactionSeconds() : Double.NaN;
        if (open >= STALE.toSeconds()) {
            health.down().withDetail("open_transaction_seconds", Math.round(open));
        }
    }

    private boolean isNotLed() {
        if (outbox.isLed()) {
            notLedSince = null;
            return false;
        }
        var since = notLedSince;
        if (since == null) {
            notLedSince = System.nanoTime();
            return false;
        }
        return System.nanoTime() - since >= STALE.toNanos();
    }

    private static boolean check(Health.Builder health, String part, Callable<String> check) {
        try {
            health.withDetail(part, check.call());
            return true;
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            health.down().withDetail(part, String.valueOf(e.getMessage()));
            return false;
        }
    }
}
