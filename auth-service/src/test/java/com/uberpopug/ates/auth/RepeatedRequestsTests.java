package com.uberpopug.ates.auth;

import static com.uberpopug.ates.auth.Browser.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Replays of POSTs with an {@code Idempotency-Key} after a change of the caller or of the user they concern. */
@AuthServiceTest
@TestInstance(Lifecycle.PER_CLASS)
class RepeatedRequestsTests {

    private static final String PASSWORD = "three grey feathers";

    @LocalServerPort
    int port;
    private Api admin;

    @BeforeAll
    void signIn() {
        admin = new Api(port, "admin");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"role\": \"manager\"}", "{\"active\": false}"})
    void stored_answers_are_refused_to_a_former_admin(String change) {
        var other = new SecondAdmin();
        var requests = List.of(keyed(other.api, "/api/users", Api.newUser("n" + UUID.randomUUID())),
                keyed(other.api, "/api/users/" + admin.create("l" + UUID.randomUUID()) + "/password-link", ""));
        for (var request : requests) {
            assertThat(other.api.send(request).body()).contains("/first-password?token=");
        }
        admin.change(other.id, change);
        for (var request : requests) {
            var repeated = other.api.send(request);
            assertThat(repeated.statusCode()).as(repeated.body()).isIn(401, 403);
            assertThat(repeated.body()).doesNotContain("token=");
        }
    }

    @Test
    void stored_answers_about_an_erased_user_are_deleted() {
        var login = "e" + UUID.randomUUID();
        var create = keyed(admin, "/api/users", Api.newUser(login));
        var created = admin.send(create);
        var id = json(created).path("user_id").asString();
        var renew = keyed(admin, "/api/users/" + id + "/password-link", "");
        assertThat(admin.send(renew).statusCode()).isEqualTo(200);
        assertThat(admin.delete("/api/users/" + id).statusCode()).isEqualTo(204);
        for (var request : List.of(create, renew)) {
            var repeated = admin.send(request);
            assertThat(repeated.statusCode()).as(repeated.body()).isEqualTo(410);
            assertThat(repeated.body()).doesNotContain(login, "Somebody", "uberpopug.example", "token=");
            assertThat(repeated.headers().firstValue("Location")).isEmpty();
        }
    }

    private static HttpRequest.Builder keyed(Api api, String path, String json) {
        return api.request(path).header("Content-Type", "application/json")
                .header("Idempotency-Key", UUID.randomUUID().toString()).POST(BodyPublishers.ofString(json));
    }

    /** A new admin, with a password and a token. */
    private final class SecondAdmin {

        private final UUID id;
        private final Api api;

        SecondAdmin() {
            var login = "a" + UUID.randomUUID();
            var created = json(admin.post("/api/users", """
                    {"login": "%s", "display_name": "Second", "role": "admin"}""".formatted(login)));
            id = UUID.fromString(created.path("user_id").asString());
            var link = created.path("first_password_link").asString();
            var chosen = new Browser(port).post("/first-password",
                    Map.of("token", link.substring(link.indexOf('=') + 1), "password", PASSWORD, "again", PASSWORD));
            assertThat(chosen.statusCode()).as(chosen.body()).isEqualTo(302);
            api = new Api(port, login, PASSWORD);
        }
    }
}
