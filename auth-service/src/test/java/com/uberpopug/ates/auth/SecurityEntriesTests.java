package com.uberpopug.ates.auth;

import static com.uberpopug.ates.auth.Browser.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.events.security.v1.SecurityRecorded;
import com.uberpopug.ates.platform.test.SecurityEntries;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Each action, through its real door, makes exactly one entry of its kind in the security log. */
@AuthServiceTest
class SecurityEntriesTests {

    private static final UUID ADMIN = UUID.fromString("00000000-0000-7000-8000-000000000001");
    private static final String PASSWORD = "a beak like no other %s".formatted(UUID.randomUUID());

    private final String address = "127.%d.%d.7".formatted(ThreadLocalRandom.current().nextInt(1, 250),
            ThreadLocalRandom.current().nextInt(1, 250));

    @LocalServerPort
    private int port;

    @Autowired
    private JdbcClient database;

    private Api admin;
    private String login;
    private UUID user;
    private String link;
    private List<SecurityRecorded> before;

    /** A new user, and what was recorded until then. */
    @BeforeEach
    void createUser() {
        admin = new Api(port, "admin");
        login = "s-" + UUID.randomUUID();
        var created = json(admin.post("/api/users", Api.newUser(login)));
        user = UUID.fromString(created.path("user_id").asString());
        link = created.path("first_password_link").asString().replaceFirst(".*token=", "");
        before = SecurityEntries.in(database);
    }

    private record Action(String name, Consumer<SecurityEntriesTests> step, String kind, String outcome, Who actor,
            Who concerned, @Nullable String subject) {

        @Override
        public String toString() {
            return name;
        }
    }

    private enum Who {
        ADMIN, USER, NOBODY;

        private @Nullable UUID id(SecurityEntriesTests test) {
            return switch (this) {
                case ADMIN -> SecurityEntriesTests.ADMIN;
                case USER -> test.user;
                case NOBODY -> null;
            };
        }
    }

    static Stream<Action> actions() {
        return Stream.of(
                new Action("create a user", test -> test.user = test.admin.create("t-" + UUID.randomUUID()),
                        "USER_CREATED", "DONE", Who.ADMIN, Who.USER, "popug"),
                new Action("change a role", test -> test.admin.change(test.user, "{\"role\": \"manager\"}"),
                        "ROLE_CHANGED", "DONE", Who.ADMIN, Who.USER, "popug > manager"),
                new Action("change an email", test -> test.admin.change(test.user, "{\"email\": null}"),
                        "EMAIL_CHANGED", "DONE", Who.ADMIN, Who.USER, null),
                new Action("deactivate", test -> test.admin.change(test.user, "{\"active\": false}"),
                        "USER_DEACTIVATED", "DONE", Who.ADMIN, Who.USER, null),
                new Action("activate", test -> {
                    test.admin.change(test.user, "{\"active\": false}");
                    test.admin.change(test.user, "{\"active\": true}");
                }, "USER_ACTIVATED", "DONE", Who.ADMIN, Who.USER, null),
                new Action("erase", test -> test.admin.delete("/api/users/" + test.user), "USER_ERASED", "DONE",
                        Who.ADMIN, Who.USER, null),
                new Action("announce a user", test -> test.announce(test.user), "USER_ANNOUNCED", "DONE", Who.ADMIN,
                        Who.USER, "STATE"),
                new Action("announce an erased user", test -> {
                    test.admin.delete("/api/users/" + test.user);
                    test.announce(test.user);
                }, "USER_ANNOUNCED", "DONE", Who.ADMIN, Who.USER, "NO_SUCH_USER"),
                new Action("make a link",
                        test -> test.admin.post("/api/users/" + test.user + "/password-link", ""), "LINK_MADE", "DONE",
                        Who.ADMIN, Who.USER, null),
                new Action("use a link", SecurityEntriesTests::choosePassword, "LINK_USED", "DONE", Who.USER, Who.USER,
                        null),
                new Action("use a link that there is not",
                        test -> test.stranger("/first-password",
                                "token=none&password=" + PASSWORD + "&again=" + PASSWORD),
                        "LINK_USED",
                        "FAILED", Who.NOBODY, Who.NOBODY, null),
                new Action("sign in", SecurityEntriesTests::signIn, "SIGN_IN", "DONE", Who.USER, Who.USER, "password"),
                new Action("sign in with a wrong password",
                        test -> new Browser(test.port).signIn(test.login, "a wrong one"), "SIGN_IN", "FAILED",
                        Who.NOBODY, Who.USER, "wrong"),
                new Action("sign in with an unknown login",
                        test -> test.stranger("/login", "username=nobody&password=guessed"), "SIGN_IN",
                        "FAILED", Who.NOBODY, Who.NOBODY, "wrong"),
                new Action("sign in while deactivated", test -> {
                    test.choosePassword();
                    test.admin.change(test.user, "{\"active\": false}");
                    new Browser(test.port).signIn(test.login, PASSWORD);
                }, "SIGN_IN", "FAILED", Who.NOBODY, Who.USER, "deactivated"),
                new Action("add a passkey", test -> PasskeySteps.register(test.signIn(), new SoftPasskey()),
                        "PASSKEY_ADDED", "DONE", Who.USER, Who.USER, null),
                new Action("sign in by a passkey", test -> {
                    var passkey = new SoftPasskey();
                    PasskeySteps.register(test.signIn(), passkey);
                    PasskeySteps.signIn(new Browser(test.port), passkey);
                }, "SIGN_IN", "DONE", Who.USER, Who.USER, "passkey"),
                new Action("sign in by an unknown passkey",
                        test -> test.stranger("/login/passkey", "challenge=none&credential=none"), "SIGN_IN", "FAILED",
                        Who.NOBODY, Who.NOBODY, "passkey"),
                new Action("remove a passkey", test -> {
                    var passkey = new SoftPasskey();
                    var browser = test.signIn();
                    PasskeySteps.register(browser, passkey);
                    browser.submit("/passkeys", "/passkeys/remove", Map.of("id", passkey.idText(), "asked", "true"));
                }, "PASSKEY_REMOVED", "DONE", Who.USER, Who.USER, null),
                new Action("sign out", test -> test.signIn().submit("/", "/logout", Map.of()), "SIGN_OUT", "DONE",
                        Who.USER, Who.USER, null),
                new Action("change the password",
                        test -> test.signIn().submit("/", "/password",
                                Map.of("current", PASSWORD, "password", PASSWORD + "!", "again", PASSWORD + "!")),
                        "PASSWORD_CHANGE", "DONE", Who.USER, Who.USER, null),
                new Action("change the password without knowing it",
                        test -> test.signIn().submit("/", "/password",
                                Map.of("current", "a wrong one", "password", PASSWORD + "!", "again", PASSWORD + "!")),
                        "PASSWORD_CHANGE", "FAILED", Who.USER, Who.USER, null),
                new Action("open an admin's page", test -> test.signIn().get("/users"), "CALL_REFUSED", "REFUSED",
                        Who.USER, Who.NOBODY, "GET /users"),
                new Action("call with a token that is none",
                        test -> test.stranger("/api/users", "", "Authorization", "Bearer nonsense"), "TOKEN_REFUSED",
                        "REFUSED", Who.NOBODY, Who.NOBODY, "POST /api/users"),
                new Action("name a client with a wrong secret",
                        test -> test.stranger("/oauth2/token", "grant_type=client_credentials", "Authorization",
                                Browser.basic("robot", "guessed")),
                        "TOKEN_REFUSED", "REFUSED", Who.NOBODY, Who.NOBODY, "POST /oauth2/token"));
    }

    @ParameterizedTest
    @MethodSource("actions")
    void action_makes_one_entry_with_who_whom_and_outcome(Action action) {
        action.step().accept(this);
        await().until(() -> fresh(action.kind(), action.outcome()).stream()
                .anyMatch(entry -> Objects.equals(entry.getSubject(), action.subject())));
        assertThat(fresh(action.kind(), action.outcome()))
                .filteredOn(entry -> Objects.equals(entry.getSubject(), action.subject()))
                .singleElement().satisfies(entry -> {
                    assertThat(entry.getService()).isEqualTo("auth-service");
                    assertThat(entry.getActorId()).isEqualTo(action.actor().id(this));
                    assertThat(entry.getUserId()).isEqualTo(action.concerned().id(this));
                    assertThat(entry.getAddress()).isIn("127.0.0.1", "0:0:0:0:0:0:0:1", address);
                    assertThat(entry.getUserAgent()).startsWith("Java-http-client/");
                    assertThat(entry.getTrace()).matches("[0-9a-f]{32}");
                    assertThat(entry.getTimes()).isOne();
                    assertThat(entry.getLoginHash() != null)
                            .isEqualTo(action.name().equals("sign in with an unknown login"));
                });
    }

    @Test
    void log_holds_neither_names_nor_what_was_typed() {
        new Browser(port).signIn(login, "typed-secret-1");
        stranger("/login", "username=typed-secret-2&password=typed-secret-3");
        admin.change(user, "{\"display_name\": \"typed-secret-4\", \"email\": \"typed-secret-5@uberpopug.example\"}");
        await().until(() -> fresh("SIGN_IN", "FAILED").size() >= 2);
        assertThat(SecurityEntries.in(database)).extracting(SecurityRecorded::toString)
                .noneMatch(entry -> entry.contains("typed-secret") || entry.contains(login));
    }

    @Test
    void signing_keys_are_made_by_the_system() {
        assertThat(SecurityEntries.in(database)).filteredOn(entry -> entry.getKind().equals("SIGNING_KEY_MADE"))
                .isNotEmpty().allSatisfy(entry -> {
                    assertThat(entry.getSubject()).isNotBlank();
                    assertThat(entry.getActorId()).isNull();
                    assertThat(entry.getAddress()).isNull();
                });
    }

    @Test
    void refused_or_rolled_back_change_leaves_no_entry() {
        assertThat(admin.post("/api/users", Api.newUser(login)).statusCode()).isEqualTo(409);
        assertThat(admin.send(admin.request("/api/users/" + user).header("Content-Type", "application/json")
                .header("If-Match", "\"99\"").method("PATCH",
                        BodyPublishers.ofString("{\"role\": \"admin\"}")))
                .statusCode()).isEqualTo(412);
        admin.change(user, "{\"role\": \"popug\"}");
        admin.change(user, "{\"role\": \"accountant\"}");
        assertThat(fresh("USER_CREATED", "DONE")).isEmpty();
        assertThat(fresh("ROLE_CHANGED", "DONE")).extracting(SecurityRecorded::getSubject)
                .containsExactly("popug > accountant");
    }

    private List<SecurityRecorded> fresh(String kind, String outcome) {
        // Other tests fail as strangers of another address, and are written late.
        return SecurityEntries.in(database).stream()
                .filter(entry -> Stream.of(ADMIN, user).anyMatch(own -> own.equals(entry.getActorId())
                        || own.equals(entry.getUserId())) || address.equals(entry.getAddress()))
                .filter(entry -> !before.contains(entry) && entry.getKind().equals(kind)
                        && entry.getOutcome().equals(outcome))
                .toList();
    }

    private Browser signIn() {
        choosePassword();
        var browser = new Browser(port);
        browser.signIn(login, PASSWORD);
        return browser;
    }

    /** From an address of this test. */
    private void stranger(String path, String form, String... headers) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Content-Type", "application/x-www-form-urlencoded").header("Sec-Fetch-Site", "same-origin")
                .POST(BodyPublishers.ofString(form.replace(' ', '+')));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try (var http = HttpClient.newBuilder().localAddress(InetAddress.ofLiteral(address)).build()) {
            http.send(request.build(), BodyHandlers.discarding());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void announce(UUID id) {
        admin.post("/api/users/" + id + "/announcement", "");
    }

    private void choosePassword() {
        choosePassword(link);
    }

    private void choosePassword(String token) {
        new Browser(port).post("/first-password", Map.of("token", token, "password", PASSWORD, "again", PASSWORD));
    }
}
