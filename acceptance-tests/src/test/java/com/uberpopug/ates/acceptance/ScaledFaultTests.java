package com.uberpopug.ates.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.localstack.LocalStack;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;

/**
 * With compose.scale.yml: every instance is restarted without a failed request; each broker, an instance of each service,
 * and PostgreSQL are killed, whose standby is promoted.
 */
@Tag("scaled")
@Order(1)
class ScaledFaultTests extends FaultRules {

    private static final int PER_SECOND = 20;
    private static final Duration AWAY = Duration.ofSeconds(15);

    ScaledFaultTests() {
        // One request in ten creates a task: ten minutes.
        super(PER_SECOND, PER_SECOND * 600 / 10);
    }

    @Override
    void breakParts(Load load) {
        int before = load.unanswered().size();
        for (var service : LocalStack.SERVICES) {
            for (int instance = 1; instance <= 2; instance++) {
                ComposeStack.restart(service + "-" + instance);
            }
        }
        assertThat(load.unanswered().stream().skip(before)).as("failed requests of a rolling restart").isEmpty();
        for (var broker : List.of("kafka", "kafka2", "kafka3")) {
            ComposeStack.kill(broker);
            awaitProgress();
            recover(broker + " was killed and started", () -> ComposeStack.start(broker));
        }
        for (var service : LocalStack.SERVICES) {
            ComposeStack.kill(service + "-1");
            awaitWhile(AWAY);
            recover(service + "-1 was killed and started", () -> ComposeStack.start(service + "-1"));
        }
        ComposeStack.kill("postgres");
        awaitWhile(AWAY);
        recover("postgres was killed, and its standby promoted", () -> ComposeStack.runs("postgres-standby",
                "psql", "--username", "postgres", "--command", "select pg_promote()"));
    }
}
