package com.uberpopug.ates.auth;

import static com.uberpopug.ates.auth.Browser.location;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.test.LaterClock;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A client asks for a sign-in by {@code prompt} and {@code max_age} of OpenID Connect. */
@AuthServiceTest
@Import(LaterClock.Setting.class)
class PromptTests {

    private static final String CLIENT = "tasks-service";
    private static final String REDIRECT = "http://localhost:8080/login/oauth2/code/ates";
    private static final String VERIFIER = "v".repeat(50);
    private static final Duration TEN_MINUTES = Duration.ofMinutes(10);

    @LocalServerPort
    int port;
    @Autowired
    LaterClock clock;
    @Autowired
    JdbcClient database;

    @ParameterizedTest
    @ValueSource(strings = {"prompt=login", "prompt=log%69n", "prom%70t=login+consent", "prompt=select_account",
            "max_age=0", "m%61x_age=599", "max_age=599&prompt=login", "prompt=login&max_age=900", "max_age=000000001"})
    void signed_in_user_types_the_password_again_and_once(String asking) {
        var browser = new Browser(port);
        var before = browser.tokens(CLIENT, REDIRECT, "anna");
        clock.pass(TEN_MINUTES);
        for (int time = 0; time < 2; time++) {
            assertThat(location(browser.get(request(asking)))).as("asked, and not answered").endsWith("/login");
        }
        assertThat(browser.get(signInPage(browser, asking)).body()).contains("value=\"anna\" readonly=\"readonly\"",
                "This needs a new sign-in", "Sign out, and sign in as somebody else");
        assertThat(location(browser.signIn("anna", "a parrot's"))).endsWith("/login?wrong");
        assertThat(location(browser.get(request(asking)))).endsWith("/login");
        var back = location(browser.signIn("anna", "beak-anna"));
        var after = browser.exchange(CLIENT, REDIRECT, Browser.code(browser.get(back)), VERIFIER);

        assertThat(after.idClaims()).containsEntry("sid", before.idClaims().get("sid"));
        for (var claims : List.of(after.idClaims(), after.accessClaims())) {
            assertThat(seconds(claims.get("auth_time")) - seconds(before.idClaims().get("auth_time")))
                    .isBetween(600L, 660L);
        }
        assertThat(location(browser.get(request("max_age=599")))).as("a sign-in of now").startsWith(REDIRECT);
        var another = asking.matches("prompt=.*|max_age=0") ? asking : "max_age=0";
        assertThat(location(browser.get(request(another)))).as("another request").endsWith("/login");
    }

    @ParameterizedTest
    @ValueSource(strings = {"max_age=700", "max_age=999999999", "max_age=", "prompt=", "prompt=none&max_age=700",
            "prompt=consent", ""})
    void sign_in_that_is_new_enough_is_used_and_its_time_told(String asking) {
        var browser = new Browser(port);
        var before = browser.tokens(CLIENT, REDIRECT, "anna");
        clock.pass(TEN_MINUTES);
        var code = Browser.code(browser.get(request(asking)));
        var after = browser.exchange(CLIENT, REDIRECT, code, VERIFIER);
        assertThat(after.idClaims()).containsEntry("auth_time", before.idClaims().get("auth_time"));
        assertThat(after.accessClaims()).containsEntry("auth_time", before.idClaims().get("auth_time"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"prompt=login", "max_age=0", "prompt=login&max_age=1", "prompt=select_account"})
    void nobody_signed_in_signs_in_once(String asking) {
        var browser = new Browser(port);
        assertThat(location(browser.get(request(asking)))).endsWith("/login");
        var back = location(browser.signIn("boris", "beak-boris"));
        assertThat(location(browser.get(back))).startsWith(REDIRECT + "?code=");
    }

    @ParameterizedTest
    @ValueSource(strings = {"prompt=none&max_age=599", "prompt=none&max_age=0"})
    void no_page_for_a_sign_in_that_is_too_old(String asking) {
        var browser = new Browser(port);
        browser.tokens(CLIENT, REDIRECT, "anna");
        clock.pass(TEN_MINUTES);
        assertThat(location(browser.get(request(asking)))).startsWith(REDIRECT).contains("error=login_required",
                "state=some-state");
        assertThat(location(new Browser(port).get(request(asking)))).startsWith(REDIRECT)
                .contains("error=login_required");
        assertThat(location(browser.get(request("prompt=none")))).as("still signed in").contains("code=");
    }

    @ParameterizedTest
    @ValueSource(strings = {"prompt=none+login", "prompt=login+none", "prompt=none+select_account", "prompt=perhaps",
            "prompt=LOGIN", "prompt=login+perhaps", "prompt=login&prompt=login", "max_age=-1", "max_age=soon",
            "max_age=1.5", "max_age=9999999999", "max_age=1&max_age=2", "max_age=%2B1", "max_age=+", "prompt=login++"})
    void value_that_means_nothing_is_an_invalid_request(String asking) {
        var signedIn = new Browser(port);
        signedIn.tokens(CLIENT, REDIRECT, "anna");
        for (var browser : List.of(signedIn, new Browser(port))) {
            var answer = browser.get(request(asking));
            if (asking.equals("prompt=login&prompt=login")) {
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
            } else {
                assertThat(location(answer)).startsWith(REDIRECT).contains("error=invalid_request",
                        "state=some-state");
            }
        }
    }

    @Test
    void each_tab_types_its_own_password() {
        for (boolean signedIn : new boolean[]{true, false}) {
            var browser = new Browser(port);
            if (signedIn) {
                browser.tokens(CLIENT, REDIRECT, "anna");
            }
            var forms = IntStream.range(0, 5).mapToObj(_ -> signInPage(browser, "prompt=login")).toList();
            var codes = new ArrayList<String>();
            for (var form : forms) {
                assertThat(location(browser.submit(form, form, Map.of("username", "anna", "password", "a parrot's"))))
                        .endsWith("/login?wrong");
                var back = location(browser.submit(form, form, Map.of("username", "anna", "password", "beak-anna")));
                codes.add(Browser.code(browser.get(back)));
            }
            assertThat(codes.stream().map(code -> browser.exchange(CLIENT, REDIRECT, code, VERIFIER).idClaims()
                    .get("sid")).distinct()).hasSize(1);
        }
    }

    @Test
    void another_user_at_the_prompt_replaces_nobody_and_signs_in_after_a_sign_out() {
        var browser = new Browser(port);
        var annas = browser.tokens(CLIENT, REDIRECT, "anna").idClaims();
        var form = signInPage(browser, "prompt=login");
        var sent = browser.submit(form, form, Map.of("username", "boris", "password", "beak-boris"));
        assertThat(sent.statusCode()).isEqualTo(303);
        var page = sent.headers().firstValue("Location").orElseThrow();
        assertThat(browser.get(page).body()).contains("A user is already signed in in this browser")
                .doesNotContain("name=\"password\"");
        assertThat(browser.get("/").body()).contains("<bdi>Anna</bdi>");

        var to = page.replaceFirst(".*[?&]to=", "");
        assertThat(location(browser.submit(page, "/logout", Map.of("to", to)))).endsWith("/login?signed-out");
        assertThat(database.sql("select count(*) from outbox where topic = 'ates.sessions' and key = ?")
                .param(annas.get("sid")).query(Integer.class).single()).isEqualTo(1);
        var back = location(browser.signIn("boris", "beak-boris"));
        var boris = browser.exchange(CLIENT, REDIRECT, Browser.code(browser.get(back)), VERIFIER).idClaims();
        assertThat(boris.get("sub")).isNotEqualTo(annas.get("sub"));
        assertThat(boris.get("sid")).isNotEqualTo(annas.get("sid"));
    }

    @Test
    void forms_of_open_pages_stay_valid_after_a_new_sign_in_and_the_old_session_id_does_not() {
        var browser = new Browser(port);
        browser.tokens(CLIENT, REDIRECT, "anna");
        var form = Browser.csrf(browser.get("/").body());
        var stolen = browser.cookie("ATES_AUTH");
        signInPage(browser, "prompt=login");
        browser.signIn("anna", "beak-anna");
        assertThat(browser.cookie("ATES_AUTH")).isNotEqualTo(stolen);
        assertThat(location(new Browser(port).get("/", "Cookie", stolen))).endsWith("/login");
        assertThat(location(browser.post("/logout", Map.of("_csrf", form), "Accept", "text/html")))
                .endsWith("/login?signed-out");
    }

    @Test
    void authorization_request_in_a_form_asks_too() {
        var browser = new Browser(port);
        browser.tokens(CLIENT, REDIRECT, "anna");
        var fields = new LinkedHashMap<String, String>();
        for (var parameter : request("prompt=login").replaceFirst(".*[?]", "").split("&")) {
            var parts = parameter.split("=", 2);
            fields.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        assertThat(location(browser.post("/oauth2/authorize", fields, "Accept", "text/html"))).endsWith("/login");
        var back = location(browser.signIn("anna", "beak-anna"));
        assertThat(location(browser.get(back))).startsWith(REDIRECT + "?code=").contains("state=some-state");
    }

    private static String request(String asking) {
        return Browser.authorize(CLIENT, REDIRECT, VERIFIER) + "&" + asking;
    }

    private static String signInPage(Browser browser, String asking) {
        return browser.get(request(asking)).headers().firstValue("Location").orElseThrow();
    }

    private static long seconds(Object claim) {
        return ((Number) claim).longValue();
    }
}
