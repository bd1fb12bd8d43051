package com.uberpopug.ates.platform.test;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.web.security.Role;
import java.net.HttpCookie;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.session.SessionRepository;

/** Sign-in rules for the pages of every client of the auth service, with many tabs at once. */
public abstract class SignInRules {

    private static final int TABS = 5;
    private static final int REQUESTS = 6;
    private static final int MAX_SESSIONS = 20;
    private static final int MAX_COOKIES = 5_000;
    private static final Pattern CSRF = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");

    private final String page;
    private final UUID user = UUID.randomUUID();

    @Autowired
    JdbcClient db;
    @Autowired
    SessionRepository<?> sessions;
    @Autowired
    Environment environment;
    @Autowired
    Clock clock;
    @LocalServerPort
    int port;

    /** @param page a page that an admin may see */
    protected SignInRules(String page) {
        this.page = page;
    }

    @Test
    void tabs_that_sign_in_at_once_each_return_to_their_own_page() {
        for (int round = 0; round < AtOnce.ROUNDS / 10 + 3; round++) {
            var browser = new CookieBrowser(port);
            var signOn = UUID.randomUUID().toString();
            var begun = AtOnce.run(TABS, tab -> begin(browser, page(tab)));
            var ends = AtOnce.run(TABS, tab -> browser.goes(callback(begun.get(tab), signOn)));
            assertThat(ends.stream().map(browser::location)).containsExactlyElementsOf(
                    IntStream.range(0, TABS).mapToObj(this::page).toList());
            var pages = AtOnce.run(TABS, tab -> browser.goes(page(tab)));
            assertThat(pages).extracting(HttpResponse::statusCode).containsOnly(200);
            assertThat(browser.cookies()).extracting(HttpCookie::getName).noneMatch(name -> name.contains("SIGN_IN"));
            assertThat(sessions(signOn)).isBetween(1, TABS);
        }
    }

    @Test
    void tabs_that_sign_in_in_turn_share_the_first_session_and_its_forms_stay_valid() {
        var browser = new CookieBrowser(port);
        var signOn = UUID.randomUUID().toString();
        var begun = IntStream.range(0, TABS).mapToObj(tab -> begin(browser, page(tab))).toList();
        var forms = new ArrayList<String>();
        for (int tab = TABS - 1; tab >= 0; tab--) {
            assertThat(browser.location(browser.goes(callback(begun.get(tab), signOn)))).isEqualTo(page(tab));
            forms.add(csrf(browser.goes(page(tab))));
        }
        assertThat(sessions(signOn)).isEqualTo(1);
        // Here only a form with a valid token redirects to the auth service.
        assertThat(browser.location(browser.posts("/logout", "_csrf=" + forms.getFirst(), "Accept", "text/html")))
                .startsWith(Tokens.issuer());
    }

    @Test
    void neither_the_cookie_of_a_session_nor_its_id_token_is_in_any_column_of_any_table() {
        var browser = new CookieBrowser(port);
        var signOn = UUID.randomUUID().toString();
        var authorize = begin(browser, page);
        var back = callback(authorize, signOn);
        browser.goes(back);
        var shown = browser.goes(page);
        assertThat(shown.statusCode()).isEqualTo(200);
        var name = environment.getProperty("server.servlet.session.cookie.name", "SESSION");
        var cookie = browser.cookies().stream().filter(each -> each.getName().equals(name)).findFirst().orElseThrow()
                .getValue();
        var code = parameter(back, "code");
        var idToken = new String(Base64.getUrlDecoder().decode(code), StandardCharsets.US_ASCII);

        var search = new Columns(db);
        assertThat(search.with(signOn)).as("the search finds what is there").isNotEmpty();
        for (var secret : List.of(cookie, new String(Base64.getDecoder().decode(cookie), StandardCharsets.US_ASCII),
                code, idToken, idToken.replaceFirst(".*[.]", ""), parameter(authorize, "nonce"),
                parameter(authorize, "state"))) {
            assertThat(search.with(secret)).as(secret).isEmpty();
        }
        var stored = db.sql("select session_id from spring_session where principal_name = :sid").param("sid", signOn)
                .query(String.class).single();
        assertThat(new CookieBrowser(port).gets(page, "Accept", "text/html", "Cookie", name + "="
                + Base64.getEncoder().encodeToString(stored.getBytes(StandardCharsets.US_ASCII))).statusCode())
                .as("with a stored id as its cookie").isNotEqualTo(200);
        assertThat(browser.location(browser.posts("/logout", "_csrf=" + csrf(shown), "Accept", "text/html")))
                .startsWith(Tokens.issuer()).contains("id_token_hint=" + idToken);
    }

    @Test
    void abandoned_sessions_of_tabs_are_bounded() {
        var signOn = UUID.randomUUID().toString();
        for (int tab = 0; tab < MAX_SESSIONS + TABS; tab++) {
            var browser = new CookieBrowser(port);
            browser.goes(callback(begin(browser, page), signOn));
            assertThat(browser.goes(page).statusCode()).isEqualTo(200);
        }
        assertThat(sessions(signOn)).isLessThanOrEqualTo(MAX_SESSIONS + 1);
    }

    @Test
    void sign_in_of_another_user_starts_a_new_session_and_ends_the_previous_one() {
        var browser = new CookieBrowser(port);
        var annas = UUID.randomUUID().toString();
        var begun = List.of(begin(browser, page), begin(browser, page));
        browser.goes(callback(begun.getFirst(), annas));
        var before = cookies(browser);
        var old = csrf(browser.goes(page));
        browser.goes(callback(begun.getLast(), UUID.randomUUID().toString()));
        assertThat(cookies(browser)).isNotEqualTo(before);
        assertThat(sessions(annas)).isZero();
        assertThat(browser.location(browser.posts("/logout", "_csrf=" + old, "Accept", "text/html")))
                .as("a form of the previous session").doesNotStartWith(Tokens.issuer());
    }

    @Test
    void page_that_takes_a_new_sign_in_leads_to_one_and_back_and_the_older_cookie_has_no_part_in_it() {
        var browser = new CookieBrowser(port);
        var signOn = UUID.randomUUID().toString();
        var before = clock.instant().minus(Duration.ofMinutes(15));
        browser.goes(callback(begin(browser, page), signOn, before));
        var form = csrf(browser.goes(page));
        var stolen = String.join("; ", cookies(browser));
        var thief = new CookieBrowser(port);
        // A dead letter that does not exist.
        var question = "/pipeline/nobody-0-1/discard";
        for (var signedInAt : List.of(before, clock.instant())) {
            var start = browser.location(browser.goes(question));
            assertThat(start).startsWith("/login/oauth2/authorization/ates?fresh&to=");
            var authorize = browser.location(browser.goes(start));
            assertThat(parameter(authorize, "max_age")).isEqualTo("870");
            assertThat(thief.gets(page, "Cookie", stolen, "Accept", "text/html").statusCode()).isEqualTo(200);
            var isGoingOn = new AtomicBoolean(true);
            var requests = IntStream.range(0, 4).mapToObj(_ -> CompletableFuture.runAsync(() -> {
                while (isGoingOn.get()) {
                    thief.gets(page, "Cookie", stolen, "Accept", "text/html");
                }
            }, Thread::startVirtualThread)).toList();
            assertThat(browser.location(browser.goes(callback(authorize, signOn, signedInAt)))).isEqualTo(question);
            isGoingOn.set(false);
            requests.forEach(CompletableFuture::join);
        }
        assertThat(browser.goes(question).statusCode()).isEqualTo(404);
        // Regression: the session kept its id, or got it back from a request in progress.
        for (var address : List.of(page, question)) {
            assertThat(thief.location(thief.gets(address, "Cookie", stolen, "Accept", "text/html")))
                    .startsWith("/login/oauth2/authorization/ates");
        }
        assertThat(sessions(signOn)).isEqualTo(1);
        assertThat(browser.location(browser.posts("/logout", "_csrf=" + form, "Accept", "text/html")))
                .startsWith(Tokens.issuer());
    }

    @Test
    void new_sign_in_of_another_user_ends_the_session_of_the_first() {
        var browser = new CookieBrowser(port);
        var annas = UUID.randomUUID().toString();
        browser.goes(callback(begin(browser, page), annas, clock.instant().minus(Duration.ofMinutes(15))));
        var start = browser.location(browser.goes("/pipeline/nobody-0-1/discard"));
        browser.goes(callback(browser.location(browser.goes(start)), UUID.randomUUID().toString(), clock.instant()));
        assertThat(sessions(annas)).isZero();
        assertThat(browser.goes("/pipeline/nobody-0-1/discard").statusCode()).isEqualTo(404);
    }

    @Test
    void session_starts_only_after_the_sign_in() {
        var before = ofNobody();
        var browser = new CookieBrowser(port);
        var state = parameter(begin(browser, page), "state");
        browser.goes("/sign-in-failed");
        browser.goes("/login/oauth2/code/ates?code=none&state=made-up");
        browser.goes("/login/oauth2/code/ates");
        browser.goes("/login/oauth2/code/ates?error=access_denied&state=" + state);
        browser.posts("/logout", "_csrf=old", "Accept", "text/html");
        browser.gets(page, "HX-Request", "true");
        assertThat(ofNobody()).isEqualTo(before);
    }

    @Test
    void sign_out_without_a_session_redirects_to_the_end_of_the_sign_on_session() {
        var browser = new CookieBrowser(port);
        assertThat(browser.location(browser.posts("/logout", "_csrf=old", "Accept", "text/html", "Referer",
                "http://localhost:" + port + page))).startsWith(Tokens.issuer() + "/connect/logout?client_id=");
        assertThat(browser.cookies()).isEmpty();
    }

    @Test
    void sign_in_with_a_missing_or_forged_cookie_starts_again_once() {
        for (var forged : new String[]{"", "forged", "A".repeat(700)}) {
            var browser = new CookieBrowser(port);
            var first = begin(browser, page);
            var cookie = browser.cookies().getFirst().getName();
            browser.forgetsCookies();
            var again = browser.gets(callback(first, "lost"), "Accept", "text/html", "Cookie", cookie + "=" + forged);
            assertThat(browser.location(again)).startsWith("/login/oauth2/authorization/ates?again&to=");
            var second = browser.location(browser.goes(browser.location(again)));
            assertThat(second).startsWith(Tokens.issuer());
            assertThat(browser.location(browser.goes(callback(second, "lost")))).isEqualTo(page);
            browser.forgetsCookies();
            assertThat(browser.location(browser.goes(callback(second, "lost")))).isEqualTo("/sign-in-failed");
        }
    }

    @Test
    void used_sign_in_begins_again_and_leads_to_its_page() {
        var browser = new CookieBrowser(port);
        var used = begin(browser, page);
        browser.goes(callback(used, "used"));
        var again = browser.location(browser.goes(callback(used, "used")));
        assertThat(again).startsWith("/login/oauth2/authorization/ates?again&to=");
        var second = browser.location(browser.goes(again));
        assertThat(browser.location(browser.goes(callback(second, "used")))).isEqualTo(page);
    }

    @Test
    void return_page_cannot_be_forged() {
        var browser = new CookieBrowser(port);
        for (var to : new String[]{"/other", "https://elsewhere.example", "//elsewhere.example", "x".repeat(9_000)}) {
            var begun = browser.location(browser.goes("/login/oauth2/authorization/ates?to="
                    + URLEncoder.encode(to, StandardCharsets.UTF_8)));
            assertThat(browser.location(browser.goes(callback(begun, "lured")))).isEqualTo("/");
            var changed = browser.location(browser.goes("/login/oauth2/authorization/ates"))
                    .replaceFirst("state=[^&]*", "$0." + URLEncoder.encode(to, StandardCharsets.UTF_8));
            assertThat(browser.location(browser.goes(callback(changed, "lured")))).isEqualTo("/");
        }
    }

    @Test
    void cookies_of_many_sign_ins_stay_small_and_the_newest_are_valid() {
        var browser = new CookieBrowser(port);
        var begun = new ArrayList<String>();
        for (int tab = 0; tab < 40; tab++) {
            begun.add(begin(browser, page(tab) + "&q=" + searched(tab)));
            assertThat(browser.cookies().stream().mapToInt(cookie -> cookie.toString().length()).sum())
                    .isLessThanOrEqualTo(MAX_COOKIES);
        }
        for (int tab = 39; tab > 39 - TABS; tab--) {
            assertThat(browser.location(browser.goes(callback(begun.get(tab), "one of many"))))
                    .isEqualTo(page(tab) + "&q=" + searched(tab));
        }
        var tooLong = page(0) + IntStream.range(0, 80).mapToObj(_ -> UUID.randomUUID().toString())
                .collect(Collectors.joining("&", "&", ""));
        browser.forgetsCookies();
        assertThat(browser.location(browser.goes(callback(begin(browser, tooLong), "one of many")))).isEqualTo("/");
    }

    @ParameterizedTest
    @EnumSource
    void only_a_navigation_by_a_person_starts_a_sign_in(BackgroundRequest request) {
        var browser = new CookieBrowser(port);
        var answer = browser.gets(request.path(), request.headers());
        assertThat(answer.statusCode()).isIn(401, 404);
        assertThat(answer.headers().firstValue("Location")).isEmpty();
        assertThat(browser.cookies()).isEmpty();
        if (request.path().equals("/some/page")) {
            assertThat(browser.gets("/login/oauth2/authorization/ates", request.headers()).statusCode()).isEqualTo(401);
            assertThat(browser.cookies()).isEmpty();
        }
    }

    @Test
    void concurrent_requests_of_one_session_do_not_block_each_other() {
        var failures = new ArrayList<String>();
        for (int round = 0; round < AtOnce.ROUNDS; round++) {
            boolean ends = round % 3 == 2;
            var cookie = PageSession.cookie(sessions, environment, user, Role.ADMIN);
            var browser = new CookieBrowser(port);
            var calls = new ArrayList<Callable<Integer>>();
            for (int number = 0; number < REQUESTS; number++) {
                boolean form = number % 2 == 0;
                calls.add(() -> (form
                        ? browser.posts("/logout", "_csrf=old", "Accept", "text/html", "Cookie", cookie, "Referer",
                                "http://localhost:" + port + page)
                        : browser.gets(page, "Accept", "text/html", "Cookie", cookie)).statusCode());
            }
            if (ends) {
                calls.add(() -> db.sql("delete from spring_session where session_id = :id")
                        .param("id", PageSession.id(cookie)).update());
            }
            AtOnce.run(calls).stream().filter(status -> status >= 500)
                    .forEach(status -> failures.add(String.valueOf(status)));
        }
        assertThat(failures).as("of %d rounds", AtOnce.ROUNDS).isEmpty();
    }

    @Test
    void crossing_session_writes_are_no_failure() {
        CrossingSessionWrites.areNoFailures(sessions);
    }

    @Test
    void each_of_concurrent_forms_gets_its_own_result() {
        var cookie = PageSession.cookie(sessions, environment, user, Role.ADMIN);
        var browser = new CookieBrowser(port);
        AtOnce.run(REQUESTS, number -> browser.posts("/logout", "_csrf=old", "Accept", "text/html", "Cookie", cookie,
                "Referer", "http://localhost:" + port + "/told-" + number));
        assertThat(db.sql("""
                select count(*) from spring_session_attributes
                  join spring_session on primary_id = session_primary_id
                 where session_id = :id and attribute_name like 'ates.flash.%'
                """).param("id", PageSession.id(cookie)).query(Integer.class).single()).isEqualTo(REQUESTS);
    }

    /** The longest search that a filter takes, in letters that take six characters of an address. */
    private static String searched(int seed) {
        var random = new Random(seed);
        return URLEncoder.encode(random.ints(200, 'а', 'я' + 1).collect(StringBuilder::new,
                StringBuilder::appendCodePoint, StringBuilder::append).toString(), StandardCharsets.UTF_8);
    }

    private String page(int tab) {
        return page + "?tab=" + tab;
    }

    /** Opens a page and follows redirects up to the auth service; returns the address there. */
    private String begin(CookieBrowser browser, String path) {
        var start = browser.location(browser.goes(path));
        assertThat(start).contains("/oauth2/authorization/ates");
        var authorize = browser.location(browser.goes(start));
        assertThat(authorize).startsWith(Tokens.issuer() + "/oauth2/authorize?");
        return authorize;
    }

    /** The auth service's redirect back to the service. */
    private String callback(String authorize, String signOn) {
        return callback(authorize, signOn, clock.instant());
    }

    private String callback(String authorize, String signOn, Instant signedInAt) {
        var state = URLEncoder.encode(parameter(authorize, "state"), StandardCharsets.UTF_8);
        return "/login/oauth2/code/ates?state=" + state + "&code="
                + Tokens.code(user, Role.ADMIN, parameter(authorize, "client_id"),
                        parameter(authorize, "nonce"), signOn, signedInAt);
    }

    private static String parameter(String address, String name) {
        return URLDecoder.decode(address.replaceFirst(".*[?&]" + name + "=([^&]*).*", "$1"), StandardCharsets.UTF_8);
    }

    private static String csrf(HttpResponse<String> page) {
        var field = CSRF.matcher(page.body());
        assertThat(field.find()).as(page.body()).isTrue();
        return URLEncoder.encode(field.group(1), StandardCharsets.UTF_8);
    }

    private static List<String> cookies(CookieBrowser browser) {
        return browser.cookies().stream().map(HttpCookie::toString).toList();
    }

    private int sessions(String signOn) {
        return db.sql("select count(*) from spring_session where principal_name = :sid").param("sid", signOn)
                .query(Integer.class).single();
    }

    /** Counts users' sessions only; the service's own jobs and other tests' streams have sessions, too. */
    private List<String> ofNobody() {
        return db.sql("select session_id from spring_session where principal_name is null order by session_id")
                .query(String.class).list();
    }
}
