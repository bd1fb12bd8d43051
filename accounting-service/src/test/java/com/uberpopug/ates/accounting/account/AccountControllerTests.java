package com.uberpopug.ates.accounting.account;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import com.uberpopug.ates.accounting.AccountingTest;
import com.uberpopug.ates.accounting.ledger.Ledger;
import com.uberpopug.ates.accounting.ledger.Posting;
import com.uberpopug.ates.accounting.ledger.Posting.Kind;
import com.uberpopug.ates.platform.Ids;
import com.uberpopug.ates.platform.inbox.Received;
import com.uberpopug.ates.platform.security.Role;
import com.uberpopug.ates.platform.test.Tokens;
import java.io.UnsupportedEncodingException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpStatus;
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
    private TransactionTemplate transaction;

    @Test
    void a_worker_sees_balance_and_today() {
        post(posting(Kind.FEE, 1_200), posting(Kind.REWARD, 3_500), posting(Kind.FEE, 1_000));
        assertThat(ask("/api/accounts/me")).bodyJson().isLenientlyEqualTo("""
                {"balance_cents": 1300, "today": {"rewards_cents": 3500, "fees_cents": 2200}}
                """);
    }

    @Test
    void the_log_is_read_page_by_page_the_newest_first() throws UnsupportedEncodingException {
        post(IntStream.range(0, 25).mapToObj(_ -> posting(Kind.FEE, 1_000)).toArray(Posting[]::new));
        var places = new ArrayList<Integer>();
        for (String after = ""; after != null;) {
            var page = JsonPath.parse(ask("/api/accounts/me/transfers?limit=10&after=" + after).getResponse()
                    .getContentAsString());
            places.addAll(page.<List<Integer>>read("$.items[*].place"));
            after = page.read("$.next");
        }
        assertThat(places).containsExactlyElementsOf(
                IntStream.iterate(25, place -> place - 1).limit(25).boxed().toList());
    }

    @Test
    void whoever_has_no_account_is_told_so() {
        assertThat(
                http.get().uri("/api/accounts/me").header("Authorization", "Bearer " + Tokens.of(anna, Role.MANAGER)))
                .hasStatus(HttpStatus.NOT_FOUND).bodyJson().extractingPath("$.detail").asString()
                .contains("you are a manager");
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit=0", "limit=10000", "limit=ten", "after=nonsense", "after=YWJj"})
    void parameters_that_cannot_be_understood_are_refused(String query) {
        post(posting(Kind.FEE, 1_000));
        assertThat(ask("/api/accounts/me/transfers?" + query)).hasStatus(HttpStatus.BAD_REQUEST)
                .bodyJson().extractingPath("$.errors[0].field").isEqualTo(query.split("=")[0]);
    }

    @ParameterizedTest
    @EnumSource
    void accountants_and_admins_see_what_managers_earn(Role role) {
        assertThat(http.get().uri("/api/earnings").header("Authorization", "Bearer " + Tokens.of(anna, role)))
                .hasStatus(role == Role.ACCOUNTANT || role == Role.ADMIN ? HttpStatus.OK : HttpStatus.FORBIDDEN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"from=2026-11-02&to=2026-11-01", "from=2020-01-01&to=2026-11-01", "from=yesterday",
            "to=2026-02-30"})
    void a_period_that_is_none_is_refused(String query) {
        assertThat(http.get().uri("/api/earnings?" + query)
                .header("Authorization", "Bearer " + Tokens.of(anna, Role.ADMIN)))
                .hasStatus(HttpStatus.BAD_REQUEST).bodyJson().extractingPath("$.errors[0].field").asString()
                .isIn("from", "to");
    }

    private MvcTestResult ask(String path) {
        return http.get().uri(path).header("Authorization", "Bearer " + Tokens.of(anna, Role.POPUG)).exchange();
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
