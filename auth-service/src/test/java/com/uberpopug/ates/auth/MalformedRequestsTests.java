package com.uberpopug.ates.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.test.MalformedRequests;
import com.uberpopug.ates.platform.test.ServiceTest;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Between malformed requests, users are created and read. */
@ServiceTest(database = "auth", properties = {"ates.demo=true", "ates.issuer=http://localhost:9000"})
class MalformedRequestsTests extends MalformedRequests {

    private static final Duration TOKEN_IS_FRESH = Duration.ofMinutes(4);

    @LocalServerPort
    int itsPort;

    private Api api;
    private Instant signedInAt = Instant.MIN;

    @Override
    protected String adminsToken() {
        return api().token();
    }

    @Override
    protected void sendGoodRequest() {
        var id = api().create("between-" + UUID.randomUUID());
        var read = api().get("/api/users/" + id);
        assertThat(read.statusCode()).isEqualTo(200);
        assertThat(Browser.json(read).path("user_id").asString()).isEqualTo(id.toString());
    }

    private Api api() {
        if (api == null || signedInAt.plus(TOKEN_IS_FRESH).isBefore(Instant.now())) {
            api = new Api(itsPort, "admin");
            signedInAt = Instant.now();
        }
        return api;
    }
}
