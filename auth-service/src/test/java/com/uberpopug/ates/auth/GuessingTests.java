package com.uberpopug.ates.auth;

import static com.uberpopug.ates.auth.Browser.json;
import static com.uberpopug.ates.auth.Browser.location;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Guesses are bounded by login, address and device, and strangers' guesses lock nobody out. */
@AuthServiceTest
class GuessingTests {

    private static final String IN = "http://localhost:8080";
    private static int machines = 1_000;

    @LocalServerPort
    int port;
    @Autowired
    JdbcClient database;

    @BeforeEach
    void forgetAttempts() {
        database.sql("delete from sign_in_attempts").update();
        database.sql("update known_devices set spent_until = used_at").update();
    }

    private Browser stranger() {
        return Browser.on(port, ++machines);
    }

    /** How the sign-in page answers: in, wrong, locked. */
    private static String outcome(Browser browser, String login, String password) {
        var to = location(browser.signIn(login, password));
        return to.equals(IN) ? "in" : to.replaceFirst(".*\\?", "");
    }

    private static int wrong(Browser browser, String login, int guesses) {
        return (int) IntStream.range(0, guesses)
                .filter(guess -> outcome(browser, login, "guess " + guess).equals("wrong")).count();
    }

    @Test
    void right_password_on_a_known_device_gets_in_whatever_strangers_do() {
        var known = new Browser(port);
        assertThat(outcome(known, "admin", "beak-admin")).isEqualTo("in");
        known.submit("/", "/logout", Map.of());
        IntStream.range(0, 12).forEach(_ -> wrong(stranger(), "admin", 12));
        var neighbour = new Browser(port);
        assertThat(wrong(neighbour, "admin", 20)).as("at the same address, the first one").isEqualTo(1);
        assertThat(outcome(neighbour, "admin", "beak-admin")).isEqualTo("locked");
        assertThat(outcome(known, "admin", "beak-admin")).isEqualTo("in");
        known.submit("/", "/logout", Map.of());
        assertThat(outcome(known, "admin", "beak-admin")).isEqualTo("in");
    }

    @Test
    void ten_strangers_build_no_wall_before_an_unknown_device_at_another_address() {
        // Regression: five strangers who spent their guesses were a wall.
        IntStream.range(0, 10).forEach(_ -> assertThat(wrong(stranger(), "manager", 20)).isBetween(1, 10));
        assertThat(outcome(stranger(), "manager", "beak-manager")).isEqualTo("in");
        assertThat(wrong(stranger(), "vera", 15)).as("one stranger").isEqualTo(10);
        assertThat(outcome(stranger(), "vera", "beak-vera")).isEqualTo("in");
    }

    @Test
    void guesses_of_all_strangers_together_are_bounded_for_a_login_and_for_an_address() {
        var strangers = IntStream.range(0, 20).mapToObj(_ -> stranger()).toList();
        assertThat(strangers.stream().mapToInt(each -> wrong(each, "gleb", 8)).sum()).isEqualTo(20 + 50);
        database.sql("update sign_in_attempts set spent_until = spent_until - interval '15 minutes'").update();
        // Thirteen have made no further attempt since their first one.
        assertThat(strangers.stream().mapToInt(each -> wrong(each, "gleb", 1)).sum()).as("a quarter later")
                .isEqualTo(13 + 1);
        assertThat(IntStream.range(0, 230).map(_ -> wrong(stranger(), "boris", 1)).sum()).as("the first of each")
                .isEqualTo(150 + 50);
        var sprayer = stranger();
        assertThat(IntStream.range(0, 130).map(number -> wrong(sprayer, "login-" + number, 1)).sum()).isEqualTo(100);
        assertThat(outcome(sprayer, "dasha", "beak-dasha")).isEqualTo("locked");
        assertThat(outcome(stranger(), "dasha", "beak-dasha")).isEqualTo("in");
    }

    @Test
    void known_device_has_a_budget_of_its_own_which_a_right_password_starts_anew() {
        var known = new Browser(port);
        assertThat(outcome(known, "boris", "beak-boris")).isEqualTo("in");
        known.submit("/", "/logout", Map.of());
        assertThat(wrong(known, "boris", 9)).isEqualTo(9);
        assertThat(outcome(known, "boris", "beak-boris")).isEqualTo("in");
        known.submit("/", "/logout", Map.of());
        assertThat(wrong(known, "boris", 15)).isEqualTo(10);
        assertThat(outcome(known, "boris", "beak-boris")).isEqualTo("locked");
        assertThat(outcome(stranger(), "boris", "beak-boris")).as("of the device only").isEqualTo("in");
        database.sql("update known_devices set spent_until = spent_until - interval '5 minutes'").update();
        assertThat(outcome(known, "boris", "beak-boris")).isEqualTo("in");
    }

    @Test
    void device_is_known_for_its_user_only() {
        var device = Browser.on(port, 900);
        assertThat(outcome(device, "anna", "beak-anna")).isEqualTo("in");
        device.submit("/", "/logout", Map.of());
        assertThat(wrong(device, "dasha", 15)).as("as a stranger's").isEqualTo(10);
        assertThat(outcome(device, "anna", "beak-anna")).isEqualTo("in");
        device.submit("/", "/logout", Map.of());
        assertThat(outcome(device, "boris", "beak-boris")).isEqualTo("in");
        device.submit("/", "/logout", Map.of());
        IntStream.range(0, 12).forEach(_ -> List.of("anna", "boris").forEach(login -> wrong(stranger(), login, 5)));
        assertThat(outcome(device, "anna", "beak-anna")).as("both users of the device").isEqualTo("in");
        device.submit("/", "/logout", Map.of());
        assertThat(outcome(device, "boris", "beak-boris")).isEqualTo("in");
    }

    @Test
    void cookie_of_a_device_is_random_hidden_from_scripts_long_lived_and_stored_as_a_hash() {
        var browser = new Browser(port);
        assertThat(browser.get("/login").headers().allValues("Set-Cookie")).noneMatch(each -> each.contains("DEVICE"));
        assertThat(browser.signIn("anna", "wrong, wrong").headers().allValues("Set-Cookie"))
                .noneMatch(each -> each.contains("DEVICE"));
        assertThat(browser.signIn("anna", "beak-anna").headers().allValues("Set-Cookie"))
                .filteredOn(each -> each.startsWith("ATES_AUTH_DEVICE=")).singleElement().asString()
                .contains("HttpOnly", "SameSite=Lax", "Path=/;", "Max-Age=15552000").doesNotContain("Secure");
        var token = browser.cookie("ATES_AUTH_DEVICE").replaceFirst(".*=", "");
        assertThat(token).matches("[\\w-]{22}");
        assertThat(database.sql("select count(*) from known_devices where token_hash = sha256(convert_to(?, 'UTF8'))")
                .param(token).query(Long.class).single()).isEqualTo(1);
        for (var forged : List.of("", "x", "x".repeat(22), token + "x", "x".repeat(22) + "." + token + ".",
                "\"" + token, "x".repeat(4_000))) {
            assertThat(new Browser(port).get("/login", "Cookie", "ATES_AUTH_DEVICE=" + forged).statusCode())
                    .as(forged).isEqualTo(200);
        }
    }

    @Test
    void new_password_by_link_ends_the_block_at_once_for_every_device() {
        var admin = new Api(port, "admin");
        var id = admin.create("blocked-bird");
        choose(admin, id, "curved, red");
        var thief = new Browser(port);
        assertThat(outcome(thief, "blocked-bird", "curved, red")).isEqualTo("in");
        thief.submit("/", "/logout", Map.of());
        IntStream.range(0, 12).forEach(_ -> wrong(stranger(), "blocked-bird", 12));
        wrong(new Browser(port), "blocked-bird", 12);
        assertThat(outcome(new Browser(port), "blocked-bird", "curved, red")).isEqualTo("locked");
        choose(admin, id, "hooked, blue");
        assertThat(outcome(new Browser(port), "blocked-bird", "hooked, blue")).isEqualTo("in");
        assertThat(outcome(stranger(), "blocked-bird", "hooked, blue")).isEqualTo("in");
        IntStream.range(0, 12).forEach(_ -> wrong(stranger(), "blocked-bird", 12));
        assertThat(wrong(thief, "blocked-bird", 2)).isEqualTo(1);
        assertThat(outcome(thief, "blocked-bird", "hooked, blue")).as("of the old password").isEqualTo("locked");
    }

    @Test
    void browser_in_which_a_password_was_chosen_by_link_is_known() {
        var admin = new Api(port, "admin");
        var id = admin.create("chosen-bird");
        var browser = stranger();
        choose(browser, admin, id, "curved, red");
        IntStream.range(0, 12).forEach(_ -> wrong(stranger(), "chosen-bird", 12));
        assertThat(outcome(browser, "chosen-bird", "curved, red")).isEqualTo("in");
    }

    /** All places where a password is checked: each counts for each. */
    @Test
    void guesses_count_at_every_place_where_a_password_is_checked() {
        var admin = new Api(port, "admin");
        choose(admin, admin.create("guessed-bird"), "curved, red");
        var places = new LinkedHashMap<String, Function<String, String>>();
        var sessions = new ArrayList<Browser>();
        places.put("sign-in", password -> {
            var again = sessions.getFirst();
            again.submit("/", "/logout", Map.of());
            return outcome(again, "guessed-bird", password);
        });
        places.put("/password", password -> {
            var answer = sessions.getLast().submit("/", "/password",
                    Map.of("current", password, "password", "hooked, blue", "again", "hooked, blue"));
            return switch (answer.statusCode()) {
                case 302 -> "in";
                case 422 -> answer.body().contains("That is not the shape it has now") ? "wrong" : answer.body();
                case 429 -> answer.body().contains("Too many wrong beaks") ? "locked" : answer.body();
                default -> answer.body();
            };
        });
        places.forEach((spent, guess) -> places.forEach((tried, place) -> {
            forgetAttempts();
            sessions.clear();
            // Both on one device: two sessions with the same cookie.
            var first = new Browser(port);
            assertThat(outcome(first, "guessed-bird", "curved, red")).isEqualTo("in");
            sessions.add(first.copy());
            sessions.add(first);
            if (spent.equals("sign-in")) {
                sessions.getFirst().forget("ATES_AUTH");
            }
            for (int number = 0; number < 10; number++) {
                var answer = spent.equals("sign-in")
                        ? outcome(sessions.getFirst(), "guessed-bird", "guess " + number)
                        : guess.apply("guess " + number);
                assertThat(answer).as(spent + " " + number).isEqualTo("wrong");
            }
            sessions.getFirst().forget("ATES_AUTH");
            assertThat(tried.equals("sign-in")
                    ? outcome(sessions.getFirst(), "guessed-bird", "curved, red")
                    : place.apply("curved, red")).as(spent + ", then " + tried).isEqualTo("locked");
        }));
    }

    @Test
    void unknown_login_is_answered_and_counted_as_a_known_one() {
        var outcomes = new ArrayList<List<String>>();
        for (var login : List.of("dasha", "no-such-bird")) {
            var browser = stranger();
            outcomes.add(IntStream.range(0, 14).mapToObj(guess -> outcome(browser, login, "guess " + guess)).toList());
        }
        assertThat(outcomes.getFirst()).isEqualTo(outcomes.getLast()).contains("wrong", "locked");
    }

    @Test
    void rows_that_strangers_cause_are_bounded_and_refused_attempts_cause_none() {
        var stranger = stranger();
        IntStream.range(0, 150).forEach(number -> wrong(stranger, "made-up-" + number, 1));
        long rows = rows();
        assertThat(rows).isLessThanOrEqualTo(1 + 2 * 100);
        IntStream.range(0, 50).forEach(number -> wrong(stranger, "more-" + number, 1));
        assertThat(rows()).isEqualTo(rows);
        assertThat(database.sql("select max(slot) from sign_in_attempts").query(Integer.class).single())
                .isLessThan(4 * 65_536);
        assertThat(database.sql("select count(*) from sign_in_attempts where spent_until > now() + interval '13 hours'")
                .query(Long.class).single()).as("rows expire").isZero();
    }

    private long rows() {
        return database.sql("select count(*) from sign_in_attempts").query(Long.class).single();
    }

    @Test
    void user_has_at_most_twenty_known_devices() {
        var id = database.sql("select id from users where login = 'accountant'").query(UUID.class).single();
        var first = new Browser(port);
        first.signIn("accountant", "beak-accountant");
        IntStream.range(0, 22).forEach(_ -> new Browser(port).signIn("accountant", "beak-accountant"));
        assertThat(database.sql("select count(*) from known_devices where user_id = ?").param(id).query(Long.class)
                .single()).isEqualTo(20);
    }

    private void choose(Api admin, UUID user, String password) {
        choose(Browser.on(port, 901), admin, user, password);
    }

    private static void choose(Browser browser, Api admin, UUID user, String password) {
        HttpResponse<String> made = admin.post("/api/users/" + user + "/password-link", "");
        var token = json(made).path("password_link").asString().replaceFirst(".*=", "");
        assertThat(location(browser.post("/first-password",
                Map.of("token", token, "password", password, "again", password)))).endsWith("?chosen");
    }
}
