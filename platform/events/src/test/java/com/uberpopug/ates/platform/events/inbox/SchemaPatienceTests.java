package com.uberpopug.ates.platform.events.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.events.inbox.Subscription.SchemaPatience;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class SchemaPatienceTests {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private Instant now = Instant.parse("2026-11-22T12:00:00Z");
    private final SchemaPatience patience = new SchemaPatience(MINUTE,
            ((InstantSource) () -> now).withZone(ZoneOffset.UTC));

    @Test
    void unknown_ids_share_one_wait() {
        assertThat(patience.isLeft()).isTrue();
        now = now.plus(MINUTE).minusMillis(1);
        assertThat(patience.isLeft()).isTrue();
        now = now.plusMillis(1);
        assertThat(patience.isLeft()).isFalse();
        now = now.plus(MINUTE.multipliedBy(9)).minusMillis(1);
        assertThat(patience.isLeft()).isFalse();
        now = now.plusMillis(1);
        assertThat(patience.isLeft()).isTrue();
    }

    @Test
    void short_wait_ends_at_the_next_attempt() {
        var shortOne = new SchemaPatience(Duration.ofMillis(200), ((InstantSource) () -> now).withZone(ZoneOffset.UTC));
        assertThat(shortOne.isLeft()).isTrue();
        now = now.plusSeconds(5);
        assertThat(shortOne.isLeft()).isFalse();
    }
}
