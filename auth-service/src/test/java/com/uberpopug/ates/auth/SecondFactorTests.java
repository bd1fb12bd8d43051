package com.uberpopug.ates.auth;

import static com.uberpopug.ates.auth.Browser.location;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.test.ServiceTest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpMethod;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.HtmlUtils;

/** Passkeys where admins and accountants need one. */
@ServiceTest(database = "auth", kafka = false, properties = {"ates.demo=true", "ates.issuer=http://localhost:9000",
        "ates.passkey.required-for=ADMIN,ACCOUNTANT",
        "ates.web-clients.tasks-service.secret=" + Browser.SECRET_OF + "tasks-service",
        "ates.machine-clients.robot.secret=" + Browser.SECRET_OF + "robot"})
class SecondFactorTests {

    private static final String CALLBACK = "http://localhost:8080/login/oauth2/code/ates";
    private static final String TASKS = "http://localhost:8080/login/oauth2/code/ates";
    /** The admin's passkey, for all tests of the shared database. */
    private static final SoftPasskey ADMINS = new SoftPasskey();

    @LocalServerPort
    int port;
    @Autowired
    JdbcClient database;
    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    RequestMappingHandlerMapping handlers;
    private Api admin;
    private Browser adminsBrowser;

    @BeforeEach
    void signInAdmin() {
        adminsBrowser = new Browser(port);
        adminsBrowser.signIn("admin", "beak-admin");
        if (adminsBrowser.get("/login").body().contains("/login/passkey/new")) {
            registerFirst(adminsBrowser, ADMINS);
        }
        var verifier = UUID.randomUUID() + "-" + UUID.randomUUID();
        adminsBrowser.get(Browser.authorize("tasks-service", CALLBACK, verifier));
        var back = PasskeySteps.signIn(adminsBrowser, ADMINS);
        admin = new Api(port, adminsBrowser.exchange("tasks-service", CALLBACK,
                Browser.code(adminsBrowser.get(location(back))), verifier));
    }

    @Test
    void password_alone_opens_no_page_and_brings_no_token() {
        var user = PasskeySteps.newUser(admin, port, "ACCOUNTANT");
        var browser = new Browser(port);
        browser.signIn(user.login(), user.password());
        var asked = browser.get("/login");
        assertThat(asked.body()).contains("Your role needs a passkey", "/login/passkey/new").doesNotContain(
                "id=\"username\"");
        var verifier = UUID.randomUUID() + "-" + UUID.randomUUID();
        var authorize = Browser.authorize("tasks-service", TASKS, verifier);
        assertThat(location(browser.get(authorize))).endsWith("/login");
        assertThat(location(browser.get(authorize + "&prompt=none"))).contains("error=login_required")
                .doesNotContain("code=");
        var open = new ArrayList<String>();
        handlers.getHandlerMethods().forEach((mapping, _) -> mapping.getPatternValues().forEach(pattern -> {
            var path = pattern.replaceAll("\\{[^}]+}", UUID.randomUUID().toString());
            var methods = mapping.getMethodsCondition().getMethods();
            if (methods.isEmpty() || methods.contains(RequestMethod.GET)) {
                note(open, HttpMethod.GET + " " + path, browser.get(path));
            }
            if (methods.contains(RequestMethod.POST)) {
                note(open, HttpMethod.POST + " " + path, browser.submit("/login", path, Map.of("asked", "true")));
            }
        }));
        assertThat(open).as("for anyone")
                .allMatch(each -> each.matches(
                        "(GET|POST) /(login.*|sign-out|first-password|error) 2..|GET /swagger-ui.html 302"
                                + "|GET /(v3/api-docs.yaml|.well-known/security.txt) 200"));
    }

    /** What is answered, and not by a redirect to the sign-in page or a refusal. */
    private static void note(List<String> open, String request, HttpResponse<String> answer) {
        boolean refused = answer.statusCode() >= 400 && answer.statusCode() < 500
                || answer.headers().firstValue("Location").filter(to -> to.contains("/login")).isPresent();
        if (!refused) {
            open.add(request + " " + answer.statusCode());
        }
    }

    @Test
    void first_passkey_is_registered_right_after_the_password_and_then_used() {
        var user = PasskeySteps.newUser(admin, port, "ADMIN");
        var browser = new Browser(port);
        var verifier = UUID.randomUUID() + "-" + UUID.randomUUID();
        browser.get(Browser.authorize("tasks-service", TASKS, verifier));
        var back = browser.signIn(user.login(), user.password());
        assertThat(location(browser.get(location(back)))).endsWith("/login");
        var passkey = new SoftPasskey();
        assertThat(to(registerFirst(browser, passkey))).contains("/login?passkey-registered");
        assertThat(location(browser.get("/users"))).as("registered is not used").endsWith("/login");
        browser.get(location(back));
        var signedIn = PasskeySteps.signIn(browser, passkey);
        assertThat(location(signedIn)).contains("/oauth2/authorize");
        var tokens = browser.exchange("tasks-service", TASKS, Browser.code(browser.get(location(signedIn))), verifier);
        assertThat(tokens.idClaims()).containsEntry("amr", List.of("pwd", "pop", "user", "mfa"));
        assertThat(browser.get("/users").statusCode()).isEqualTo(200);
    }

    @Test
    void label_is_kept_when_the_first_passkey_is_refused() {
        var user = PasskeySteps.newUser(admin, port, "ADMIN");
        var browser = new Browser(port);
        browser.signIn(user.login(), user.password());
        var page = browser.submit("/login", "/login/passkey/new", Map.of("label", "Key <of> Gleb"));
        var hidden = Pattern.compile("name=\"label\" value=\"([^\"]+)\"").matcher(page.body());
        assertThat(hidden.find()).as(page.body()).isTrue();
        var refused = browser.submit(page, "/login/passkey/first", Map.of("challenge", "forged", "credential", "none",
                "label", HtmlUtils.htmlUnescape(hidden.group(1))));
        var shown = browser.get(to(refused)).body();
        assertThat(shown).contains("No passkey was registered", "value=\"Key &lt;of&gt; Gleb\"");
        var tooLong = "long".repeat(26);
        assertThat(browser.get(to(browser.submit("/login", "/login/passkey/new", Map.of("label", tooLong)))).body())
                .contains("1 to 100 characters, nothing invisible", "value=\"" + tooLong + "\"");
        assertThat(browser.get("/login").body()).as("once").doesNotContain(tooLong);
    }

    @Test
    void passkey_alone_is_enough() {
        var browser = new Browser(port);
        assertThat(location(PasskeySteps.signIn(browser, ADMINS))).isEqualTo("http://localhost:8080");
        assertThat(browser.get("/users").statusCode()).isEqualTo(200);
    }

    @Test
    void password_of_somebody_with_a_passkey_registers_no_other_one() {
        var browser = new Browser(port);
        browser.signIn("admin", "beak-admin");
        assertThat(browser.get("/login").body()).doesNotContain("/login/passkey/new").contains("/login/passkey");
        assertThat(to(browser.submit("/login", "/login/passkey/new", Map.of("label", "Thief")))).endsWith("/login");
        // With a question that was made for the same user when there was no passkey.
        var user = PasskeySteps.newUser(admin, port, "ADMIN");
        var first = new Browser(port);
        first.signIn(user.login(), user.password());
        var page = first.submit("/login", "/login/passkey/new", Map.of("label", "Mine"));
        var second = new Browser(port);
        second.signIn(user.login(), user.password());
        registerFirst(second, new SoftPasskey());
        assertThat(to(first.submit(page, "/login/passkey/first", Map.of("challenge", PasskeySteps.challenge(page),
                "credential", new SoftPasskey().create(PasskeySteps.options(page)))))).endsWith("/login");
        assertThat(passkeysOf(user.id())).isOne();
    }

    @Test
    void passkey_of_another_user_completes_no_password() {
        var user = PasskeySteps.newUser(admin, port, "ACCOUNTANT");
        var passkey = new SoftPasskey();
        var first = new Browser(port);
        first.signIn(user.login(), user.password());
        registerFirst(first, passkey);
        var half = new Browser(port);
        half.signIn("admin", "beak-admin");
        assertThat(location(PasskeySteps.signIn(half, passkey))).endsWith("/login?passkey");
        // Asked for without the password's session, and answered in it.
        var asked = PasskeySteps.ask(new Browser(port));
        assertThat(location(PasskeySteps.answer(half, asked, passkey.get(asked.path("publicKey")))))
                .endsWith("/login?passkey");
        assertThat(location(half.get("/users"))).endsWith("/login");
    }

    @Test
    void user_without_a_passkey_at_hand_signs_out() {
        var user = PasskeySteps.newUser(admin, port, "ACCOUNTANT");
        var browser = new Browser(port);
        browser.signIn(user.login(), user.password());
        assertThat(browser.get("/login").body()).contains("/login/passkey/new");
        assertThat(location(browser.submit("/login", "/logout", Map.of()))).endsWith("/login?signed-out");
        assertThat(browser.get("/login").body()).contains("id=\"username\"").doesNotContain("/login/passkey/new");
    }

    @Test
    void role_that_needs_a_passkey_ends_the_sign_ins_without_one() {
        var user = PasskeySteps.newUser(admin, port, "POPUG");
        var browser = new Browser(port);
        var tokens = browser.tokens("tasks-service", TASKS, user.login(), user.password());
        assertThat(browser.get("/").statusCode()).isEqualTo(200);
        admin.change(user.id(), "{\"role\": \"accountant\"}");
        assertThat(location(browser.get("/"))).endsWith("/login");
        assertThat(database.sql("select count(*) from outbox where type = 'Sessions.Ended' and key = :session")
                .param("session", tokens.idClaims().get("sid")).query(Long.class).single()).isOne();
    }

    @Test
    void code_from_before_the_role_gives_no_token() {
        var user = PasskeySteps.newUser(admin, port, "POPUG");
        var browser = new Browser(port);
        var verifier = UUID.randomUUID() + "-" + UUID.randomUUID();
        browser.get(Browser.authorize("tasks-service", TASKS, verifier));
        var code = Browser.code(browser.get(location(browser.signIn(user.login(), user.password()))));
        // As by an instance that does not have the property yet.
        database.sql("update users set role = 'ADMIN' where id = :user").param("user", user.id()).update();
        var answer = browser.token("tasks-service", Map.of("grant_type", "authorization_code", "code", code,
                "redirect_uri", TASKS, "code_verifier", verifier));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("invalid_grant");
    }

    @Test
    void last_passkey_is_removed_by_another_admin_only() {
        var user = PasskeySteps.newUser(admin, port, "ADMIN");
        var passkey = new SoftPasskey();
        var browser = new Browser(port);
        browser.signIn(user.login(), user.password());
        registerFirst(browser, passkey);
        PasskeySteps.signIn(browser, passkey);
        browser.submit("/passkeys", "/passkeys/remove", Map.of("id", passkey.idText(), "asked", "true"));
        assertThat(browser.get("/passkeys").body()).contains("this is the last one");
        var own = "/users/" + user.id() + "/passkeys";
        browser.submit(own, own, Map.of("asked", "true"));
        assertThat(browser.get("/users/" + user.id()).body()).contains("another admin has to remove yours");
        assertThat(passkeysOf(user.id())).isOne();

        assertThat(adminsBrowser.submit(own, own, Map.of()).statusCode()).isEqualTo(409);
        adminsBrowser.submit(own, own, Map.of("asked", "true"));
        assertThat(passkeysOf(user.id())).isZero();
        assertThat(location(browser.get("/users"))).endsWith("/login");
        assertThat(location(PasskeySteps.signIn(new Browser(port), passkey))).endsWith("/login?passkey");
    }

    @Test
    void password_link_does_not_replace_the_passkey() {
        var user = PasskeySteps.newUser(admin, port, "ADMIN");
        var passkey = new SoftPasskey();
        var browser = new Browser(port);
        browser.signIn(user.login(), user.password());
        registerFirst(browser, passkey);
        var link = Browser.json(admin.post("/api/users/" + user.id() + "/password-link", "")).path("password_link")
                .asString().replaceFirst(".*=", "");
        var thief = new Browser(port);
        thief.post("/first-password", Map.of("token", link, "password", "hooked, blue", "again", "hooked, blue"));
        thief.signIn(user.login(), "hooked, blue");
        assertThat(location(thief.get("/"))).endsWith("/login");
        assertThat(thief.get("/login").body()).doesNotContain("/login/passkey/new");
        assertThat(passkeysOf(user.id())).isOne();
    }

    @Test
    void others_need_none() {
        var tokens = new Browser(port).tokens("tasks-service", CALLBACK, "gleb");
        assertThat(tokens.idClaims()).containsEntry("amr", List.of("pwd"));
        var machine = new Browser(port).token("robot", Map.of("grant_type", "client_credentials"));
        assertThat(machine.statusCode()).isEqualTo(200);
    }

    private long passkeysOf(UUID user) {
        return database.sql("select count(*) from user_credentials where user_id = :user").param("user", user)
                .query(Long.class).single();
    }

    private static HttpResponse<String> registerFirst(Browser browser, SoftPasskey passkey) {
        var page = browser.submit("/login", "/login/passkey/new", Map.of("label", "First"));
        return browser.submit(page, "/login/passkey/first", Map.of("challenge", PasskeySteps.challenge(page),
                "credential", passkey.create(PasskeySteps.options(page))));
    }

    private static String to(HttpResponse<String> redirect) {
        assertThat(redirect.statusCode()).as(redirect.body()).isEqualTo(303);
        return redirect.headers().firstValue("Location").orElseThrow();
    }
}
