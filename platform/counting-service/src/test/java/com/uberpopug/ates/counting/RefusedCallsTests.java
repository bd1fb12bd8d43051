package com.uberpopug.ates.counting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.security.SecurityEntry;
import com.uberpopug.ates.platform.events.security.SecurityKind;
import com.uberpopug.ates.platform.events.security.SecurityLog;
import com.uberpopug.ates.platform.test.Events;
import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.security.Role;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.transaction.support.TransactionTemplate;

/** What the security log takes of every service. */
@ServiceTest(database = "counting", properties = "ates.unknown-schema-patience=2s")
class RefusedCallsTests {

    private static final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final UUID popug = Ids.next();
    private final UUID whom = Ids.next();
    private final String token = Tokens.of(popug, Role.POPUG, claims -> claims.audience("counting-service"));

    @Autowired
    Events events;
    @Autowired
    SecurityLog log;
    @Autowired
    MeterRegistry meters;
    @Autowired
    TransactionTemplate transaction;
    @LocalServerPort
    int port;

    @Test
    void refused_call_is_one_entry_without_its_query() {
        refused();
        assertThat(events.awaitSecurity(entry -> popug.equals(entry.getActorId()))).singleElement()
                .satisfies(entry -> {
                    assertThat(entry.getKind()).isEqualTo("CALL_REFUSED");
                    assertThat(entry.getOutcome()).isEqualTo("REFUSED");
                    assertThat(entry.getSubject()).isEqualTo("GET /api/dead-letters");
                    assertThat(entry.getAddress()).isEqualTo("127.0.0.1");
                    assertThat(entry.getUserAgent()).isEqualTo("agent");
                });
    }

    @Test
    void flood_of_refused_calls_makes_few_entries() {
        var counter = meters.counter("ates.security.events", "kind", "CALL_REFUSED", "outcome", "REFUSED");
        double before = counter.count();
        IntStream.range(0, 10_000).parallel().forEach(_ -> refused());
        assertThat(counter.count() - before).isGreaterThanOrEqualTo(10_000);
        var entries = events.awaitSecurity(entry -> popug.equals(entry.getActorId()));
        assertThat(entries).hasSizeBetween(6, 12);
        assertThat(entries.stream().mapToInt(entry -> entry.getTimes()).sum()).isBetween(5_120, 10_000);
    }

    @Test
    void rolled_back_action_leaves_no_entry_and_one_without_a_transaction_is_no_action() {
        transaction.executeWithoutResult(status -> {
            log.record(SecurityEntry.done(SecurityKind.PASSKEY_ADDED).about(whom));
            status.setRollbackOnly();
        });
        assertThatThrownBy(() -> log.record(SecurityEntry.done(SecurityKind.PASSKEY_ADDED).about(whom)))
                .isInstanceOf(IllegalStateException.class);
        transaction.executeWithoutResult(
                _ -> log.record(SecurityEntry.done(SecurityKind.PASSKEY_REMOVED).about(whom).by(popug)));
        assertThat(events.awaitSecurity(entry -> whom.equals(entry.getUserId()))).singleElement()
                .satisfies(entry -> assertThat(entry.getKind()).isEqualTo("PASSKEY_REMOVED"));
    }

    @Test
    void failure_is_recorded_though_its_transaction_is_rolled_back() {
        transaction.executeWithoutResult(status -> {
            log.recordFailure(SecurityEntry.failed(SecurityKind.PASSWORD_CHANGE).about(whom));
            status.setRollbackOnly();
        });
        assertThat(events.awaitSecurity(entry -> whom.equals(entry.getUserId()))).hasSize(1);
    }

    private void refused() {
        try {
            var answer = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/dead-letters?after=secret"))
                            .header("Authorization", "Bearer " + token)
                            .header("User-Agent", "agent").build(),
                    BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(403);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
