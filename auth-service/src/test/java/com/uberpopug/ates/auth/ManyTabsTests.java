package com.uberpopug.ates.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.test.AtOnce;
import com.uberpopug.ates.platform.test.BackgroundRequest;
import com.uberpopug.ates.platform.test.CookieBrowser;
import com.uberpopug.ates.platform.test.CrossingSessionWrites;
import java.net.HttpCookie;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.session.SessionRepository;

/** Sign-in with many tabs of one browser. */
@AuthServiceTest
class ManyTabsTests {

    private static final String[] TASKS = {"tasks-service", "http://localhost:8080/login/oauth2/code/ates"};
    private static final int TABS = 5;
    private static final int REQUESTS = 6;
    private static final Pattern HIDDEN = Pattern
            .compile("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"");

    @LocalServerPort
    int port;
    @Autowired
    JdbcClient database;
    @Autowired
    SessionRepository<?> sessions;

    @Test
    void two_tabs_at_the_form_each_return_to_their_own_page_in_either_order() {
        for (boolean firstFirst : new boolean[]{true, false}) {
            var browser = new CookieBrowser(port);
            var one = browser.goes(browser.location(browser.goes(authorize("one"))));
            var two = browser.goes(browser.location(browser.goes(authorize("two"))));
            assertThat(browser.location(send(browser, firstFirst ? one : two, "anna", "beak-anna")))
                    .isEqualTo(authorize(firstFirst ? "one" : "two"));
            assertThat(browser.location(send(browser, firstFirst ? two : one, "anna", "beak-anna")))
                    .isEqualTo(authorize(firstFirst ? "two" : "one"));
        }
    }

    @Test
    void tabs_that_show_and_send_the_form_at_once_each_return_to_their_own_page() {
        for (int round = 0; round < 3; round++) {
            var browser = new CookieBrowser(port);
            var forms = AtOnce.run(TABS,
                    tab -> browser.goes(browser.location(browser.goes(authorize("tab-" + tab)))));
            var ends = AtOnce.run(TABS, tab -> browser.location(send(browser, forms.get(tab), "boris", "beak-boris",
                    "Sec-Fetch-Site", "same-origin")));
            assertThat(ends).containsExactlyElementsOf(
                    IntStream.range(0, TABS).mapToObj(tab -> authorize("tab-" + tab)).toList());
            assertThat(browser.goes("/").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void form_keeps_its_page_over_wrong_passwords_and_one_without_a_page_leads_to_the_last() {
        var browser = new CookieBrowser(port);
        var form = browser.goes(browser.location(browser.goes(authorize("mine"))));
        var wrong = send(browser, form, "anna", "a parrot's");
        assertThat(browser.location(wrong)).startsWith("/login?wrong&to=");
        form = browser.goes(browser.location(wrong));
        var without = "username=anna&password=beak-anna&_csrf=" + hidden(form).get("_csrf");
        assertThat(browser.location(browser.posts("/login", without))).isEqualTo(authorize("mine"));
    }

    @Test
    void return_page_cannot_be_forged() {
        for (var to : new String[]{"/users", "https://elsewhere.example", "//elsewhere.example", "A".repeat(9_000)}) {
            var browser = new CookieBrowser(port);
            var form = browser.goes("/login?to=" + URLEncoder.encode(to, StandardCharsets.UTF_8));
            assertThat(browser.location(send(browser, form, "vera", "beak-vera"))).as(to)
                    .isEqualTo("http://localhost:8080");
        }
    }

    @Test
    void session_starts_only_after_the_sign_in() {
        long before = count();
        var browser = new CookieBrowser(port);
        browser.goes("/");
        browser.goes("/users");
        var form = browser.goes(browser.location(browser.goes(authorize("nothing"))));
        send(browser, form, "anna", "a parrot's");
        send(browser, form, "nobody", "a parrot's");
        browser.goes("/first-password?token=made-up");
        browser.posts("/login", "username=anna&password=beak-anna&_csrf=old", "Accept", "text/html");
        browser.posts("/users", "_csrf=old", "Accept", "text/html");
        browser.posts("/logout", "_csrf=old", "Accept", "text/html");
        assertThat(count()).isEqualTo(before);
        assertThat(browser.cookies()).extracting(HttpCookie::getName).doesNotContain("ATES_AUTH");
    }

    @Test
    void form_sent_by_another_site_is_refused() {
        var browser = new CookieBrowser(port);
        browser.goes("/login");
        for (var site : new String[]{"cross-site", "same-site", "none"}) {
            assertThat(browser.posts("/login", "username=anna&password=beak-anna", "Sec-Fetch-Site", site)
                    .statusCode()).as(site).isEqualTo(403);
        }
        for (var origin : new String[]{"null", "https://elsewhere.example", "http://localhost"}) {
            assertThat(browser.posts("/login", "username=anna&password=beak-anna", "Origin", origin).statusCode())
                    .as(origin).isEqualTo(403);
        }
        assertThat(browser.location(browser.posts("/login", "username=anna&password=beak-anna", "Origin",
                "http://localhost:" + port))).isEqualTo("http://localhost:8080");
    }

    @ParameterizedTest
    @EnumSource
    void only_a_navigation_by_a_person_leads_to_the_form_and_back(BackgroundRequest request) {
        var browser = new CookieBrowser(port);
        var form = browser.goes(browser.location(browser.goes(authorize("kept"))));
        var before = browser.cookies();
        var answer = browser.gets(request.path(), request.headers());
        assertThat(answer.statusCode()).isIn(401, 404);
        assertThat(answer.headers().firstValue("Location")).isEmpty();
        if (request.path().equals("/some/page")) {
            assertThat(browser.gets(authorize("background"), request.headers()).headers().firstValue("Location"))
                    .isEmpty();
        }
        assertThat(browser.cookies()).isEqualTo(before);
        var without = "username=dasha&password=beak-dasha&_csrf=" + hidden(form).get("_csrf");
        assertThat(browser.location(browser.posts("/login", without))).isEqualTo(authorize("kept"));
    }

    @Test
    void concurrent_requests_of_one_session_do_not_block_each_other() {
        var failures = new ArrayList<Integer>();
        for (int round = 0; round < AtOnce.ROUNDS; round++) {
            var browser = new CookieBrowser(port);
            if (round % 2 == 0) {
                var form = browser.goes("/login");
                send(browser, form, "manager", "beak-manager");
            }
            var calls = new ArrayList<Callable<Integer>>();
            for (int number = 0; number < REQUESTS; number++) {
                int which = number % 3;
                calls.add(() -> switch (which) {
                    case 0 -> browser.goes("/").statusCode();
                    case 1 -> browser.posts("/profile", "_csrf=old", "Accept", "text/html").statusCode();
                    default -> browser.goes(authorize("at-once")).statusCode();
                });
            }
            if (round % 6 == 0) {
                calls.add(() -> database.sql("""
                        delete from spring_session
                         where principal_name = (select id::text from users where login = 'manager')
                        """).update());
            }
            AtOnce.run(calls).stream().filter(status -> status >= 500).forEach(failures::add);
        }
        assertThat(failures).as("of %d rounds", AtOnce.ROUNDS).isEmpty();
    }

    @Test
    void crossing_session_writes_are_no_failure() {
        CrossingSessionWrites.areNoFailures(sessions);
    }

    @Test
    void password_links_made_in_two_tabs_are_each_shown() {
        var admin = new Browser(port);
        admin.signIn("admin", "beak-admin");
        var ids = database.sql("select id from users where login in ('anna', 'boris') order by login")
                .query(UUID.class).list();
        var pages = ids.stream().map(id -> "/users/" + id).toList();
        var links = pages.stream()
                .map(page -> Browser.location(admin.submit(page, page + "/password-link", Map.of("asked", "true"))))
                .toList();
        assertThat(links).allSatisfy(link -> assertThat(admin.get(link).body()).contains("/first-password?token="));
    }

    private static String authorize(String state) {
        return "/oauth2/authorize?response_type=code&client_id=%s&redirect_uri=%s&scope=openid&state=%s"
                .formatted(TASKS[0], TASKS[1], state)
                + "&code_challenge_method=S256&code_challenge=" + "c".repeat(43);
    }

    /** Submits a page's sign-in form unchanged. */
    private static HttpResponse<String> send(CookieBrowser browser, HttpResponse<String> form, String login,
            String password, String... headers) {
        var fields = hidden(form);
        fields.put("username", login);
        fields.put("password", password);
        return browser.posts("/login", fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&")),
                headers.length == 0
                        ? new String[]{"Accept", "text/html"}
                        : headers);
    }

    private static Map<String, String> hidden(HttpResponse<String> page) {
        assertThat(page.body()).contains("name=\"password\"");
        return HIDDEN.matcher(page.body()).results()
                .collect(Collectors.toMap(field -> field.group(1), field -> field.group(2), (one, _) -> one));
    }

    private long count() {
        return database.sql("select count(*) from spring_session").query(Long.class).single();
    }
}
