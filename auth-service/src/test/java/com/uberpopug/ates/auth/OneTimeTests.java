package com.uberpopug.ates.auth;

import static com.uberpopug.ates.auth.Browser.json;
import static com.uberpopug.ates.auth.Browser.location;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.auth.user.Users;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Single-use secrets under concurrent use: exactly one request succeeds. */
@AuthServiceTest
class OneTimeTests {

    private static final String TASKS = "http://localhost:8080/login/oauth2/code/ates";
    private static final String VERIFIER = "v".repeat(43);
    private static final UUID BORIS = UUID.fromString("00000000-0000-7000-8000-000000000005");
    private static final int AT_ONCE = 6;

    @LocalServerPort
    int port;
    @Autowired
    JdbcClient database;
    @Autowired
    TransactionTemplate transaction;
    @Autowired
    Users users;

    private ExecutorService threads;
    private Browser browser;

    @BeforeEach
    void open() {
        threads = Executors.newFixedThreadPool(AT_ONCE);
        browser = new Browser(port);
    }

    @AfterEach
    void close() {
        threads.shutdown();
    }

    @Test
    void code_redeemed_concurrently_gives_one_token_which_is_then_revoked() {
        browser.signIn("anna", "beak-anna");
        for (int round = 0; round < 30; round++) {
            var code = Browser.code(browser.get(Browser.authorize("tasks-service", TASKS, VERIFIER)));
            var answers = atOnce(_ -> exchange(code));
            var tokens = Browser.tokens(only(answers, answer -> answer.statusCode() == 200));
            answers.stream().filter(answer -> answer.statusCode() != 200).forEach(OneTimeTests::assertInvalidGrant);
            assertThat(browser.isActive(tokens)).isFalse();
            assertThat(browser.get("/userinfo", "Authorization", "Bearer " + tokens.accessToken()).statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void codes_and_tokens_of_a_sign_on_end_with_it_and_those_of_another_stay() {
        for (int round = 0; round < 2; round++) {
            var there = new Browser(port).tokens("tasks-service", TASKS, "boris");
            browser = new Browser(port);
            var here = browser.tokens("tasks-service", TASKS, "boris");
            var code = Browser.code(browser.get(Browser.authorize("tasks-service", TASKS, VERIFIER)));
            assertThat(location(round == 0
                    ? browser.submit("/", "/logout", Map.of())
                    : new Browser(port).get("/connect/logout?id_token_hint=" + here.idToken())))
                    .endsWith("/login?signed-out");
            assertInvalidGrant(exchange(code));
            assertThat(browser.isActive(here)).isFalse();
            assertThat(browser.isActive(there)).isTrue();
        }
    }

    @Test
    void code_redeemed_during_a_sign_out_leaves_no_valid_token_in_either_order() {
        for (boolean signsOutFirst : new boolean[]{true, false}) {
            var user = new Browser(port);
            user.signIn("boris", "beak-boris");
            var code = Browser.code(user.get(Browser.authorize("tasks-service", TASKS, VERIFIER)));
            Supplier<HttpResponse<String>> signOut = () -> user.submit("/", "/logout", Map.of());
            if (signsOutFirst) {
                assertInvalidGrant(inOrder(signOut, () -> exchange(code)).getLast());
            } else {
                var tokens = Browser.tokens(inOrder(() -> exchange(code), signOut).getFirst());
                assertThat(user.isActive(tokens)).isFalse();
            }
        }
    }

    /** All requests have read the row before the first of them changes it. */
    private List<HttpResponse<String>> inOrder(Supplier<HttpResponse<String>> first,
            Supplier<HttpResponse<String>> second) {
        var answers = new ArrayList<CompletableFuture<HttpResponse<String>>>();
        transaction.executeWithoutResult(_ -> {
            database.sql("set local idle_in_transaction_session_timeout = 0").update();
            users.lock(BORIS).orElseThrow();
            for (var request : List.of(first, second)) {
                answers.add(CompletableFuture.supplyAsync(request, threads));
                await().pollInSameThread().atMost(Duration.ofSeconds(20)).until(() -> waiting() == answers.size());
            }
        });
        return answers.stream().map(CompletableFuture::join).toList();
    }

    private long waiting() {
        // Inside a transaction the query would keep its first snapshot.
        database.sql("select pg_stat_clear_snapshot()").query().singleValue();
        return database.sql("""
                select count(*) from pg_stat_activity
                 where datname = current_database() and wait_event_type = 'Lock'
                """).query(Long.class).single();
    }

    @Test
    void password_link_used_concurrently_sets_one_password() {
        var admin = new Api(port, "admin");
        var user = admin.create("one-of-many");
        for (int round = 0; round < 5; round++) {
            var token = link(admin, user);
            var shape = "round " + round + ", number ";
            var answers = atOnce(number -> new Browser(port).post("/first-password",
                    Map.of("token", token, "password", shape + number, "again", shape + number), "Accept",
                    "text/html"));
            var winner = only(answers, answer -> answer.statusCode() == 302);
            assertThat(location(winner)).endsWith("/login?chosen");
            assertThat(answers).filteredOn(answer -> answer != winner)
                    .allSatisfy(answer -> assertThat(answer.statusCode()).isEqualTo(410));
            assertThat(location(new Browser(port).signIn("one-of-many", shape + answers.indexOf(winner))))
                    .doesNotContain("/login");
        }
    }

    @Test
    void password_changed_concurrently_in_several_sessions_changes_once() {
        var admin = new Api(port, "admin");
        var user = admin.create("often-changed");
        var current = "curved, red";
        new Browser(port).post("/first-password",
                Map.of("token", link(admin, user), "password", current, "again", current));
        for (int round = 0; round < 3; round++) {
            var password = current;
            var shape = "round " + round + ", number ";
            var browsers = IntStream.range(0, 3).mapToObj(_ -> new Browser(port)).toList();
            browsers.forEach(each -> each.signIn("often-changed", password));
            var forms = browsers.stream().map(each -> Browser.csrf(each.get("/").body())).toList();
            var answers = atOnce(browsers.size(), number -> browsers.get(number).post("/password",
                    Map.of("current", password, "password", shape + number, "again", shape + number, "_csrf",
                            forms.get(number)),
                    "Accept", "text/html"));
            var winner = only(answers, answer -> answer.headers().firstValue("Location")
                    .filter(location -> location.endsWith("/login?chosen")).isPresent());
            current = shape + answers.indexOf(winner);
            assertThat(location(new Browser(port).signIn("often-changed", current))).doesNotContain("/login");
        }
    }

    private static String link(Api admin, UUID user) {
        return json(admin.post("/api/users/" + user + "/password-link", "")).path("password_link").asString()
                .replaceFirst(".*=", "");
    }

    private List<HttpResponse<String>> atOnce(IntFunction<HttpResponse<String>> request) {
        return atOnce(AT_ONCE, request);
    }

    private List<HttpResponse<String>> atOnce(int number, IntFunction<HttpResponse<String>> request) {
        var start = new CyclicBarrier(number);
        var answers = IntStream.range(0, number).mapToObj(each -> CompletableFuture.supplyAsync(() -> {
            try {
                start.await();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            return request.apply(each);
        }, threads)).toList();
        return answers.stream().map(CompletableFuture::join).toList();
    }

    private static HttpResponse<String> only(List<HttpResponse<String>> answers,
            Predicate<HttpResponse<String>> succeeded) {
        assertThat(answers).as(answers.stream().map(answer -> answer.statusCode() + " " + answer.body()).toList()
                .toString()).filteredOn(succeeded).hasSize(1);
        return answers.stream().filter(succeeded).findFirst().orElseThrow();
    }

    private static void assertInvalidGrant(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(json(answer).path("error").asString()).isEqualTo("invalid_grant");
    }

    private HttpResponse<String> exchange(String code) {
        return new Browser(port).token("tasks-service", Map.of("grant_type", "authorization_code", "code", code,
                "redirect_uri", TASKS, "code_verifier", VERIFIER));
    }
}
