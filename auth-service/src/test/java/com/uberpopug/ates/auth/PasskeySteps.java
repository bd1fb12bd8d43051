package com.uberpopug.ates.auth;

import static com.uberpopug.ates.auth.Browser.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.springframework.web.util.HtmlUtils;
import tools.jackson.databind.JsonNode;

/** What a person with a passkey does in a browser. */
final class PasskeySteps {

    private static final Pattern OPTIONS = Pattern.compile("data-passkey-create=\"([^\"]+)\"");
    private static final Pattern CHALLENGE = Pattern.compile("name=\"challenge\" value=\"([^\"]+)\"");

    private PasskeySteps() {
    }

    /** A user and their password. */
    record Someone(UUID id, String login, String password) {
    }

    static Someone newUser(int port, String role) {
        return newUser(new Api(port, "admin"), port, role);
    }

    static Someone newUser(Api admin, int port, String role) {
        var login = "keys-" + UUID.randomUUID().toString().substring(0, 8);
        var created = json(admin.post("/api/users", """
                {"login": "%s", "display_name": "%s", "language": "en", "role": "%s"}
                """.formatted(login, login, role.toLowerCase(Locale.ROOT))));
        var password = "curved and " + login.replace("keys", "red");
        new Browser(port).post("/first-password",
                Map.of("token", created.path("first_password_link").asString().replaceFirst(".*=", ""), "password",
                        password, "again", password));
        return new Someone(UUID.fromString(created.path("user_id").asString()), login, password);
    }

    /** The question of the sign-in page. */
    static JsonNode ask(Browser browser) {
        var answer = browser.get("/login/passkey", "Accept", "application/json");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return json(answer);
    }

    static HttpResponse<String> answer(Browser browser, JsonNode asked, String answer) {
        return browser.signInWith(Map.of("challenge", asked.path("challenge").asString(), "credential", answer));
    }

    static HttpResponse<String> signIn(Browser browser, SoftPasskey passkey) {
        var asked = ask(browser);
        return answer(browser, asked, passkey.get(asked.path("publicKey")));
    }

    static HttpResponse<String> askToRegister(Browser browser) {
        var page = browser.submit("/passkeys/new", "/passkeys/new", Map.of("label", "My laptop"));
        assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
        return page;
    }

    static HttpResponse<String> register(Browser browser, SoftPasskey passkey) {
        var page = askToRegister(browser);
        return browser.submit(page, "/passkeys",
                Map.of("challenge", challenge(page), "credential", passkey.create(options(page))));
    }

    static String options(HttpResponse<String> page) {
        return HtmlUtils.htmlUnescape(found(OPTIONS, page));
    }

    static String challenge(HttpResponse<String> page) {
        return found(CHALLENGE, page);
    }

    private static String found(Pattern pattern, HttpResponse<String> page) {
        var found = pattern.matcher(page.body());
        assertThat(found.find()).as(page.body()).isTrue();
        return found.group(1);
    }
}
