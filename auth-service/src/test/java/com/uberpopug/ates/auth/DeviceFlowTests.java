package com.uberpopug.ates.auth;

import static com.uberpopug.ates.auth.Browser.json;
import static com.uberpopug.ates.auth.Browser.location;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.auth.Browser.Device;
import com.uberpopug.ates.localstack.Token;
import com.uberpopug.ates.platform.test.Columns;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Signing in at a command line: a person compares a code and allows it, each time. */
@AuthServiceTest
class DeviceFlowTests {

    @LocalServerPort
    int port;
    @Autowired
    JdbcClient database;

    private Browser browser;
    private Browser terminal;

    @BeforeEach
    void open() {
        browser = new Browser(port);
        terminal = new Browser(port);
    }

    @AfterEach
    void forget() {
        database.sql("delete from oauth2_authorization where authorization_grant_type like '%device_code'").update();
    }

    @Test
    void person_compares_the_code_and_the_terminal_gets_one_token() {
        var device = terminal.begin();
        assertRefused(terminal.poll(device), "authorization_pending");
        browser.signIn("anna", "beak-anna");
        var question = browser.enters(device.code().toLowerCase(Locale.ROOT).replace("-", ""));
        assertThat(question.body()).contains(device.code(), "Anna", "Allow only what you began yourself");
        assertRefused(terminal.poll(device), "authorization_pending");
        assertThat(location(browser.answers(question, device.code(), true))).endsWith("/device?allowed");
        assertThat(browser.get("/device?allowed").body()).contains("Go back to your terminal");

        var answers = IntStream.range(0, 5).mapToObj(_ -> CompletableFuture.supplyAsync(
                () -> new Browser(port).poll(device))).toList().stream().map(CompletableFuture::join).toList();
        assertThat(answers).filteredOn(answer -> answer.statusCode() == 200).hasSize(1);
        var tokens = Browser.tokens(answers.stream().filter(answer -> answer.statusCode() == 200).findFirst()
                .orElseThrow());
        assertThat(tokens.accessClaims()).containsEntry("preferred_username", "anna")
                .containsEntry("roles", List.of("popug"));
        assertThat(browser.isActive(tokens)).isTrue();
        assertThat(terminal.poll(device).statusCode()).isEqualTo(400);

        var search = new Columns(database);
        for (var secret : List.of(device.secret(), device.code(), tokens.accessToken())) {
            assertThat(search.with(secret)).isEmpty();
        }
        browser.submit("/", "/logout", Map.of());
        assertThat(new Browser(port).isActive(tokens)).as("it ends with its sign-on").isFalse();
    }

    @Test
    void signed_in_browser_that_is_sent_anywhere_gives_no_token_without_an_answer() {
        browser.signIn("anna", "beak-anna");
        for (int round = 0; round < 2; round++) {
            var device = terminal.begin();
            browser.get("/device?user_code=" + device.code());
            assertThat(browser.get("/oauth2/device_verification?user_code=" + device.code()).statusCode())
                    .isEqualTo(405);
            assertRefused(terminal.poll(device), "authorization_pending");
            assertThat(location(browser.post("/oauth2/device_verification", Map.of("user_code", device.code()))))
                    .contains("/device/consent?");
            assertRefused(terminal.poll(device), "authorization_pending");
            assertThat(location(browser.post("/oauth2/device_verification", Map.of("user_code", device.code(), "state",
                    "guessed", "client_id", "ates-cli", "scope", "profile")))).endsWith("/device?unknown");
            assertRefused(terminal.poll(device), "authorization_pending");
            // An earlier consent is none for this terminal.
            assertThat(location(browser.answers(browser.enters(device.code()), device.code(), true)))
                    .endsWith("/device?allowed");
        }
        var authorize = Browser.authorize("ates-cli", "http://127.0.0.1:8079/callback", "v".repeat(43));
        assertThat(browser.get(authorize).statusCode()).as("no code flow").isEqualTo(400);
    }

    @Test
    void command_line_gets_a_token_for_a_person_and_for_a_login_of_the_demo() {
        var commandLine = new Token(URI.create("http://localhost:" + port));
        var screen = new ByteArrayOutputStream();
        var persons = CompletableFuture.supplyAsync(
                () -> commandLine.ofPerson(new PrintStream(screen, true, StandardCharsets.UTF_8)));
        var shown = await().atMost(Duration.ofSeconds(20)).until(() -> screen.toString(StandardCharsets.UTF_8),
                text -> text.endsWith("\n"));
        var code = shown.strip().replaceFirst("(?s).*: ", "");
        assertThat(shown).contains("/device?user_code=" + code);
        browser.signIn("anna", "beak-anna");
        assertThat(location(browser.answers(browser.enters(code), code, true))).endsWith("/device?allowed");

        for (var token : List.of(persons.join(), new Token(URI.create("http://localhost:" + port)).of("anna",
                "beak-anna"))) {
            assertThat(terminal.get("/api/users/me", "Authorization", "Bearer " + token).statusCode()).isEqualTo(200);
        }
        assertThatThrownBy(() -> new Token(URI.create("http://localhost:" + port)).of("anna", "guess"))
                .hasMessageContaining("does not let anna in with this password");
    }

    @Test
    void another_answer_and_another_users_answer_give_no_token() {
        var device = terminal.begin();
        browser.signIn("anna", "beak-anna");
        var question = browser.enters(device.code());
        var other = new Browser(port);
        other.signIn("boris", "beak-boris");
        assertThat(location(other.answers(question, device.code(), true))).endsWith("/device?unknown");
        assertRefused(terminal.poll(device), "authorization_pending");

        assertThat(location(browser.answers(question, device.code(), false))).endsWith("/device?denied");
        assertRefused(terminal.poll(device), "access_denied");
        assertThat(location(browser.submit("/device", "/oauth2/device_verification",
                Map.of("user_code", device.code())))).endsWith("/device?unknown");
        assertThat(location(browser.submit("/device", "/oauth2/device_verification",
                Map.of("user_code", "BCDF-GHJK")))).endsWith("/device?unknown");
        assertThat(browser.get("/device?unknown").body()).contains("This code is unknown");
        assertThat(location(browser.get("/device/consent"))).endsWith("/device?unknown");
        assertThat(location(new Browser(port).post("/oauth2/device_verification",
                Map.of("user_code", device.code())))).endsWith("/device");
    }

    @Test
    void code_that_nobody_enters_expires_and_those_that_wait_are_bounded() {
        var device = terminal.begin();
        database.sql("""
                update oauth2_authorization set device_code_issued_at = now() - interval '11 minutes',
                                                device_code_expires_at = now() - interval '1 minute'
                 where principal_name = 'ates-cli'
                """).update();
        assertRefused(terminal.poll(device), "expired_token");

        database.sql("""
                insert into oauth2_authorization (id, registered_client_id, principal_name, authorization_grant_type,
                                                  device_code_expires_at)
                select 'waiting-' || number, 'ates-cli', 'ates-cli', 'urn:ietf:params:oauth:grant-type:device_code',
                       now() + interval '1 minute'
                  from generate_series(1, 1000) as number
                """).update();
        assertRefused(begins(terminal), "temporarily_unavailable");
    }

    @Test
    void stranger_takes_up_the_places_of_the_own_address_only() {
        var stranger = Browser.on(port, 2_001);
        var answers = IntStream.range(0, 40).mapToObj(_ -> CompletableFuture.supplyAsync(() -> begins(stranger)))
                .toList().stream().map(CompletableFuture::join).toList();
        assertThat(answers).filteredOn(answer -> answer.statusCode() == 200).hasSize(20);
        assertThat(answers).filteredOn(answer -> answer.statusCode() != 200)
                .allSatisfy(answer -> assertRefused(answer, "temporarily_unavailable"));

        var neighbour = Browser.on(port, 2_002);
        assertRefused(neighbour.poll(neighbour.begin()), "authorization_pending");

        var code = answers.stream().filter(answer -> answer.statusCode() == 200).findFirst()
                .map(answer -> json(answer).path("user_code").asString()).orElseThrow();
        browser.signIn("anna", "beak-anna");
        browser.answers(browser.enters(code), code, true);
        assertThat(begins(stranger).statusCode()).as("a code that was used waits no longer").isEqualTo(200);
    }

    private static HttpResponse<String> begins(Browser terminal) {
        return terminal.post("/oauth2/device_authorization", Map.of("client_id", "ates-cli", "scope", "profile"));
    }

    @Test
    void only_the_command_line_begins_and_only_for_its_scope() {
        for (var client : List.of("tasks-service", "nobody")) {
            assertThat(terminal.post("/oauth2/device_authorization", Map.of("client_id", client)).statusCode())
                    .as(client).isEqualTo(401);
        }
        var withSecret = terminal.post("/oauth2/device_authorization", Map.of("scope", "profile"), "Authorization",
                Browser.basic("tasks-service", Browser.SECRET_OF + "tasks-service"));
        assertRefused(withSecret, "unauthorized_client");
        assertRefused(terminal.post("/oauth2/device_authorization", Map.of("client_id", "ates-cli", "scope", "admin")),
                "invalid_scope");
        assertThat(terminal.token("ates-cli", Map.of("grant_type", "client_credentials")).statusCode())
                .isGreaterThanOrEqualTo(400);
        assertRefused(terminal.poll(new Device("BCDF-GHJK", "made-up")), "invalid_grant");
    }

    private static void assertRefused(HttpResponse<String> answer, String error) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(json(answer).path("error").asString()).isEqualTo(error);
    }
}
