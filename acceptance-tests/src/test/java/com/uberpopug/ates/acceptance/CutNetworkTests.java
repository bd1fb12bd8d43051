package com.uberpopug.ates.acceptance;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;

/** Containers of Docker Compose lose their network in turn. */
@Tag("compose")
@Order(1)
class CutNetworkTests extends FaultRules {

    private static final Duration AWAY = Duration.ofSeconds(15);

    CutNetworkTests() {
        super(20, 600);
    }

    @Override
    void breakParts(Load load) {
        for (var service : List.of("kafka", "postgres", "registry", "auth-service", "tasks-service",
                "accounting-service", "analytics-service")) {
            var reconnect = ComposeStack.disconnect(service);
            awaitWhile(AWAY);
            recover(service + " was without network and got it back", reconnect);
        }
    }
}
