package com.uberpopug.ates.analytics.projection;

import static com.uberpopug.ates.analytics.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.analytics.projection.RebuildView.State;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.security.Role;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

/** Nothing is at the address where these tests have the broker. */
@AutoConfigureMockMvc
@ServiceTest(database = "analytics", kafka = false, properties = "spring.kafka.bootstrap-servers=localhost:1")
class BrokerAwayTests {

    @Autowired
    private MockMvcTester http;
    @Autowired
    private JdbcClient db;
    @Autowired
    private Rebuilds rebuilds;

    @Test
    void rebuild_waits_visibly_and_the_rows_before_are_served() {
        db.sql("insert into earnings (business_date, sequence, earned_cents) values ('2026-11-22', 1, 1200)").update();
        var token = "Bearer " + Tokens.of(Ids.next(), Role.ADMIN);
        assertThat(http.post().uri("/api/projections/rebuild").header("Authorization", token).exchange())
                .hasStatus(HttpStatus.ACCEPTED);
        eventually(() -> assertThat(rebuilds.latest().orElseThrow().state()).isEqualTo(State.WAITING));
        assertThat(http.get().uri("/api/projections").header("Authorization", token).exchange()).bodyJson()
                .extractingPath("$.rebuild.problem").asString().contains("The broker does not say");
        assertThat(http.get().uri("/api/earnings?from=2026-11-22&to=2026-11-22").header("Authorization", token)
                .exchange()).bodyJson().extractingPath("$.days[0].earned_cents").isEqualTo(1_200);
        var check = http.get().uri("/api/projections/check").header("Authorization", token).exchange();
        assertThat(check).hasStatusOk().bodyJson().extractingPath("$.clean").isEqualTo(false);
        assertThat(check).bodyJson().extractingPath("$.not_compared").asString().contains("The broker does not say");
    }
}
