package com.uberpopug.ates.auth;

import static com.uberpopug.ates.auth.Browser.json;
import static com.uberpopug.ates.auth.Browser.location;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Every rule of passwords holds at every place where a person sets one, and each refusal names the rule. */
@AuthServiceTest
class SettingPasswordsTests {

    /** Broken in English and in Russian. */
    private record Texts(String english, String russian) {
    }

    private static final Texts SHORT = new Texts("It must have 8 characters or more", "Нужно не меньше 8 символов");
    private static final Texts LONG = new Texts("It must have 128 characters or fewer", "Нужно не больше 128 символов");
    private static final Texts CHARACTERS = new Texts("no control or invisible", "управляющих и невидимых");
    private static final Texts COMMON = new Texts("It is a common password", "Это распространённый пароль");
    private static final Texts PERSONAL = new Texts("your login, your name or your email", "вашего логина, имени или");
    private static final Texts COMPANY = new Texts("company’s name: uberpopug", "названия компании: uberpopug");

    private static final Map<String, Texts> BROKEN = Map.ofEntries(Map.entry("", SHORT), Map.entry("x7 k2 q", SHORT),
            Map.entry("кривой!", SHORT), Map.entry("🦜".repeat(7), SHORT), Map.entry("x7 k2 qz".repeat(16) + "9", LONG),
            Map.entry("x".repeat(3_000), LONG), Map.entry("hooked,\u200Bred", CHARACTERS),
            Map.entry("hooked,\u0007red", CHARACTERS), Map.entry("Password2024!", COMMON),
            Map.entry("йцукен123", COMMON), Map.entry("1QAZ2WSX", COMMON), Map.entry("aaaaaaaaaaaaaaaaaaaa", COMMON),
            Map.entry("x7 the-WADER k2", PERSONAL), Map.entry("x7 Flamíngo k2", PERSONAL),
            Map.entry("x7 SPOONBILL k2", PERSONAL), Map.entry("x7 UberPopug k2", COMPANY),
            Map.entry("x7 ATES k2", COMPANY));

    private static final List<String> ACCEPTED = List.of("curved, 8", "я".repeat(63) + "ж", "弯曲的红色鸟嘴啊".repeat(16),
            "🦜🪶🌴🥥🦩🐚🌋🐦".repeat(16), "a quaint feather in 3 colours");

    @LocalServerPort
    int port;

    private interface Way {
        HttpResponse<String> sets(String password, String language);
    }

    /** At a link, and with the current password. */
    private Map<String, Way> ways() {
        var admin = new Api(port, "admin");
        var created = admin.post("/api/users",
                """
                        {"login": "the-wader", "display_name": "Flamingo", "email": "spoonbill@example.org", "role": "popug"}""");
        var id = UUID.fromString(json(created).path("user_id").asString());
        var browser = new Browser(port);
        assertThat(location(new Browser(port).post("/first-password", Map.of("token", token(admin, id), "password",
                "curved, 7", "again", "curved, 7")))).endsWith("?chosen");
        browser.signIn("the-wader", "curved, 7");
        var ways = new LinkedHashMap<String, Way>();
        var link = token(admin, id);
        ways.put("link", (password, language) -> new Browser(port).post("/first-password",
                Map.of("token", link, "password", password, "again", password), "Accept", "text/html",
                "Accept-Language", language, "Cookie", "ates_language=" + language));
        ways.put("/password", (password, language) -> browser.post("/password", Map.of("current", "curved, 7",
                "password", password, "again", password, "_csrf", Browser.csrf(browser.get("/").body())), "Accept",
                "text/html", "Cookie", "ates_language=" + language));
        return ways;
    }

    @Test
    void every_way_to_set_a_password_refuses_every_broken_rule_names_it_and_sets_nothing() {
        var ways = ways();
        ways.forEach((way, set) -> BROKEN.forEach((password, rule) -> {
            var refused = set.sets(password, "en");
            assertThat(refused.statusCode()).as(way + ": " + password).isEqualTo(422);
            assertThat(refused.body()).as(way + ": " + password).contains(rule.english());
            assertThat(set.sets(password, "ru").body()).as(way + ": " + password).contains(rule.russian());
            if (password.length() > 6) {
                assertThat(refused.body()).as(way).doesNotContain(password);
            }
        }));
        assertThat(location(new Browser(port).signIn("the-wader", "curved, 7"))).isEqualTo("http://localhost:8080");
        assertThat(location(ways.get("link").sets("curved, 9", "en"))).as("the link is still valid")
                .endsWith("?chosen");
    }

    @Test
    void accepted_passwords_of_any_script_up_to_the_longest_are_set_and_sign_in() {
        var admin = new Api(port, "admin");
        var id = admin.create("chooser");
        for (var password : ACCEPTED) {
            assertThat(location(new Browser(port).post("/first-password", Map.of("token", token(admin, id), "password",
                    password, "again", password)))).as(password).endsWith("?chosen");
            var browser = new Browser(port);
            assertThat(location(browser.signIn("chooser", password))).as(password).isEqualTo("http://localhost:8080");
            assertThat(location(browser.submit("/", "/password", Map.of("current", password, "password",
                    "hooked, 1", "again", "hooked, 1")))).endsWith("?chosen");
            assertThat(location(browser.signIn("chooser", "hooked, 1"))).isEqualTo("http://localhost:8080");
        }
    }

    private static String token(Api admin, UUID user) {
        return json(admin.post("/api/users/" + user + "/password-link", "")).path("password_link").asString()
                .replaceFirst(".*=", "");
    }
}
