package com.uberpopug.ates.acceptance;

import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.ACCOUNTING;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.ANALYTICS;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.AUTH;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.TASKS;
import static com.uberpopug.ates.acceptance.Company.admin;
import static com.uberpopug.ates.acceptance.Company.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.acceptance.ApplicationUnderTest.Service;
import com.uberpopug.ates.acceptance.Company.Role;
import com.uberpopug.ates.localstack.Token;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tokens live five minutes, but what a deactivated or demoted user may do ends within seconds. */
class LosingAccessTests {

    private static final Duration SECONDS = Duration.ofSeconds(10);

    @RegisterExtension
    private final Company company = new Company();

    @Test
    void a_deactivated_popug_is_kept_out_everywhere_with_the_token_they_have() {
        var anna = company.hires(Role.POPUG);
        var task = task("Not any more");
        admin().assignsTasks();

        company.deactivates(anna);

        anna.gets(AUTH, "/api/users/me").isProblem(403);
        isRefused(anna, TASKS, "/api/tasks");
        isRefused(anna, ACCOUNTING, "/api/accounts/me");
        anna.triesToComplete(task).isProblem(403);
        anna.posts(TASKS, "/api/tasks", "{\"title\": \"One more\"}").isProblem(403);
    }

    @Test
    void a_deactivated_popug_gets_no_new_token_until_they_are_let_in_again() {
        var anna = company.hires(Role.POPUG);
        company.deactivates(anna);
        assertThatThrownBy(anna::signsIn).isInstanceOf(Token.RefusedException.class)
                .hasMessageContaining("deactivated");

        company.reinstates(anna);
        anna.signsIn();
        assertThat(anna.looksAtOwnTasks()).isEmpty();
    }

    @Test
    void a_demoted_manager_loses_the_button() {
        var manager = company.hires(Role.MANAGER);
        var shuffle = "/api/shuffles/" + UUID.randomUUID();
        manager.gets(TASKS, shuffle).isProblem(404);

        Company.makes(manager, Role.POPUG);

        isRefused(manager, TASKS, shuffle);
        manager.triesToAssignTasks().isProblem(403);
    }

    @Test
    void a_demoted_accountant_and_a_demoted_admin_no_longer_see_what_the_company_earns() {
        var staff = company.hires(Role.ACCOUNTANT, Role.ADMIN);
        var accountant = staff.get(0);
        var demoted = staff.get(1);
        accountant.gets(ACCOUNTING, "/api/earnings").is(200);
        demoted.gets(ANALYTICS, "/api/earnings").is(200);

        Company.makes(accountant, Role.POPUG);
        Company.makes(demoted, Role.POPUG);

        isRefused(accountant, ACCOUNTING, "/api/earnings");
        isRefused(demoted, ACCOUNTING, "/api/earnings");
        isRefused(demoted, ANALYTICS, "/api/earnings");
        isRefused(demoted, ANALYTICS, "/api/negative-balances");
        isRefused(demoted, ANALYTICS, "/api/most-expensive");
        demoted.gets(AUTH, "/api/users").isProblem(403);
    }

    @Test
    void who_is_promoted_may_more_with_the_same_token() {
        var anna = company.hires(Role.POPUG);
        anna.gets(ANALYTICS, "/api/earnings").isProblem(403);

        Company.makes(anna, Role.ADMIN);

        await().atMost(SECONDS).untilAsserted(() -> anna.gets(ANALYTICS, "/api/earnings").is(200));
    }

    private static void isRefused(Person person, Service service, String path) {
        await().atMost(SECONDS).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(25))
                .untilAsserted(() -> person.gets(service, path).isProblem(403));
    }
}
