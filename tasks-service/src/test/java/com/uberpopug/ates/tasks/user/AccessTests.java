package com.uberpopug.ates.tasks.user;

import static com.uberpopug.ates.tasks.TasksTest.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.events.users.v1.UserUpdated;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.test.Events;
import com.uberpopug.ates.platform.web.security.Caller;
import com.uberpopug.ates.platform.web.security.Role;
import com.uberpopug.ates.tasks.Api;
import com.uberpopug.ates.tasks.Company;
import com.uberpopug.ates.tasks.TasksTest;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Access follows the service's copy of the users, not the token's role. */
@TasksTest
class AccessTests {

    private final UUID user = Ids.next();

    @Autowired
    private Api api;

    @Autowired
    private Company company;

    @Autowired
    private Events events;

    @Test
    void token_decides_for_an_unknown_user() {
        assertThat(statusOfShuffle(Role.POPUG)).isEqualTo(403);
        assertThat(statusOfShuffle(Role.MANAGER)).isEqualTo(404);
    }

    @Test
    void demoted_manager_may_not_request_shuffles() {
        update(1, Role.MANAGER, true);
        await().atMost(PATIENCE).until(() -> statusOfShuffle(Role.POPUG) == 404);
        update(2, Role.POPUG, true);
        await().atMost(PATIENCE).until(() -> statusOfShuffle(Role.MANAGER) == 403);
        assertThat(api.post(new Caller(user, Role.MANAGER), "/api/shuffles").status()).isEqualTo(403);
        assertThat(api.get(new Caller(user, Role.MANAGER), "/api/tasks").status()).isEqualTo(200);
    }

    @Test
    void deactivated_user_is_refused_everywhere() {
        update(1, Role.ADMIN, true);
        update(2, Role.ADMIN, false);
        var admin = new Caller(user, Role.ADMIN);
        var task = company.taskOf(admin);
        await().atMost(PATIENCE).until(() -> api.get(admin, "/api/tasks").status() == 403);
        for (var path : List.of("/api/tasks/mine", "/api/tasks/" + task, "/api/shuffles/" + Ids.next(),
                "/api/nowhere")) {
            assertThat(api.get(admin, path).status()).as(path).isEqualTo(403);
        }
        assertThat(api.post(admin, "/api/tasks", "{\"title\": \"Repaint the button\"}").status()).isEqualTo(403);
        assertThat(api.post(admin, "/api/tasks/" + task + "/complete").status()).isEqualTo(403);
        assertThat(api.post(admin, "/api/shuffles").status()).isEqualTo(403);
    }

    private int statusOfShuffle(Role token) {
        return api.get(new Caller(user, token), "/api/shuffles/" + Ids.next()).status();
    }

    private void update(long sequence, Role role, boolean active) {
        events.send(Fact.of(Ids.next(), user, sequence, Instant.parse("2026-11-22T12:00:00Z"),
                new UserUpdated(user, "anna", "Anna", null, "en", role.wire(), active, Instant.EPOCH)));
    }
}
