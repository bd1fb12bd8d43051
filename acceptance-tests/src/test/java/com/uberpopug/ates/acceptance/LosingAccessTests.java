package com.uberpopug.ates.acceptance;

import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.ACCOUNTING;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.ANALYTICS;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.AUTH;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.TASKS;
import static com.uberpopug.ates.acceptance.Company.admin;
import static com.uberpopug.ates.acceptance.Company.balanceOf;
import static com.uberpopug.ates.acceptance.Company.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.acceptance.ApplicationUnderTest.Service;
import com.uberpopug.ates.acceptance.Company.Role;
import com.uberpopug.ates.acceptance.Person.Account;
import com.uberpopug.ates.localstack.Token;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tokens live five minutes, but a deactivated or demoted user loses access within seconds. */
class LosingAccessTests {

    private static final Duration SECONDS = Duration.ofSeconds(30);

    @RegisterExtension
    private final Company company = new Company();

    @Test
    void deactivated_popug_loses_access_everywhere_with_a_valid_token() {
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
    void deactivated_popug_gets_no_token_until_the_activation() {
        var anna = company.hires(Role.POPUG);
        company.deactivates(anna);
        assertThatThrownBy(anna::signsIn).isInstanceOf(Token.RefusedException.class)
                .hasMessageContaining("deactivated");

        company.reinstates(anna);
        anna.signsIn();
        assertThat(anna.looksAtOwnTasks()).isEmpty();
    }

    @Test
    void erased_popug_is_removed_and_only_their_transfers_remain() {
        var anna = company.hires(Role.POPUG);
        var task = task("Was somebody's once");
        admin().assignsTasks();
        balanceOf(anna).becomes(-task.feeCents());

        company.erases(anna);

        Person.sends(admin().request(AUTH, "/api/users/" + anna.id()).DELETE()).isProblem(404);
        admin().gets(AUTH, "/api/users/" + anna.id()).isProblem(404);
        anna.gets(AUTH, "/api/users/me").isProblem(403);
        isRefused(anna, TASKS, "/api/tasks");
        isRefused(anna, ACCOUNTING, "/api/accounts/me");
        assertThatThrownBy(anna::signsIn).isInstanceOf(Token.RefusedException.class);
        new Eventually<>("accounting's data of an erased popug",
                () -> admin().gets(ACCOUNTING, "/api/accounts/" + anna.id()).is(200).as(Account.class))
                .satisfies(account -> {
                    assertThat(account.login()).isNull();
                    assertThat(account.displayName()).isNull();
                    assertThat(account.balanceCents()).isEqualTo(-task.feeCents());
                });
        admin().triesToAssignTasks().isProblem(409);
    }

    @Test
    void last_admin_cannot_be_deactivated_or_erased() {
        var me = admin().gets(AUTH, "/api/users/me").is(200).json().path("user_id").asString();
        Person.sends(admin().request(AUTH, "/api/users/" + me).DELETE()).isProblem(409);
        admin().sends(AUTH, "PATCH", "/api/users/" + me, "{\"active\": false}").isProblem(409);
        admin().gets(AUTH, "/api/users/me").is(200);
    }

    @Test
    void demoted_manager_cannot_start_a_shuffle() {
        var manager = company.hires(Role.MANAGER);
        var shuffle = "/api/shuffles/" + UUID.randomUUID();
        manager.gets(TASKS, shuffle).isProblem(404);

        Company.makes(manager, Role.POPUG);

        isRefused(manager, TASKS, shuffle);
        manager.triesToAssignTasks().isProblem(403);
    }

    @Test
    void demoted_accountant_and_demoted_admin_no_longer_see_the_earnings() {
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
    void promoted_user_gains_access_with_the_same_token() {
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
