package com.uberpopug.ates.accounting.account;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import com.uberpopug.ates.accounting.AccountingTest;
import com.uberpopug.ates.accounting.ledger.Accounts;
import com.uberpopug.ates.accounting.ledger.Ledger;
import com.uberpopug.ates.accounting.ledger.Posting.Kind;
import com.uberpopug.ates.accounting.ledger.Posting;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.inbox.Received;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.security.Role;
import java.io.UnsupportedEncodingException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer.Form;
import java.text.Normalizer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import org.springframework.transaction.support.TransactionTemplate;

@AccountingTest
class AccountControllerTests {

    private final UUID anna = Ids.next();

    @Autowired
    private MockMvcTester http;

    @Autowired
    private Ledger ledger;

    @Autowired
    private Accounts accounts;

    @Autowired
    private JdbcClient db;

    @Autowired
    private TransactionTemplate transaction;

    @Test
    void worker_sees_balance_and_today() {
        post(posting(Kind.FEE, 1_200), posting(Kind.REWARD, 3_500), posting(Kind.FEE, 1_000));
        assertThat(ask("/api/accounts/me")).bodyJson().isLenientlyEqualTo("""
                {"balance_cents": 1300, "today": {"rewards_cents": 3500, "fees_cents": 2200}}
                """);
    }

    @Test
    void log_is_paged_newest_first() throws UnsupportedEncodingException {
        post(IntStream.range(0, 25).mapToObj(_ -> posting(Kind.FEE, 1_000)).toArray(Posting[]::new));
        var logPositions = new ArrayList<Integer>();
        for (String after = ""; after != null;) {
            var page = JsonPath.parse(ask("/api/accounts/me/transfers?limit=10&after=" + after).getResponse()
                    .getContentAsString());
            logPositions.addAll(page.<List<Integer>>read("$.items[*].place"));
            after = page.read("$.next");
        }
        assertThat(logPositions).containsExactlyElementsOf(
                IntStream.iterate(25, position -> position - 1).limit(25).boxed().toList());
    }

    @Test
    void statement_lists_a_period_as_csv() throws UnsupportedEncodingException {
        var fee = posting(Kind.FEE, 1_250);
        post(fee, posting(Kind.REWARD, 3_500));
        db.sql("insert into tasks (id, title) values (?, ?)").params(fee.taskId(), "=1+1, \"said\" \uD83E\uDD9C")
                .update();
        for (var statement : List.of(ask("/api/accounts/me/statement"),
                ask(Role.ACCOUNTANT, "/api/accounts/" + anna + "/statement"))) {
            assertThat(statement).hasStatusOk().hasHeader("Content-Type", "text/csv;charset=UTF-8");
            var lines = statement.getResponse().getContentAsString().split("\r\n");
            assertThat(lines).hasSize(3);
            assertThat(lines[0]).startsWith("place,business_date,occurred_at,kind,task_id,jira_id,task,");
            assertThat(lines[1]).startsWith("1,")
                    .contains(",FEE," + fee.taskId() + ",,\"'=1+1, \"\"said\"\" \uD83E\uDD9C\",1,-12.50,-12.50,");
            assertThat(lines[2]).startsWith("2,").contains(",REWARD,").contains(",35.00,22.50,");
        }
        assertThat(ask("/api/accounts/me/statement?from=2020-01-01&to=2020-01-31").getResponse().getContentAsString())
                .hasLineCount(1);
        assertThat(ask("/api/accounts/me/statement?from=1970-01-01&to=9999-12-31").getResponse().getContentAsString())
                .isEqualTo(ask("/api/accounts/me/statement").getResponse().getContentAsString());
        assertThat(ask("/api/accounts/me/statement?from=2020-02-01&to=2020-01-31")).hasStatus(HttpStatus.BAD_REQUEST);
        assertThat(ask(Role.POPUG, "/api/accounts/" + anna + "/statement")).hasStatus(HttpStatus.FORBIDDEN);
        assertThat(ask(Role.ADMIN, "/api/accounts/" + Ids.next() + "/statement")).hasStatus(HttpStatus.NOT_FOUND);
    }

    @Test
    void own_account_of_a_manager_is_not_found() {
        assertThat(
                http.get().uri("/api/accounts/me").header("Authorization", "Bearer " + Tokens.of(anna, Role.MANAGER)))
                .hasStatus(HttpStatus.NOT_FOUND).bodyJson().extractingPath("$.detail").asString()
                .contains("your role is manager");
    }

    @Test
    void accountants_and_admins_see_every_account_and_log() {
        known(anna, "anna-" + anna, "Anna");
        post(posting(Kind.FEE, 1_200), posting(Kind.REWARD, 3_500));
        for (var role : List.of(Role.ACCOUNTANT, Role.ADMIN)) {
            assertThat(ask(role, "/api/accounts/" + anna)).bodyJson().isLenientlyEqualTo("""
                    {"user_id": "%1$s", "login": "anna-%1$s", "display_name": "Anna", "balance_cents": 2300,
                     "today": {"rewards_cents": 3500, "fees_cents": 1200}}
                    """.formatted(anna));
            assertThat(ask(role, "/api/accounts/" + anna + "/transfers?limit=1")).bodyJson().isLenientlyEqualTo("""
                    {"items": [{"place": 2, "kind": "REWARD", "change_cents": 3500, "balance_after_cents": 2300}]}
                    """);
        }
    }

    @Test
    void popugs_see_no_account_by_id() {
        post(posting(Kind.FEE, 1_200));
        for (var role : List.of(Role.POPUG, Role.MANAGER)) {
            for (var path : List.of("", "/" + anna, "/" + anna + "/transfers", "/" + Ids.next())) {
                assertThat(ask(role, "/api/accounts" + path)).as(role + path).hasStatus(HttpStatus.FORBIDDEN);
            }
        }
    }

    @Test
    void account_of_another_user_without_one_is_not_found() {
        known(anna, "no-worker-" + anna, "A manager");
        for (var path : List.of("", "/transfers")) {
            assertThat(ask(Role.ADMIN, "/api/accounts/" + anna + path)).hasStatus(HttpStatus.NOT_FOUND).bodyJson()
                    .extractingPath("$.detail").asString().contains("popugs and accountants have one");
            // The company's own accounts are not listed.
            assertThat(ask(Role.ADMIN, "/api/accounts/00000000-0000-0000-0000-000000000001" + path))
                    .hasStatus(HttpStatus.NOT_FOUND);
        }
        assertThat(logins("q=" + anna)).isEmpty();
    }

    @Test
    void accounts_are_paged_by_login_and_unknown_logins_come_last() {
        var mark = "-" + anna;
        var workers = IntStream.range(0, 7).mapToObj(_ -> Ids.next()).toList();
        accounts.open(workers);
        for (var login : List.of("c", "a", "e", "b", "d")) {
            known(workers.get(login.charAt(0) - 'a'), login + mark, "Popug");
        }
        assertThat(logins("q=" + mark + "&limit=2")).extracting(login -> login.substring(0, 1))
                .containsExactly("a", "b", "c", "d", "e");

        var everybody = pages("limit=200", "user_id");
        assertThat(everybody).doesNotHaveDuplicates().containsAll(workers.stream().map(UUID::toString).toList());
        assertThat(everybody.indexOf(workers.get(5).toString())).as("one whose login was never heard")
                .isGreaterThan(everybody.indexOf(workers.get(4).toString()));
        assertThat(everybody.indexOf(workers.get(6).toString()))
                .isGreaterThan(everybody.indexOf(workers.get(5).toString()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Йодин", "Großstraße", "ΟΔΟΣ ΣΟΣ", "İnci", "Işıl", "ᲡᲐᲥᲐ", "ᏣᎳᎩ", "한비앵", "ﬁﬂ ﬃ", "Ёжик",
            "Ĳssel",
            "\uD801\uDC14\uD801\uDC2F"})
    void account_is_found_by_every_unicode_form_of_the_name(String name) {
        accounts.open(List.of(anna));
        known(anna, "typed-" + anna, name);
        for (var typed : List.of(name, name.toLowerCase(Locale.ROOT), name.toUpperCase(Locale.ROOT))) {
            for (var form : Form.values()) {
                var query = URLEncoder.encode(Normalizer.normalize(typed, form), StandardCharsets.UTF_8)
                        .replace("+", "%20");
                assertThat(logins("limit=200&q=" + query)).as(typed + " " + form).contains("typed-" + anna);
            }
        }
    }

    @Test
    void account_is_found_by_login_or_name_without_wildcards() {
        accounts.open(List.of(anna));
        known(anna, "find_me-" + anna, "Жанна 100% " + anna);
        for (var query : List.of("find_me-" + anna, "FIND_ME-" + anna, "жанна 100%25 " + anna, "ННА 100%25 " + anna)) {
            assertThat(logins("q=" + query.replace(" ", "%20"))).as(query).containsExactly("find_me-" + anna);
        }
        for (var query : List.of("find-me-" + anna, "find%25" + anna, "100_ " + anna, "find_me-" + anna + "%5C")) {
            assertThat(logins("q=" + query.replace(" ", "%20"))).as(query).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"?limit=0", "?limit=10000", "?after=nonsense", "?after=YWJj", "?after=YQpi",
            "?after=AAowMDAwMDAwMC0wMDAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDQ", "?q=", "?q=%00", "/not-an-id"})
    void invalid_request_is_refused(String query) {
        assertThat(ask(Role.ACCOUNTANT, "/api/accounts" + query)).hasStatus(HttpStatus.BAD_REQUEST).bodyJson()
                .extractingPath("$.errors[0].field")
                .isEqualTo(query.startsWith("/") ? "user_id" : query.substring(1, query.indexOf('=')));
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit=0", "limit=10000", "limit=ten", "after=nonsense", "after=YWJj", "after=LTU",
            "after=KzM"})
    void invalid_parameters_are_refused(String query) {
        post(posting(Kind.FEE, 1_000));
        assertThat(ask("/api/accounts/me/transfers?" + query)).hasStatus(HttpStatus.BAD_REQUEST)
                .bodyJson().extractingPath("$.errors[0].field").isEqualTo(query.split("=")[0]);
    }

    @ParameterizedTest
    @EnumSource
    void accountants_and_admins_see_managers_earnings(Role role) {
        assertThat(http.get().uri("/api/earnings").header("Authorization", "Bearer " + Tokens.of(anna, role)))
                .hasStatus(role == Role.ACCOUNTANT || role == Role.ADMIN ? HttpStatus.OK : HttpStatus.FORBIDDEN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"from=2026-11-02&to=2026-11-01", "from=2020-01-01&to=2026-11-01", "from=yesterday",
            "to=2026-02-30"})
    void invalid_period_is_refused(String query) {
        assertThat(http.get().uri("/api/earnings?" + query)
                .header("Authorization", "Bearer " + Tokens.of(anna, Role.ADMIN)))
                .hasStatus(HttpStatus.BAD_REQUEST).bodyJson().extractingPath("$.errors[0].field").asString()
                .isIn("from", "to");
    }

    private MvcTestResult ask(String path) {
        return ask(Role.POPUG, path);
    }

    private MvcTestResult ask(Role role, String path) {
        // The caller is unknown to the service, so the token's role decides.
        var caller = role == Role.POPUG ? anna : Ids.next();
        return http.get().uri(URI.create(path)).header("Authorization", "Bearer " + Tokens.of(caller, role)).exchange();
    }

    private List<String> logins(String query) {
        return pages(query, "login");
    }

    /** A field of all accounts of a list, over all pages. */
    private List<String> pages(String query, String field) {
        var values = new ArrayList<String>();
        for (String after = ""; after != null;) {
            var answer = ask(Role.ACCOUNTANT, "/api/accounts?" + query + "&after=" + after);
            assertThat(answer).hasStatusOk();
            var page = JsonPath.parse(new String(answer.getResponse().getContentAsByteArray(), StandardCharsets.UTF_8));
            values.addAll(page.<List<String>>read("$.items[*]." + field));
            after = page.read("$.next");
        }
        return values;
    }

    private void known(UUID user, String login, String name) {
        db.sql("insert into users (id, login, display_name, role, active, sequence) values (?, ?, ?, 'popug', true, 1)")
                .params(user, login, name).update();
    }

    private void post(Posting... postings) {
        transaction.executeWithoutResult(_ -> ledger.post(List.of(postings)));
    }

    private Posting posting(Kind kind, long cents) {
        var task = Ids.next();
        var now = Instant.now();
        return new Posting(kind, anna, cents, task, 1, now, new Received(Ids.next(), task.toString(), 1, now, null,
                "the event"));
    }
}
