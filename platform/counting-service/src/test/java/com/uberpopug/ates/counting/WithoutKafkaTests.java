package com.uberpopug.ates.counting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.outbox.OutboxRelay;
import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.security.Role;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** A service without Kafka and an auth service; its configuration does not even allow a producer. */
@ServiceTest(database = "counting", kafka = false, properties = {"ates.issuer=http://localhost:1",
        "spring.kafka.producer.properties.batch.size=-1"})
class WithoutKafkaTests {

    private static final long RELAY_LOCK = 0x61746573_6f757462L;

    @Autowired
    Counters counters;
    @Autowired
    OutboxRelay relay;
    @Autowired
    DataSource pool;
    @Autowired
    JdbcClient db;
    @LocalServerPort
    int port;

    @Test
    void facts_stay_in_the_outbox() {
        var counter = Ids.next();
        counters.step(counter);
        assertThat(relay.isRunning()).isFalse();
        assertThat(db.sql("select count(*) from outbox where key = ?").param(counter.toString()).query(Long.class)
                .single()).isEqualTo(1);
    }

    @Test
    void relay_that_cannot_send_releases_the_lock_for_other_instances() throws Exception {
        try (Connection other = pool.getConnection()) {
            var lock = JdbcClient.create(new SingleConnectionDataSource(other, true));
            assertThat(lock.sql("select pg_try_advisory_lock(?)").param(RELAY_LOCK).query(Boolean.class).single())
                    .isTrue();
            relay.start();
            await().until(() -> relays().size() == 1);
            var waiting = relays().getFirst();
            lock.sql("select pg_advisory_unlock(?)").param(RELAY_LOCK).query(Boolean.class).single();
            await("the relay takes the lock, fails to make a producer, and releases it")
                    .until(() -> !relays().contains(waiting));
        } finally {
            relay.stop();
        }
    }

    @Test
    void probe_of_a_ready_service_whose_pipeline_is_down_fails() throws Exception {
        assertThat(HealthProbeTests.probe(port)).isEqualTo(1);
    }

    @Test
    void request_with_a_token_is_refused_with_503_while_the_auth_service_is_away() throws Exception {
        try (var http = HttpClient.newHttpClient()) {
            var answer = http.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/api/counters"))
                    .header("Authorization", "Bearer " + Tokens.of(Ids.next(), Role.ADMIN)).build(),
                    BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
            assertThat(answer.headers().firstValue("Retry-After")).contains("1");
        }
    }

    private List<Integer> relays() {
        return db.sql("select pid from pg_stat_activity where application_name = 'counting-service-relay' "
                + "and datname = current_database()").query(Integer.class).list();
    }
}
