package com.uberpopug.ates.acceptance;

import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.ACCOUNTING;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.AUTH;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.TASKS;
import static com.uberpopug.ates.acceptance.Company.admin;
import static com.uberpopug.ates.acceptance.Company.task;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.acceptance.ApplicationUnderTest.Service;
import com.uberpopug.ates.acceptance.Company.Role;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/**
 * Admins see in one log of all services who did what to whom. A correction is among it, so these tests run last, too: see
 * {@link CorrectionsTests}.
 */
@Order(Integer.MAX_VALUE)
class SecurityLogTests {

    @RegisterExtension
    private final Company company = new Company();

    @Test
    void actions_in_all_services_show_up_once_on_the_admin_s_page() throws SQLException {
        var popug = company.hires(Role.POPUG);
        var accountant = company.hires(Role.ACCOUNTANT);
        isRecorded("USER_CREATED", AUTH, null, popug, "popug");
        isRecorded("LINK_USED", AUTH, popug, popug, null);
        isRecorded("SIGN_IN", AUTH, popug, popug, "password");

        Company.makes(popug, Role.MANAGER);
        isRecorded("ROLE_CHANGED", AUTH, null, popug, "popug > manager");
        Company.makes(popug, Role.POPUG);

        var task = task("To be corrected");
        admin().assignsTasks();
        var worker = company.assigneeOf(task);
        var fee = new Eventually<>("the fee", () -> admin().looksAtAuditLogOf(worker))
                .becomes("charged", log -> !log.isEmpty()).getFirst();
        Company.corrects(accountant, fee, "A slip").is(201);
        isRecorded("TRANSFER_CORRECTED", ACCOUNTING, accountant, worker, fee.id().toString());

        for (var service : Service.values()) {
            popug.gets(service, "/api/dead-letters").is(403);
            isRecorded("CALL_REFUSED", service, popug, null, "GET /api/dead-letters");
        }
        popug.posts(TASKS, "/api/shuffles").is(403);
        isRecorded("CALL_REFUSED", TASKS, popug, null, "POST /api/shuffles");

        var letter = DeadLetterTests.analyticsCannotTake("Count the feathers", "no_feathers");
        DeadLetterTests.discards(letter);
        DeadLetterTests.inAnalytics("alter table tasks drop constraint no_feathers");
        assertThat(admin().gets(AUTH, "/api/security-events?kind=DEAD_LETTER_DISCARDED").is(200).json().path("items")
                .values()).anySatisfy(entry -> assertThat(entry.path("subject").asString()).isEqualTo(letter));

        popug.gets(AUTH, "/api/security-events").is(403);
        accountant.gets(AUTH, "/api/security-events").is(403);
    }

    /** By a person, or by the first admin; about a person, or nobody. */
    static void isRecorded(String kind, Service service, @Nullable Person by, @Nullable Person about,
            @Nullable String subject) {
        var name = service.name().toLowerCase(Locale.ROOT) + "-service";
        var one = Objects.requireNonNull(about == null ? by : about);
        new Eventually<>("the security log", () -> admin()
                .gets(AUTH, "/api/security-events?limit=200&kind=" + kind + "&user=" + one.id()).is(200).json()
                .path("items").values().stream()
                .filter(entry -> Objects.equals(text(entry.path("subject")), subject)
                        && entry.path("service").asString().equals(name))
                .toList()).satisfies(
                        entries -> assertThat(entries).as(kind).singleElement().satisfies(entry -> {
                            assertThat(entry.path("outcome").asString()).isIn("DONE", "REFUSED");
                            if (by == null) {
                                assertThat(entry.path("actor_login").asString()).isEqualTo(admin().login());
                            } else {
                                assertThat(UUID.fromString(entry.path("actor_id").asString())).isEqualTo(by.id());
                            }
                            assertThat(text(entry.path("user_id")))
                                    .isEqualTo(about == null ? null : about.id().toString());
                            // A day is closed in the background.
                            assertThat(text(entry.path("address")) == null).isEqualTo(kind.equals("DAY_CLOSED"));
                        }));
    }

    private static @Nullable String text(JsonNode value) {
        return value.isNull() ? null : value.asString();
    }
}
