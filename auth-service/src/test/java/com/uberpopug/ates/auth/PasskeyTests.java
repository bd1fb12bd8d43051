package com.uberpopug.ates.auth;

import static com.uberpopug.ates.auth.Browser.location;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Passkeys where nobody needs one. */
@AuthServiceTest
class PasskeyTests {

    private static final String CALLBACK = "http://localhost:8080/login/oauth2/code/ates";

    @LocalServerPort
    int port;
    @Autowired
    JdbcClient database;

    @Test
    void passkey_opens_the_page_that_was_asked_for_and_its_tokens_tell_so() {
        var passkey = new SoftPasskey();
        var user = newUser();
        register(user, passkey);
        var browser = new Browser(port);
        var verifier = UUID.randomUUID() + "-" + UUID.randomUUID();
        assertThat(location(browser.get(Browser.authorize("tasks-service", CALLBACK, verifier)))).endsWith("/login");
        var back = PasskeySteps.signIn(browser, passkey);
        assertThat(location(back)).contains("/oauth2/authorize");
        var tokens = browser.exchange("tasks-service", CALLBACK, Browser.code(browser.get(location(back))), verifier);
        assertThat(tokens.idClaims()).containsEntry("amr", List.of("pop", "user", "mfa"))
                .containsEntry("sub", user.id().toString()).containsKey("sid");
        assertThat(browser.get("/passkeys").body()).contains("My laptop");
        assertThat(database.sql("select count(*) from spring_session where principal_name = :user")
                .param("user", user.id().toString()).query(Long.class).single()).isEqualTo(2);
        assertThat(new Browser(port).tokens("tasks-service", CALLBACK, user.login(), user.password()).idClaims())
                .containsEntry("amr", List.of("pwd"));
        assertThat(location(browser.submit("/passkeys", "/logout", Map.of()))).endsWith("/login?signed-out");
        assertThat(location(browser.get("/passkeys"))).endsWith("/login");
    }

    @Test
    void sign_in_by_passkey_replaces_the_id_of_the_session() {
        var passkey = new SoftPasskey();
        var user = newUser();
        var browser = register(user, passkey);
        var before = browser.cookie("ATES_AUTH");
        PasskeySteps.signIn(new Browser(port), passkey);
        database.sql("delete from spring_session where principal_name = :user").param("user", user.id().toString())
                .update();
        assertThat(location(PasskeySteps.signIn(browser, passkey))).isEqualTo("http://localhost:8080");
        assertThat(browser.cookie("ATES_AUTH")).isNotEqualTo(before);
        assertThat(browser.get("/passkeys").statusCode()).isEqualTo(200);
    }

    @Test
    void answer_counts_once() {
        var passkey = new SoftPasskey();
        register(newUser(), passkey);
        var browser = new Browser(port);
        var asked = PasskeySteps.ask(browser);
        var answer = passkey.get(asked.path("publicKey"));
        assertThat(location(PasskeySteps.answer(browser, asked, answer))).isEqualTo("http://localhost:8080");
        refuses(PasskeySteps.answer(new Browser(port), asked, answer));
    }

    @Test
    void answers_that_are_not_the_passkeys_are_refused() {
        var passkey = new SoftPasskey();
        register(newUser(), passkey);
        var other = new SoftPasskey();
        register(newUser(), other);

        var elsewhere = "http://localhost:9001";
        passkey.origin = elsewhere;
        refuses(PasskeySteps.signIn(new Browser(port), passkey));
        passkey.origin = SoftPasskey.ORIGIN;

        int verified = passkey.user;
        passkey.user = 1;
        refuses(PasskeySteps.signIn(new Browser(port), passkey));
        passkey.user = verified;

        var thief = new SoftPasskey();
        thief.id = passkey.id;
        refuses(PasskeySteps.signIn(new Browser(port), thief));
        var unknown = new SoftPasskey();
        refuses(PasskeySteps.signIn(new Browser(port), unknown));
        // With the id of another user's passkey, or the user handle of another user.
        var mine = other.id;
        other.id = passkey.id;
        refuses(PasskeySteps.signIn(new Browser(port), other));
        other.id = mine;

        var browser = new Browser(port);
        var asked = PasskeySteps.ask(browser);
        var stale = PasskeySteps.ask(browser);
        refuses(PasskeySteps.answer(browser, stale, passkey.get(asked.path("publicKey"))));
        for (var nonsense : List.of("", "{}", "[]", "null", "{\"rawId\":\"AA\"}", "x".repeat(100_000),
                "{\"id\":\"%1$s\",\"rawId\":\"%1$s\",\"type\":\"public-key\",\"response\":{}}"
                        .formatted(passkey.idText()))) {
            refuses(PasskeySteps.answer(browser, asked, nonsense));
        }
        for (var challenge : List.of("", "AAAA", "x".repeat(10_000))) {
            refuses(browser.submit("/login", "/login/passkey", Map.of("challenge", challenge, "credential",
                    passkey.get(asked.path("publicKey")))));
        }
        assertThat(location(PasskeySteps.answer(browser, asked, passkey.get(asked.path("publicKey")))))
                .isEqualTo("http://localhost:8080");
    }

    @Test
    void copy_of_a_passkey_that_has_counted_less_is_refused() {
        var passkey = new SoftPasskey();
        passkey.count = 1;
        register(newUser(), passkey);
        passkey.count = 7;
        assertThat(location(PasskeySteps.signIn(new Browser(port), passkey))).isEqualTo("http://localhost:8080");
        passkey.count = 5;
        refuses(PasskeySteps.signIn(new Browser(port), passkey));
        passkey.count = 8;
        assertThat(location(PasskeySteps.signIn(new Browser(port), passkey))).isEqualTo("http://localhost:8080");
    }

    @Test
    void removed_passkey_deactivated_user_and_erased_user_stay_outside() {
        var passkey = new SoftPasskey();
        var spare = new SoftPasskey();
        var user = newUser();
        var browser = register(user, passkey);
        PasskeySteps.register(browser, spare);
        var path = "/passkeys/remove?id=" + passkey.idText();
        assertThat(browser.get(path).body()).contains("Remove the passkey");
        assertThat(browser.submit(path, "/passkeys/remove", Map.of("id", passkey.idText())).statusCode())
                .isEqualTo(409);
        assertThat(browser.submit(path, "/passkeys/remove", Map.of("id", passkey.idText(), "asked", "true"))
                .headers().firstValue("Location").orElseThrow()).endsWith("/passkeys");
        refuses(PasskeySteps.signIn(new Browser(port), passkey));

        var admin = new Api(port, "admin");
        admin.change(user.id(), "{\"active\": false}");
        assertThat(location(PasskeySteps.signIn(new Browser(port), spare))).endsWith("/login?deactivated");
        admin.change(user.id(), "{\"active\": true}");
        assertThat(location(PasskeySteps.signIn(new Browser(port), spare))).isEqualTo("http://localhost:8080");
        admin.delete("/api/users/" + user.id());
        refuses(PasskeySteps.signIn(new Browser(port), spare));
        assertThat(database.sql("select count(*) from user_credentials where credential_id = :id")
                .param("id", spare.idText()).query(Long.class).single()).isZero();
    }

    @Test
    void passkey_of_another_user_is_not_removed_and_does_not_exist() {
        var passkey = new SoftPasskey();
        register(newUser(), passkey);
        var user = newUser();
        var browser = register(user, new SoftPasskey());
        assertThat(browser.get("/passkeys/remove?id=" + passkey.idText()).statusCode()).isEqualTo(404);
        assertThat(browser.submit("/passkeys", "/passkeys/remove", Map.of("id", passkey.idText(), "asked", "true"))
                .statusCode()).isEqualTo(404);
        assertThat(location(PasskeySteps.signIn(new Browser(port), passkey))).isEqualTo("http://localhost:8080");
    }

    @Test
    void passkey_needs_a_name_that_can_be_read() {
        var browser = signedIn(newUser());
        for (var label : List.of(" ", "x".repeat(101), "a\u0007b", "\u200B")) {
            var refused = browser.submit("/passkeys/new", "/passkeys/new", Map.of("label", label));
            assertThat(refused.statusCode()).isEqualTo(422);
            assertThat(refused.body()).contains("id=\"label-error\"");
        }
    }

    @Test
    void passkey_is_a_new_sign_in_of_the_same_user_where_one_is_needed() {
        var passkey = new SoftPasskey();
        var user = newUser();
        var browser = register(user, passkey);
        var other = new SoftPasskey();
        register(newUser(), other);
        var verifier = UUID.randomUUID() + "-" + UUID.randomUUID();
        var sid = browser.exchange("tasks-service", CALLBACK, Browser.code(browser.get(
                Browser.authorize("tasks-service", CALLBACK, verifier))), verifier).idClaims().get("sid");
        var asked = Browser.authorize("tasks-service", CALLBACK, verifier) + "&prompt=login";
        assertThat(location(browser.get(asked))).endsWith("/login");
        assertThat(PasskeySteps.signIn(browser, other).headers().firstValue("Location").orElseThrow())
                .contains("/login?already");
        browser.get(asked);
        var back = PasskeySteps.signIn(browser, passkey);
        assertThat(location(back)).contains("/oauth2/authorize").doesNotContain("prompt");
        assertThat(browser.exchange("tasks-service", CALLBACK, Browser.code(browser.get(location(back))), verifier)
                .idClaims()).containsEntry("sid", sid).containsEntry("amr", List.of("pop", "user", "mfa"));
    }

    @Test
    void question_of_one_user_registers_nothing_for_another_and_nothing_twice() {
        var user = newUser();
        var browser = signedIn(user);
        var page = PasskeySteps.askToRegister(browser);
        var passkey = new SoftPasskey();
        var answer = passkey.create(PasskeySteps.options(page));
        var thief = newUser();
        var other = signedIn(thief);
        var form = Map.of("challenge", PasskeySteps.challenge(page), "credential", answer);
        other.submit("/passkeys", "/passkeys", form);
        assertThat(passkeysOf(thief)).isZero();
        browser.submit("/passkeys", "/passkeys", form);
        browser.submit("/passkeys", "/passkeys", form);
        assertThat(passkeysOf(user)).isOne();
        // The same authenticator again, and for another user: its id is taken.
        var again = PasskeySteps.askToRegister(browser);
        browser.submit("/passkeys", "/passkeys", Map.of("challenge", PasskeySteps.challenge(again), "credential",
                passkey.create(PasskeySteps.options(again))));
        assertThat(passkeysOf(user)).isOne();
        PasskeySteps.register(other, passkey);
        assertThat(passkeysOf(thief)).isZero();
    }

    @Test
    void eleventh_passkey_is_refused() {
        var user = newUser();
        var browser = signedIn(user);
        var late = PasskeySteps.askToRegister(browser);
        for (int i = 0; i < 10; i++) {
            PasskeySteps.register(browser, new SoftPasskey());
        }
        assertThat(browser.submit("/passkeys/new", "/passkeys/new", Map.of("label", "L")).body())
                .doesNotContain("data-passkey-create");
        browser.submit("/passkeys", "/passkeys", Map.of("challenge", PasskeySteps.challenge(late), "credential",
                new SoftPasskey().create(PasskeySteps.options(late))));
        assertThat(browser.get("/passkeys").body()).contains("You have ten passkeys");
        assertThat(passkeysOf(user)).isEqualTo(10);
    }

    @Test
    void strangers_cause_no_rows() {
        long before = rows();
        var stranger = new Browser(port);
        for (int i = 0; i < 20; i++) {
            PasskeySteps.signIn(stranger, new SoftPasskey());
        }
        assertThat(rows()).isEqualTo(before);
    }

    @Test
    void form_of_another_site_signs_nobody_in() {
        var passkey = new SoftPasskey();
        register(newUser(), passkey);
        var browser = new Browser(port);
        var asked = PasskeySteps.ask(browser);
        var form = Map.of("challenge", asked.path("challenge").asString(), "credential",
                passkey.get(asked.path("publicKey")));
        assertThat(location(browser.post("/login/passkey", form, "Sec-Fetch-Site", "cross-site", "Accept",
                "text/html"))).endsWith("/login?too-old");
        assertThat(location(browser.get("/"))).endsWith("/login");
    }

    private long rows() {
        return database.sql("""
                select (select count(*) from spring_session) + (select count(*) from used_passkey_challenges)
                     + (select count(*) from sign_in_attempts)
                """).query(Long.class).single();
    }

    private long passkeysOf(PasskeySteps.Someone user) {
        return database.sql("select count(*) from user_credentials where user_id = :user").param("user", user.id())
                .query(Long.class).single();
    }

    private PasskeySteps.Someone newUser() {
        return PasskeySteps.newUser(port, "POPUG");
    }

    private Browser signedIn(PasskeySteps.Someone user) {
        var browser = new Browser(port);
        browser.signIn(user.login(), user.password());
        return browser;
    }

    private Browser register(PasskeySteps.Someone user, SoftPasskey passkey) {
        var browser = signedIn(user);
        assertThat(PasskeySteps.register(browser, passkey).headers().firstValue("Location")
                .orElseThrow()).endsWith("/passkeys");
        return browser;
    }

    private static void refuses(HttpResponse<String> answer) {
        assertThat(location(answer)).endsWith("/login?passkey");
    }
}
