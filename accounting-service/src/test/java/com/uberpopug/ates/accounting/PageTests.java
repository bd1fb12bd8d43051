package com.uberpopug.ates.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;

import com.uberpopug.ates.accounting.ledger.Accounts;
import com.uberpopug.ates.accounting.ledger.Ledger;
import com.uberpopug.ates.accounting.ledger.Posting.Kind;
import com.uberpopug.ates.accounting.ledger.Posting;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.inbox.Received;
import com.uberpopug.ates.platform.test.PageSession;
import com.uberpopug.ates.platform.test.Statements;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.security.Role;
import jakarta.servlet.http.Cookie;
import java.io.UnsupportedEncodingException;
import java.net.URI;
import java.text.Normalizer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.session.SessionRepository;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import org.springframework.transaction.support.TransactionTemplate;

/** The pages: access by role, contents, and forms. */
@AccountingTest
class PageTests {

    private static final int MOST_STATEMENTS = 10;
    private static final List<Role> ALL_ACCOUNTS = List.of(Role.ACCOUNTANT, Role.ADMIN);

    private final UUID anna = Ids.next();
    private final Map<Role, Cookie> sessions = new EnumMap<>(Role.class);

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
    @Autowired
    private SessionRepository<?> store;
    @Autowired
    private Environment environment;

    @ParameterizedTest
    @ValueSource(strings = {"/accounts", "/accounts/{anna}", "/accounts/{anna}/statement.csv",
            "/accounts/{anna}/statement.xlsx", "/earnings", "/business-days", "/business-days/{today}",
            "/business-days/{today}/close", "/payouts", "/payouts/retry", "/ledger-check", "/transfers/{fee}",
            "/corrections/new?transfer={fee}"})
    void accountants_and_admins_see_every_page(String path) throws UnsupportedEncodingException {
        accounts.open(List.of(anna));
        var fee = post(Kind.FEE, 1_200);
        for (var role : Role.values()) {
            session(role);
            try (var statements = new Statements()) {
                var page = looks(role, path.replace("{anna}", anna.toString()).replace("{fee}", fee.toString())
                        .replace("{today}", LocalDate.now(ZoneOffset.UTC).toString()));
                boolean transfer = path.startsWith("/transfers");
                assertThat(page).as("%s, %s", role, path).hasStatus(
                        transfer && role == Role.POPUG || ALL_ACCOUNTS.contains(role)
                                ? HttpStatus.OK
                                : transfer ? HttpStatus.NOT_FOUND : HttpStatus.FORBIDDEN);
                assertThat(statements.executed()).as("%s, %s", role, path).hasSizeLessThanOrEqualTo(MOST_STATEMENTS);
                // The menu lists the permitted pages only.
                if (!path.contains("/statement.")) {
                    assertThat(page.getResponse().getContentAsString().contains("href=\"/ledger-check\""))
                            .as("%s, %s", role, path).isEqualTo(ALL_ACCOUNTS.contains(role));
                }
            }
        }
    }

    @Test
    void popug_sees_balance_today_and_log_with_escaped_titles() throws UnsupportedEncodingException {
        known("popug");
        var fee = post(Kind.FEE, 1_250);
        post(Kind.REWARD, 3_500);
        db.sql("insert into tasks (id, title) select task_id, '<script>alert(1)</script>' from transfers where id = ?")
                .param(fee).update();
        session(Role.POPUG);
        try (var statements = new Statements()) {
            assertThat(text(looks(Role.POPUG, "/"))).contains("$22.50", "$35.00", "$12.50", "−$12.50", "+$35.00",
                    "&lt;script&gt;alert(1)&lt;/script&gt;").doesNotContain("<script>alert", "/corrections/new");
            assertThat(statements.executed()).hasSizeBetween(3, MOST_STATEMENTS);
        }
        assertThat(looks(Role.POPUG, "/statement.csv")).hasStatusOk().hasHeader("Content-Type",
                "text/csv;charset=UTF-8");
        assertThat(looks(Role.POPUG, "/accounts/" + anna)).hasStatus(HttpStatus.FORBIDDEN);
        db.sql("update users set language = 'ru' where id = ?").param(anna).update();
        assertThat(text(looks(Role.POPUG, "/"))).contains("Мой счёт", "Заработано сегодня");
    }

    @ParameterizedTest
    @CsvSource({"xlsx, application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, 504b",
            "csv, text/csv;charset=UTF-8, efbbbf"})
    void statement_is_downloaded_and_a_refusal_is_not(String suffix, String type, String begin)
            throws UnsupportedEncodingException {
        post(Kind.FEE, 1_250);
        session(Role.POPUG);
        var file = looks(Role.POPUG, "/statement." + suffix);
        assertThat(file).hasStatusOk().hasHeader("Content-Type", type);
        var name = file.getResponse().getHeader("Content-Disposition");
        assertThat(name).startsWith("attachment; filename=").endsWith("." + suffix + "\"");
        assertThat(HexFormat.of().formatHex(file.getResponse().getContentAsByteArray())).startsWith(begin);

        var head = http.head().uri("/statement." + suffix).accept(MediaType.TEXT_HTML)
                .cookie(session(Role.POPUG)).exchange();
        assertThat(head).hasStatusOk().hasHeader("Content-Type", type).hasHeader("Content-Disposition", name);
        assertThat(head.getResponse().getContentAsByteArray()).isEmpty();

        for (var refused : List.of(looks(Role.POPUG, "/accounts/" + anna + "/statement." + suffix),
                looks(Role.POPUG, "/statement." + suffix + "?from=2026-02-02&to=2026-02-01"),
                looks(Role.ACCOUNTANT, "/accounts/" + Ids.next() + "/statement." + suffix))) {
            assertThat(refused.getResponse().getStatus()).isGreaterThan(400);
            assertThat(refused.getResponse().getHeader("Content-Disposition")).isNull();
            assertThat(refused.getResponse().getContentType()).isNotEqualTo(type);
        }
        assertThat(text(looks(Role.POPUG, "/"))).contains("action=\"/statement.xlsx\"",
                "formaction=\"/statement.csv\"");
    }

    @Test
    void transfer_of_another_worker_is_answered_as_an_unknown_one() {
        var fee = post(Kind.FEE, 1_250);
        var boris = PageSession.cookie(store, environment, Ids.next(), Role.POPUG).split("=", 2);
        assertThat(
                http.get().uri("/transfers/" + fee).accept(MediaType.TEXT_HTML).cookie(new Cookie(boris[0], boris[1])))
                .hasStatus(HttpStatus.NOT_FOUND);
        assertThat(looks(Role.POPUG, "/transfers/" + Ids.next())).hasStatus(HttpStatus.NOT_FOUND);
        assertThat(looks(Role.ADMIN, "/transfers/" + Ids.next())).hasStatus(HttpStatus.NOT_FOUND);
    }

    @Test
    void page_without_an_account_says_so() throws UnsupportedEncodingException {
        for (var role : List.of(Role.MANAGER, Role.ADMIN)) {
            assertThat(text(looks(role, "/"))).contains("You have no account", "Managers and admins are given no tasks")
                    .doesNotContain("/statement.csv");
        }
        assertThat(text(looks(Role.POPUG, "/"))).contains("You have no account", "It will be opened in a moment");
    }

    @Test
    void next_part_of_a_log_continues_its_last_day() throws UnsupportedEncodingException {
        IntStream.range(0, 60).forEach(_ -> post(Kind.FEE, 1_000));
        var first = text(looks(Role.POPUG, "/"));
        assertThat(first.split("<tr data-row", -1)).hasSize(51);
        assertThat(first.split("class=\"group\"", -1)).hasSize(2);
        var more = first.replaceAll("(?s).*hx-get=\"(/\\?after=[^\"]+)\".*", "$1").replace("&amp;", "&");
        var rest = text(looks(Role.POPUG, more));
        assertThat(rest.split("<tr data-row", -1)).hasSize(11);
        assertThat(rest).doesNotContain("class=\"group\"", "class=\"more\"");
        assertThat(looks(Role.POPUG, "/?after=nonsense")).hasStatus(HttpStatus.BAD_REQUEST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/statement.csv", "/statement.xlsx", "/accounts/{anna}/statement.csv",
            "/accounts/{anna}/statement.xlsx", "/earnings", "/accounts/{anna}"})
    void invalid_period_is_reported_at_its_field(String path) throws UnsupportedEncodingException {
        post(Kind.FEE, 1_000);
        var role = path.startsWith("/statement.") ? Role.POPUG : Role.ACCOUNTANT;
        for (var period : List.of("from=2026-02-02&to=2026-02-01", "from=1969-12-31&to=2026-02-01", "from=yesterday")) {
            var page = looks(role, path.replace("{anna}", anna.toString()) + "?" + period);
            assertThat(page).as(path + period).hasStatus(HttpStatus.UNPROCESSABLE_CONTENT);
            assertThat(text(page)).contains("id=\"from-error\"", "aria-describedby=\"from-error\"");
        }
    }

    @Test
    void accounts_are_searched_and_ordered() throws UnsupportedEncodingException {
        known("popug");
        post(Kind.FEE, 1_000);
        var richer = Ids.next();
        db.sql("insert into users (id, login, display_name, role, active, sequence) values (?, ?, 'Boris', 'popug', true, 1)")
                .params(richer, "a-" + anna).update();
        accounts.open(List.of(richer));
        for (var order : Map.of("", true, "LOWEST_BALANCE", false, "HIGHEST_BALANCE", true).entrySet()) {
            var list = text(looks(Role.ADMIN, "/accounts?q=" + anna + "&order=" + order.getKey()));
            assertThat(list.indexOf(richer.toString()) < list.indexOf("/accounts/" + anna)).as(order.getKey())
                    .isEqualTo(order.getValue());
            var first = text(looks(Role.ADMIN, "/accounts?limit=1&q=" + anna + "&order=" + order.getKey()));
            var more = first.replaceAll("(?s).*class=\"more\".*?hx-get=\"([^\"]+)\".*", "$1").replace("&amp;", "&");
            assertThat(text(looks(Role.ADMIN, more))).as(more)
                    .contains(order.getValue() ? "/accounts/" + anna : richer.toString())
                    .doesNotContain(order.getValue() ? richer.toString() : "/accounts/" + anna);
        }
        assertThat(text(looks(Role.ADMIN, "/accounts?q=nobody-" + anna))).contains("Nobody is called that");
        assertThat(looks(Role.ADMIN, "/accounts?order=LOWEST_BALANCE&after=YWJj")).hasStatus(HttpStatus.BAD_REQUEST);
    }

    @Test
    void correction_needs_a_reason_and_is_done_once() throws UnsupportedEncodingException {
        var fee = post(Kind.FEE, 1_200);
        var form = Map.of("transferId", fee.toString(), "reason", "  ", "once", Ids.next().toString());
        var refused = sends(Role.ACCOUNTANT, "/corrections", form);
        assertThat(refused).hasStatus(HttpStatus.UNPROCESSABLE_CONTENT);
        assertThat(text(refused)).contains("Say why.", "id=\"reason-error\"");

        var right = Map.of("transferId", fee.toString(), "reason", "Twice <b>", "once", Ids.next().toString());
        var done = sends(Role.ACCOUNTANT, "/corrections", right);
        assertThat(done).hasStatus(HttpStatus.SEE_OTHER);
        assertThat(location(sends(Role.ACCOUNTANT, "/corrections", right))).isEqualTo(location(done));
        assertThat(db.sql("select count(*) from transfers where corrects_transfer_id = ?").param(fee)
                .query(Integer.class).single()).isEqualTo(1);
        // Both pages link to each other, also for the worker.
        assertThat(text(looks(Role.POPUG, location(done)))).contains("href=\"/transfers/" + fee, "Twice &lt;b&gt;",
                "+$12.00");
        assertThat(text(looks(Role.POPUG, "/transfers/" + fee))).contains("href=\"" + location(done));
        // A form that another user left open.
        assertThat(location(sends(Role.ADMIN, "/corrections",
                Map.of("transferId", fee.toString(), "reason", "Late", "once", Ids.next().toString()))))
                .isEqualTo("/transfers/" + fee);
        assertThat(sends(Role.POPUG, "/corrections", right)).hasStatus(HttpStatus.FORBIDDEN);
        // A refused correction keeps the typed reason.
        var impossible = sends(Role.ADMIN, "/corrections", Map.of("transferId",
                location(done).replace("/transfers/", ""), "reason", "And back again", "once", Ids.next().toString()));
        assertThat(impossible).hasStatus(HttpStatus.UNPROCESSABLE_CONTENT);
        assertThat(text(impossible)).contains("value=\"And back again\"", "Only fees and rewards can be taken back.");
    }

    @Test
    void only_accountants_and_admins_close_days() {
        for (var role : List.of(Role.POPUG, Role.MANAGER)) {
            assertThat(sends(role, "/business-days/2026-01-01/close", Map.of())).hasStatus(HttpStatus.FORBIDDEN);
        }
        assertThat(sends(Role.ADMIN, "/business-days/1999-01-01/close", Map.of())).hasStatus(HttpStatus.NOT_FOUND);
        assertThat(sends(Role.ADMIN, "/business-days/+999999-01-01/close", Map.of())).hasStatus(HttpStatus.NOT_FOUND);
        var early = sends(Role.ADMIN, "/business-days/2999-01-01/close", Map.of("once", Ids.next().toString()));
        assertThat(location(early)).isEqualTo("/business-days");
    }

    @Test
    void closing_a_day_is_confirmed_with_its_payouts() throws UnsupportedEncodingException {
        known("popug");
        post(Kind.REWARD, 4_300);
        post(Kind.FEE, 1_100);
        var close = "/business-days/" + LocalDate.now(ZoneOffset.UTC) + "/close";
        assertThat(looks(Role.MANAGER, close)).hasStatus(HttpStatus.FORBIDDEN);
        var question = text(looks(Role.ACCOUNTANT, close));
        assertThat(question).contains("Anna", "$32.00", "This cannot be undone.", "name=\"count\"");
        var figures = new HashMap<String, String>();
        Pattern.compile("name=\"(count|cents|at)\" value=\"(\\d+)\"").matcher(question).results()
                .forEach(field -> figures.put(field.group(1), field.group(2)));
        assertThat(question)
                .contains("pay " + (figures.get("count").equals("1") ? "one popug " : figures.get("count")));

        // Neither without a confirmation, nor with an outdated one.
        var old = new HashMap<>(figures);
        old.put("at", Long.toString(Long.parseLong(figures.get("at")) - 121_000));
        old.put("cents", "1");
        for (var answer : List.of(Map.<String, String>of(), old)) {
            var again = sends(Role.ACCOUNTANT, close, answer);
            assertThat(again).hasStatus(HttpStatus.CONFLICT);
            assertThat(text(again)).contains("Anna", "$32.00");
        }
        assertThat(db.sql("select count(*) from business_days where requested_at is not null").query(Long.class)
                .single()).isZero();
    }

    @Test
    void email_that_was_given_up_is_sent_again() throws UnsupportedEncodingException {
        known("popug");
        // The job would give it up again: Anna has no address.
        db.sql("update scheduled_tasks set execution_time = now() + interval '1 day' where task_name = 'send-emails'")
                .update();
        var email = Ids.next();
        db.sql("""
                insert into emails (fact_id, worker_id, business_date, paid_cents, fees_cents, rewards_cents,
                                    carried_over_cents, status, attempts, next_attempt_at, last_error)
                values (?, ?, '2026-01-01', 1234, 0, 1234, 0, 'GIVEN_UP', 3, now(), 'No <such> mailbox')
                """).params(email, anna).update();
        assertThat(text(looks(Role.ACCOUNTANT, "/payouts?status=GIVEN_UP"))).contains("Anna", "$12.34",
                "No &lt;such&gt; mailbox", "/payouts/" + email + "/retry");
        var retry = "/payouts/" + email + "/retry";
        assertThat(sends(Role.POPUG, retry, Map.of())).hasStatus(HttpStatus.FORBIDDEN);
        assertThat(location(sends(Role.ACCOUNTANT, retry, Map.of("status", "GIVEN_UP"))))
                .isEqualTo("/payouts?status=GIVEN_UP");
        assertThat(text(looks(Role.ACCOUNTANT, "/payouts"))).doesNotContain(retry, "/payouts/retry");
        db.sql("update emails set status = 'GIVEN_UP' where fact_id = ?").param(email).update();
        assertThat(text(looks(Role.ACCOUNTANT, "/payouts?status=GIVEN_UP"))).contains("/payouts/retry");
        assertThat(sends(Role.POPUG, "/payouts/retry", Map.of())).hasStatus(HttpStatus.FORBIDDEN);
        assertThat(text(looks(Role.ACCOUNTANT, "/payouts/retry"))).contains("<dd>1</dd>", "$12.34", "Send one email");
        assertThat(sends(Role.ACCOUNTANT, "/payouts/retry", Map.of())).hasStatus(HttpStatus.CONFLICT);
        assertThat(db.sql("select count(*) from emails where status = 'GIVEN_UP'").query(Long.class).single()).isOne();
        assertThat(location(sends(Role.ACCOUNTANT, "/payouts/retry", confirmed(1, 1_234)))).isEqualTo("/payouts");
        assertThat(db.sql("select count(*) from emails where status = 'GIVEN_UP'").query(Long.class).single()).isZero();
        db.sql("delete from emails where fact_id = ?").param(email).update();
        db.sql("update scheduled_tasks set execution_time = now() where task_name = 'send-emails'").update();
    }

    @Test
    void ledger_check_shows_every_difference() throws UnsupportedEncodingException {
        var unpriced = post(Kind.REWARD, 1_234);
        var found = sends(Role.ACCOUNTANT, "/ledger-check", Map.of());
        assertThat(found).hasStatusOk();
        assertThat(text(found)).contains("not the task’s price", unpriced.toString(), "1234");
        assertThat(sends(Role.POPUG, "/ledger-check", Map.of())).hasStatus(HttpStatus.FORBIDDEN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"я", "\uD83E\uDD9C", "и\u0306", "\u1112\u1161\u11ab"})
    void page_and_api_accept_reasons_of_500_code_points(String letter) {
        assertThat(sends(Role.ACCOUNTANT, "/corrections", Map.of("transferId", post(Kind.FEE, 1_000).toString(),
                "reason", letter.repeat(501)))).hasStatus(HttpStatus.UNPROCESSABLE_CONTENT);
        assertThat(sends(Role.ACCOUNTANT, "/corrections", Map.of("transferId", post(Kind.FEE, 1_000).toString(),
                "reason", letter.repeat(500)))).hasStatus(HttpStatus.FOUND);
        for (int length : List.of(500, 501)) {
            var body = "{\"transfer_id\": \"%s\", \"reason\": \"%s\"}".formatted(post(Kind.FEE, 1_000),
                    letter.repeat(length));
            assertThat(http.post().uri("/api/corrections").contentType(MediaType.APPLICATION_JSON).content(body)
                    .header("Authorization", "Bearer " + Tokens.of(Ids.next(), Role.ACCOUNTANT)))
                    .hasStatus(length == 500 ? HttpStatus.CREATED : HttpStatus.UNPROCESSABLE_CONTENT);
        }
        assertThat(db.sql("select distinct reason from transfers where worker_id = ? and reason is not null")
                .param(anna).query(String.class).list())
                .containsExactly(Normalizer.normalize(letter.repeat(500), Normalizer.Form.NFC));
    }

    @Test
    void no_field_truncates_typed_text() throws UnsupportedEncodingException {
        var fee = post(Kind.FEE, 1_000);
        for (var path : List.of("/accounts", "/corrections/new?transfer=" + fee)) {
            assertThat(text(looks(Role.ACCOUNTANT, path))).as(path).doesNotContain("maxlength");
        }
    }

    /** The parameters of a confirmation with these figures. */
    private static Map<String, String> confirmed(long count, long cents) {
        return Map.of("count", Long.toString(count), "cents", Long.toString(cents), "at",
                Long.toString(System.currentTimeMillis()));
    }

    private MvcTestResult looks(Role role, String path) {
        return http.get().uri(URI.create(path)).accept(MediaType.TEXT_HTML).cookie(session(role)).exchange();
    }

    private MvcTestResult sends(Role role, String path, Map<String, String> form) {
        var request = http.method(HttpMethod.POST).uri(URI.create(path)).accept(MediaType.TEXT_HTML)
                .cookie(session(role)).with(csrf());
        form.forEach(request::param);
        return request.exchange();
    }

    /** A session of Anna for popugs, of an unknown user for other roles. */
    private Cookie session(Role role) {
        return sessions.computeIfAbsent(role, _ -> {
            var cookie = PageSession.cookie(store, environment, role == Role.POPUG ? anna : Ids.next(), role)
                    .split("=", 2);
            return new Cookie(cookie[0], cookie[1]);
        });
    }

    private static String text(MvcTestResult page) throws UnsupportedEncodingException {
        return page.getResponse().getContentAsString();
    }

    private static String location(MvcTestResult answer) {
        return String.valueOf(answer.getResponse().getHeader(HttpHeaders.LOCATION));
    }

    private void known(String role) {
        db.sql("insert into users (id, login, display_name, language, role, active, sequence) values (?, ?, 'Anna', 'en', ?, true, 1)")
                .params(anna, "b-" + anna, role).update();
    }

    /** The id of Anna's transfer. */
    private UUID post(Kind kind, long cents) {
        var task = Ids.next();
        var now = Instant.now();
        transaction.executeWithoutResult(_ -> ledger.post(List.of(new Posting(kind, anna, cents, task, 1, now,
                new Received(Ids.next(), task.toString(), 1, now, null, "the event")))));
        return db.sql("select id from transfers where task_id = ?").param(task).query(UUID.class).single();
    }
}
