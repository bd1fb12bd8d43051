package com.uberpopug.ates.acceptance;

import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.ACCOUNTING;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.ANALYTICS;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.AUTH;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.TASKS;
import static com.uberpopug.ates.acceptance.Company.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.uberpopug.ates.acceptance.ApplicationUnderTest.Service;
import com.uberpopug.ates.acceptance.Company.Role;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.LinkedHashMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The rules under "Who sees what", for every endpoint and every role. */
class WhoSeesWhatTests {

    /** Method, service and path; then the status for a popug, an accountant, a manager and an admin. */
    private static final String TABLE = """
            GET   TASKS       /api/tasks                              200 200 200 200
            GET   TASKS       /api/tasks/{task}                       200 200 200 200
            GET   TASKS       /api/tasks/mine                         200 200 200 200
            POST  TASKS       /api/tasks                              201 201 201 201
            POST  TASKS       /api/tasks/{task}/complete              403 403 403 403
            POST  TASKS       /api/shuffles                           403 403 202 202
            GET   TASKS       /api/shuffles/{nothing}                 403 403 404 404
            GET   ACCOUNTING  /api/accounts/me                        200 200 404 404
            GET   ACCOUNTING  /api/accounts/me/transfers              200 200 404 404
            GET   ACCOUNTING  /api/accounts                           403 200 403 200
            GET   ACCOUNTING  /api/accounts/{popug}                   403 200 403 200
            GET   ACCOUNTING  /api/accounts/{popug}/transfers         403 200 403 200
            GET   ACCOUNTING  /api/accounts/{nothing}                 403 404 403 404
            GET   ACCOUNTING  /api/earnings                           403 200 403 200
            GET   ACCOUNTING  /api/business-days                      403 200 403 200
            GET   ACCOUNTING  /api/business-days/2999-01-01           403 404 403 404
            POST  ACCOUNTING  /api/business-days/2999-01-01/close     403 409 403 409
            GET   ANALYTICS   /api/earnings                           403 403 403 200
            GET   ANALYTICS   /api/negative-balances                  403 403 403 200
            GET   ANALYTICS   /api/most-expensive?period=day          403 403 403 200
            GET   ANALYTICS   /api/projections                        403 403 403 200
            GET   ANALYTICS   /api/projections/check                  403 403 403 200
            POST  ANALYTICS   /api/projections/rebuild                403 403 403 202
            GET   AUTH        /api/users/me                           200 200 200 200
            GET   AUTH        /api/users                              403 403 403 200
            POST  AUTH        /api/users                              403 403 403 201
            GET   AUTH        /api/users/{popug}                      403 403 403 200
            PATCH AUTH        /api/users/{popug}                      403 403 403 200
            POST  AUTH        /api/users/{popug}/password-link        403 403 403 200
            POST  AUTH        /api/users/{popug}/announcement         403 403 403 200
            DELETE AUTH       /api/users/{nothing}                    403 403 403 404
            """;

    @RegisterExtension
    private final Company company = new Company();

    @TestFactory
    Stream<DynamicTest> every_endpoint_is_open_to_its_roles_only() {
        var popug = company.hires(Role.POPUG);
        // This task has no assignee, and only the assignee may complete a task: everyone is forbidden.
        var task = task("Not yours");
        var callers = new LinkedHashMap<String, Person>();
        callers.put("a popug", popug);
        var others = company.hires(Role.ACCOUNTANT, Role.MANAGER, Role.ADMIN, Role.POPUG);
        callers.put("an accountant", others.get(0));
        callers.put("a manager", others.get(1));
        callers.put("an admin", others.get(2));
        var deactivated = others.get(3);
        company.deactivates(deactivated);
        Company.isKeptOut(deactivated);
        return TABLE.lines().flatMap(row -> {
            var cells = row.split(" +");
            var service = Service.valueOf(cells[1]);
            var path = cells[2].replace("{task}", task.id().toString()).replace("{popug}", popug.id().toString())
                    .replace("{nothing}", UUID.randomUUID().toString());
            var column = new int[]{3};
            var allowed = callers.entrySet().stream().map(caller -> test(cells, caller.getKey(),
                    caller.getValue().request(service, path), Integer.parseInt(cells[column[0]++])));
            return Stream.concat(allowed, Stream.of(
                    test(cells, "a deactivated popug", deactivated.request(service, path), 403),
                    test(cells, "nobody", Person.anonymously(service, path), 401),
                    test(cells, "a made-up token",
                            Person.anonymously(service, path).header("Authorization", "Bearer made-up"), 401)));
        });
    }

    private static DynamicTest test(String[] cells, String caller, HttpRequest.Builder request, int expected) {
        return dynamicTest(cells[0] + " " + cells[1] + " " + cells[2] + " by " + caller + ": " + expected, () -> {
            var answer = Person.sends(with(body(cells), cells[0], request));
            if (expected < 400) {
                answer.is(expected);
            } else {
                answer.isProblem(expected);
            }
            if (expected == 401) {
                assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer");
            }
        });
    }

    private static String body(String[] cells) {
        return switch (cells[0] + cells[2]) {
            case "POST/api/tasks" -> "{\"title\": \"From anyone\"}";
            case "POST/api/users" -> "{\"login\": \"%s\", \"display_name\": \"New\", \"role\": \"manager\"}"
                    .formatted("new-" + UUID.randomUUID());
            case "PATCH/api/users/{popug}" -> "{}";
            default -> "";
        };
    }

    private static HttpRequest.Builder with(String body, String method, HttpRequest.Builder request) {
        return body.isEmpty()
                ? request.method(method, BodyPublishers.noBody())
                : request.header("Content-Type", "application/json").method(method, BodyPublishers.ofString(body));
    }

    @Test
    void each_worker_sees_only_their_own_money() {
        var popugs = company.hires(Role.POPUG, Role.POPUG);
        task("For one of them");
        Company.admin().assignsTasks();
        var assignee = company.assigneeOf(popugs.getFirst().looksAtTasks().getFirst());
        var other = popugs.get(0) == assignee ? popugs.get(1) : popugs.get(0);
        Company.balanceOf(assignee).becomes("charged", balance -> balance < 0);

        assertThat(other.looksAtAccount().balanceCents()).isZero();
        assertThat(other.looksAtAuditLog()).isEmpty();
        other.gets(ACCOUNTING, "/api/accounts/" + assignee.id()).isProblem(403);
        other.gets(ACCOUNTING, "/api/accounts/" + assignee.id() + "/transfers").isProblem(403);
        other.gets(ACCOUNTING, "/api/accounts").isProblem(403);
    }

    @Test
    void each_user_sees_their_own_profile() {
        var accountant = company.hires(Role.ACCOUNTANT);
        var seen = accountant.gets(AUTH, "/api/users/me").is(200).json();
        assertThat(seen).isEqualTo(Company.admin().gets(AUTH, "/api/users/" + accountant.id()).is(200).json());
        assertThat(seen.path("role").asString()).isEqualTo("accountant");
        assertThat(seen.path("login").asString()).isEqualTo(accountant.login());
        assertThat(seen.has("password_hash")).isFalse();
    }
}
