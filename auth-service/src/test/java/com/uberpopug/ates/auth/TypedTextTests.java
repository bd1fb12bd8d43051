package com.uberpopug.ates.auth;

import static com.uberpopug.ates.auth.Browser.json;
import static com.uberpopug.ates.auth.Browser.location;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import tools.jackson.databind.json.JsonMapper;

/** Names, addresses and passwords in every Unicode form, on the pages and in the API. */
@AuthServiceTest
class TypedTextTests {

    private static final JsonMapper JSON = new JsonMapper();
    private static final List<String> PARROTS = List.of("клюв кривой", "й ё й ё й ё", "한국의 앵무새 부리", "näkökyky");

    @LocalServerPort
    int port;
    @Autowired
    JdbcClient database;

    private Api api;
    private Browser admin;
    private UUID user;

    @BeforeEach
    void somebody() {
        api = new Api(port, "admin");
        admin = new Browser(port);
        admin.signIn("admin", "beak-admin");
        user = api.create("typed-" + UUID.randomUUID());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Йодин", "Großstraße", "ΟΔΟΣ ΣΟΣ", "İnci", "Işıl", "ᲡᲐᲥᲐ", "ᏣᎳᎩ", "한비앵", "ﬁﬂ ﬃ", "Ёжик",
            "Ĳssel"})
    void user_is_found_by_name_in_every_unicode_form(String name) {
        api.change(user, JSON.writeValueAsString(Map.of("display_name", name)));
        forms(name).forEach(form -> {
            assertThat(found(form)).as(form).contains(user.toString());
            assertThat(admin.get("/users?q=" + encoded(form)).body()).as(form).contains("/users/" + user);
        });
    }

    @Test
    void user_is_found_by_login_and_address_in_every_form_and_not_by_wildcards() {
        api.change(user, "{\"email\": \"Ein_Papagei@Example.Org\"}");
        forms("ein_papagei@EXAMPLE").forEach(form -> assertThat(found(form)).contains(user.toString()));
        assertThat(found("ein＿papagei")).as("full-width letters").contains(user.toString());
        assertThat(found("ein%papagei")).isEmpty();
        assertThat(found("einXpapagei")).isEmpty();
        assertThat(found("TYPED-")).contains(user.toString());
    }

    @ParameterizedTest
    @CsvSource({"я, 100", "\uD83E\uDD9C, 100", "и\u0306, 100", "\u1112\u1161\u11ab, 100", "\u0958, 50"})
    void length_of_a_name_is_counted_alike_on_the_pages_and_in_the_api(String letter, int most) {
        for (int more : List.of(0, 1)) {
            var name = letter.repeat(most + more);
            assertThat(api.patch("/api/users/" + user, JSON.writeValueAsString(Map.of("display_name", name)))
                    .statusCode()).isEqualTo(more == 0 ? 200 : 422);
            assertThat(byForm(Map.of("displayName", name, "email", "", "role", "POPUG", "language", "EN")))
                    .isEqualTo(more == 0 ? 302 : 422);
            assertThat(admin.submit("/", "/profile", Map.of("displayName", name, "language", "EN")).statusCode())
                    .isEqualTo(more == 0 ? 302 : 422);
        }
        assertThat(database.sql("select display_name from users where id = ?").param(user).query(String.class).single())
                .isEqualTo(Normalizer.normalize(letter.repeat(most), Form.NFC));
        admin.submit("/", "/profile", Map.of("displayName", "Admin", "language", "EN"));
    }

    @ParameterizedTest
    @CsvSource({"anna+tag@example.org, true", "o'hara@example.org, true", "a@xn--e1afmkfd.xn--p1ai, true",
            "a..b@example.org, false", ".a@example.org, false", "a.@example.org, false", "a@localhost, false",
            "a@-example.org, false", "a@example-.org, false", "a@example..org, false", "a@example.org., false",
            "a@[127.0.0.1], false", "йод@example.org, false", "a@пример.рф, false"})
    void address_is_accepted_or_refused_alike_on_the_pages_and_in_the_api(String address, boolean isTaken) {
        var json = JSON.writeValueAsString(Map.of("email", address));
        assertThat(api.patch("/api/users/" + user, json).statusCode()).isEqualTo(isTaken ? 200 : 422);
        assertThat(api.post("/api/users", JSON.writeValueAsString(Map.of("login", "mail-" + UUID.randomUUID(),
                "display_name", "Mail", "email", address, "role", "popug"))).statusCode())
                .isEqualTo(isTaken ? 201 : 422);
        assertThat(byForm(Map.of("displayName", "Kesha", "email", address, "role", "POPUG", "language", "EN")))
                .isEqualTo(isTaken ? 302 : 422);
        var taken = admin.submit("/users/new", "/users", Map.of("login", "mail-" + UUID.randomUUID(), "displayName",
                "Mail", "email", address, "role", "POPUG", "language", "EN"));
        assertThat(taken.statusCode()).isEqualTo(isTaken ? 302 : 422);
    }

    @Test
    void password_is_the_same_in_every_unicode_form() {
        for (var password : PARROTS) {
            choose(password);
            for (var form : List.of(Form.NFC, Form.NFD)) {
                assertThat(signsIn(Normalizer.normalize(password, form))).as(password).isTrue();
                assertThat(signsIn(Normalizer.normalize(password.replace(' ', '\u00A0'), form))).as(password).isTrue();
            }
            assertThat(signsIn(password.toUpperCase(Locale.ROOT))).as(password).isEqualTo(
                    password.toUpperCase(Locale.ROOT).equals(password));
        }
    }

    @Test
    void password_has_8_to_128_characters_of_any_script_and_all_of_it_counts() {
        for (var letter : List.of("x", "я", "\uD83E\uDD9C", "и\u0306")) {
            assertThat(chosen("1, 2 " + letter.repeat(2))).isFalse();
            assertThat(chosen("1, 2 " + letter.repeat(2) + ";")).isTrue();
            assertThat(chosen(letter.repeat(129))).isFalse();
            assertThat(chosen(letter.repeat(128))).isTrue();
            assertThat(signsIn(letter.repeat(128))).isTrue();
            assertThat(signsIn(letter.repeat(127))).isFalse();
        }
        assertThat(chosen("curved,\tred")).isFalse();
        assertThat(chosen("curved, \u200Bred")).isFalse();
        assertThat(chosen("so wide    it is")).as("spaces are characters").isTrue();
    }

    @Test
    void password_stored_as_typed_is_valid_and_from_then_on_in_every_form() {
        var typed = Normalizer.normalize("кривой клюв", Form.NFD);
        var before = "{bcrypt}" + new BCryptPasswordEncoder().encode(typed);
        database.sql("update users set password_hash = ? where id = ?").params(before, user).update();
        assertThat(signsIn(typed)).isTrue();
        assertThat(signsIn(Normalizer.normalize(typed, Form.NFC))).isTrue();
    }

    @Test
    void login_is_typed_in_any_case() {
        choose("curved, red");
        var login = login().toUpperCase(Locale.ROOT);
        assertThat(location(new Browser(port).signIn(" " + login + " ", "curved, red"))).doesNotContain("/login");
    }

    @ParameterizedTest
    @ValueSource(strings = {"me", "new", "login", "logout", "none", "null", "all"})
    void every_word_may_be_a_login(String login) {
        assertThat(api.post("/api/users", Api.newUser(login)).statusCode()).isEqualTo(201);
        assertThat(json(api.get("/api/users/me")).path("login").asString()).isEqualTo("admin");
        var id = database.sql("select id from users where login = ?").param(login).query(UUID.class).single();
        assertThat(json(api.get("/api/users/" + id)).path("login").asString()).isEqualTo(login);
        assertThat(admin.get("/users?q=" + login).body()).contains("/users/" + id);
        assertThat(admin.get("/users/new").body()).contains("name=\"login\"");
    }

    @Test
    void no_field_truncates_its_input() {
        assertThat(Stream.of("/", "/users", "/users/new", "/users/" + user).map(page -> admin.get(page).body()))
                .noneMatch(page -> page.contains("maxlength"));
        assertThat(new Browser(port).get("/login").body()).doesNotContain("maxlength");
    }

    private static List<String> forms(String text) {
        return Stream.of(text, text.toLowerCase(Locale.ROOT), text.toUpperCase(Locale.ROOT))
                .flatMap(each -> Stream.of(Form.NFC, Form.NFD).map(form -> Normalizer.normalize(each, form)))
                .distinct().toList();
    }

    private List<String> found(String text) {
        return json(api.get("/api/users?limit=200&q=" + encoded(text))).path("items").findValuesAsString("user_id");
    }

    private int byForm(Map<String, String> fields) {
        return admin.submit("/users/" + user, "/users/" + user, fields).statusCode();
    }

    private void choose(String password) {
        assertThat(chosen(password)).as(password).isTrue();
    }

    private boolean chosen(String password) {
        var token = json(api.post("/api/users/" + user + "/password-link", "")).path("password_link").asString()
                .replaceFirst(".*=", "");
        return new Browser(port)
                .post("/first-password", Map.of("token", token, "password", password, "again",
                        Normalizer.normalize(password, Form.NFC)))
                .statusCode() == 302;
    }

    private boolean signsIn(String password) {
        database.sql("delete from sign_in_attempts").update();
        return !location(new Browser(port).signIn(login(), password)).contains("/login");
    }

    private String login() {
        return database.sql("select login from users where id = ?").param(user).query(String.class).single();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
