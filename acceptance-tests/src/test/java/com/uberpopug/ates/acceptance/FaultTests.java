package com.uberpopug.ates.acceptance;

import static com.uberpopug.ates.acceptance.ApplicationUnderTest.stack;

import com.uberpopug.ates.localstack.parts.ServiceProcess;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;

/** Processes are killed, and one instance is frozen. */
@OfLocalStack
@Tag("long")
@Order(1)
class FaultTests extends FaultRules {

    private static final int ROUNDS = 3;
    private static final Duration AWAY = Duration.ofSeconds(5);
    private static final Duration FROZEN = Duration.ofSeconds(15);

    FaultTests() {
        super(50, 2_000);
    }

    @Override
    void breakParts(Load load) {
        for (int round = 1; round <= ROUNDS; round++) {
            for (var part : List.of(stack().auth(), stack().tasks(), stack().accounting(), stack().analytics(),
                    stack().kafka(), stack().postgres(), stack().registry())) {
                part.kill();
                awaitWhile(AWAY);
                recover(part.name() + " was killed and started", part::start);
            }
        }
        freeze(stack().accounting(), load);
        freeze(stack().tasks(), load);
    }

    /** Another instance takes over meanwhile, and both work after the thaw. */
    private static void freeze(ServiceProcess service, Load load) {
        try (var other = service.another(service.name() + "-spare")) {
            other.start();
            recover(service.name() + " was frozen", () -> {
                service.pause();
                if (service == stack().tasks()) {
                    load.turnTo(URI.create(other.address()));
                }
            });
            awaitWhile(FROZEN);
            service.resume();
            load.turnTo(URI.create(stack().tasks().address()));
            awaitProgress();
        }
        awaitProgress();
    }
}
