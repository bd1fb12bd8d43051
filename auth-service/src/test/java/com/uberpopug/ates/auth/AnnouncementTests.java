package com.uberpopug.ates.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.serde.Envelope;
import com.uberpopug.ates.events.sessions.v1.SessionEnded;
import com.uberpopug.ates.events.users.v1.UserCreated;
import com.uberpopug.ates.events.users.v1.UserRestated;
import com.uberpopug.ates.events.users.v1.UserUpdated;
import com.uberpopug.ates.platform.test.Events;
import com.uberpopug.ates.platform.test.ServiceTest;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** The events for the other services, over Kafka. */
@ServiceTest(database = "auth", properties = {"ates.demo=true",
        "ates.web-clients.tasks-service.secret=" + Browser.SECRET_OF + "tasks-service"})
class AnnouncementTests {

    @LocalServerPort
    int port;
    @Autowired
    Events events;

    @Test
    void users_of_the_demo_are_announced() {
        var vera = UUID.fromString("00000000-0000-7000-8000-000000000006");
        var created = events.await(UserCreated.class, vera);
        assertThat(created)
                .isEqualTo(new UserCreated(vera, "vera", "Vera", "vera@uberpopug.example", "ru", "popug", true,
                        created.getOccurredAt()));
    }

    @Test
    void new_user_and_each_effective_change_are_announced_in_order() {
        var admin = new Api(port, "admin");
        var id = admin.create("kesha");
        admin.change(id, "{\"language\": \"ru\", \"display_name\": \"Kesha 🦜\"}");
        admin.change(id, "{}");
        admin.change(id, "{\"language\": \"ru\", \"active\": true}");
        admin.change(id, "{\"role\": \"manager\", \"email\": null, \"active\": false}");

        var created = events.await(UserCreated.class, id);
        assertThat(created).isEqualTo(new UserCreated(id, "kesha", "Somebody", "kesha@uberpopug.example", "en", "popug",
                true, created.getOccurredAt()));
        var updated = events.await(UserUpdated.class, id, 2);
        assertThat(updated).containsExactly(
                new UserUpdated(id, "kesha", "Kesha 🦜", "kesha@uberpopug.example", "ru", "popug", true,
                        updated.getFirst().getOccurredAt()),
                new UserUpdated(id, "kesha", "Kesha 🦜", null, "ru", "manager", false,
                        updated.getLast().getOccurredAt()));
        var records = events.awaitRecords(Topics.USERS, id, 3);
        assertThat(records).as("the time of each record")
                .extracting(record -> Envelope.get(record.headers(), Envelope.TIME).map(Instant::parse).orElseThrow())
                .containsExactly(created.getOccurredAt(), updated.getFirst().getOccurredAt(),
                        updated.getLast().getOccurredAt());
        assertThat(records)
                .extracting(record -> Envelope.get(record.headers(), Envelope.AGGREGATE_VERSION).orElseThrow())
                .containsExactly("1", "2", "3");
    }

    @Test
    void erasure_is_announced_by_a_record_without_a_value() {
        var admin = new Api(port, "admin");
        var id = admin.create("forgotten");
        admin.change(id, "{\"language\": \"ru\"}");
        assertThat(admin.delete("/api/users/" + id).statusCode()).isEqualTo(204);

        var records = events.awaitRecords(Topics.USERS, id, 3);
        assertThat(records).extracting(record -> record.value() == null).containsExactly(false, false, true);
        assertThat(records)
                .extracting(record -> Envelope.get(record.headers(), Envelope.AGGREGATE_VERSION).orElseThrow())
                .containsExactly("1", "2", "3");
        assertThat(Envelope.get(records.getLast().headers(), Envelope.TYPE)).contains("Users.Erased");
        assertThat(Envelope.get(records.getLast().headers(), Envelope.SUBJECT)).contains(id.toString());
    }

    @Test
    void state_is_announced_anew_with_its_own_number() {
        var admin = new Api(port, "admin");
        var id = admin.create("damaged");
        admin.change(id, "{\"role\": \"manager\"}");
        var announced = admin.post("/api/users/" + id + "/announcement", "");
        assertThat(announced.statusCode()).as(announced.body()).isEqualTo(200);
        assertThat(announced.body()).contains("\"erased\":false");
        var restated = events.await(UserRestated.class, id);
        assertThat(restated).isEqualTo(new UserRestated(id, "damaged", "Somebody", "damaged@uberpopug.example", "en",
                "manager", true, restated.getOccurredAt()));
        assertThat(events.awaitRecords(Topics.USERS, id, 3))
                .extracting(record -> Envelope.get(record.headers(), Envelope.AGGREGATE_VERSION).orElseThrow())
                .containsExactly("1", "2", "2");
        assertThat(admin.get("/api/users/" + id).headers().firstValue("ETag")).as("the version stays")
                .contains("\"2\"");
    }

    @Test
    void announcement_of_an_unknown_id_is_an_erasure() {
        var nobody = UUID.randomUUID();
        var announced = new Api(port, "admin").post("/api/users/" + nobody + "/announcement", "");
        assertThat(announced.body()).contains("\"erased\":true");
        assertThat(events.awaitRecords(Topics.USERS, nobody, 1).getFirst().value()).isNull();
    }

    @Test
    void sign_out_is_announced_with_the_session_id_of_the_tokens() {
        var browser = new Browser(port);
        var tokens = browser.tokens("tasks-service", "http://localhost:8080/login/oauth2/code/ates", "anna");
        browser.get("/connect/logout?id_token_hint=" + tokens.idToken());
        var sid = tokens.idClaims().get("sid");
        var ended = events.await(SessionEnded.class, sid);
        assertThat(ended.getSessionId()).isEqualTo(sid);
        assertThat(ended.getUserId()).hasToString("00000000-0000-7000-8000-000000000004");
    }
}
