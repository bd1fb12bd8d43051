package com.uberpopug.ates.acceptance;

import static com.codeborne.selenide.Condition.attribute;
import static com.codeborne.selenide.Condition.exactText;
import static com.codeborne.selenide.Condition.exist;
import static com.codeborne.selenide.Condition.text;
import static com.codeborne.selenide.Condition.visible;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.ACCOUNTING;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.ANALYTICS;
import static com.uberpopug.ates.acceptance.Company.admin;
import static com.uberpopug.ates.acceptance.Company.balanceOf;
import static com.uberpopug.ates.acceptance.Company.popugsBelowZero;
import static com.uberpopug.ates.acceptance.Company.task;
import static com.uberpopug.ates.acceptance.Window.LIVE;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.acceptance.Company.Role;
import java.net.URI;
import java.util.Objects;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The money pages of popugs, accountants and admins, with live updates. A correction happens here, so these tests run
 * last.
 */
@Order(Integer.MAX_VALUE)
class BooksInBrowserTests {

    private static final String CHOOSE = """
            const from = document.querySelector('[name=from]');
            from.value = arguments[0];
            from.dispatchEvent(new Event('change', {bubbles: true}));
            """;
    private static final String ODD_TITLE = "<script>alert(1)</script>";

    @RegisterExtension
    private final Company company = new Company();
    @RegisterExtension
    private final Browsers browsers = new Browsers();

    @Test
    void popug_sees_balance_and_log_move() {
        var anna = company.hires(Role.POPUG);
        var window = browsers.of(anna);
        window.looksAt(ACCOUNTING, "/");
        window.seesTitle("My account");
        window.sees("No money has moved yet");

        var task = task(ODD_TITLE);
        admin().assignsTasks();
        balanceOf(anna).becomes(-task.feeCents());
        window.seesWithin(LIVE, "#balance", "−" + dollars(task.feeCents()));
        window.seesWithin(LIVE, "#fees-today", dollars(task.feeCents()));
        window.seesWithin(LIVE, "#log tr", ODD_TITLE);

        anna.completes(task);
        balanceOf(anna).becomes(task.amountCents() - task.feeCents());
        window.seesWithin(LIVE, "#balance", dollars(task.amountCents() - task.feeCents()));
        window.seesWithin(LIVE, "#rewards-today", dollars(task.amountCents()));
        window.seesWithin(LIVE, "#log tr", "+" + dollars(task.amountCents()));
        window.keepsToItsPolicy();
    }

    @Test
    void accountant_finds_a_fee_and_corrects_it() {
        var anna = company.hires(Role.POPUG);
        var vera = company.hires(Role.ACCOUNTANT);
        var task = task("Not for Anna");
        while (!admin().looksAt(task).is(Task.Status.ASSIGNED) || !company.assigneeOf(task).equals(anna)) {
            admin().assignsTasks();
        }
        balanceOf(anna).becomes("below zero", cents -> cents < 0);
        long before = balanceOf(anna).now();
        var annas = browsers.of(anna);
        annas.looksAt(ACCOUNTING, "/");
        annas.$("#balance").shouldHave(text("−" + dollars(-before)));

        var window = browsers.of(vera);
        window.looksAt(ACCOUNTING, "/accounts");
        window.writes("q", anna.login());
        window.seesWithin(LIVE, "#accounts tr", anna.login());
        window.clicks(anna.login());
        window.seesTitle(anna.login());
        window.clicks("Take back…");
        var dialog = window.$("dialog form");
        dialog.shouldBe(visible).shouldHave(text("Not for Anna"));
        window.isAccessible("light");
        var page = URI.create(Objects.requireNonNull(window.$("a[data-dialog=correction]").getAttribute("href")));
        var another = browsers.of(vera);
        TasksInBrowserTests.examine(another, ACCOUNTING, page.getPath() + "?" + page.getQuery());
        window.runs("document.querySelector('dialog form').noValidate = true");
        window.writes("reason", "  ");
        window.clicks("Take it back");
        window.$("#reason-error").shouldHave(exactText("Say why."));
        window.$("#reason").shouldHave(attribute("aria-invalid", "true"));
        window.writes("reason", "It was given to the wrong popug");
        window.clicks("Take it back");
        window.seesTitle("Transfer");
        window.seesWithin(LIVE, "#toasts", "The transfer was taken back: the balance changed by +$");
        Company.wasCorrected(task.feeCents());

        balanceOf(anna).becomes(before + task.feeCents());
        annas.seesWithin(LIVE, "#log tr", "It was given to the wrong popug");
        window.clicks("Takes this one back");
        window.sees("−" + dollars(task.feeCents()));
        TasksInBrowserTests.examine(window, ACCOUNTING, window.address().replaceFirst(".*:\\d+", ""));
        TasksInBrowserTests.examine(window, ACCOUNTING, "/accounts/" + anna.id());
    }

    @Test
    void tiles_move_as_tasks_are_assigned_and_completed() {
        var anna = company.hires(Role.POPUG);
        long others = company.peopleInDebt();
        popugsBelowZero().becomes(others);
        var window = browsers.of(admin());
        window.looksAt(ANALYTICS, "/");
        window.$("#below-zero").shouldHave(exactText(Long.toString(others)));

        var task = task(ODD_TITLE);
        admin().assignsTasks();
        popugsBelowZero().becomes(others + 1);
        window.seesWithin(LIVE, "#below-zero", Long.toString(others + 1));

        anna.completes(task);
        popugsBelowZero().becomes(others);
        window.seesWithin(LIVE, "#below-zero", Long.toString(others));
        long earned = new Eventually<>("the managers' earnings today", BooksInBrowserTests::earnedToday).satisfies(
                cents -> window.seesWithin(LIVE, "#earned-today", dollars(cents)));
        window.looksAt(ACCOUNTING, "/earnings");
        window.seesWithin(LIVE, "#earned-today", dollars(earned));
        window.looksAt(ANALYTICS, "/most-expensive?period=MONTH");
        window.sees("$");
        window.keepsToItsPolicy();
    }

    @Test
    void invalid_period_is_refused_at_its_field_and_the_rest_stays() {
        var window = browsers.of(admin());
        for (var service : new ApplicationUnderTest.Service[]{ACCOUNTING, ANALYTICS}) {
            var path = service == ACCOUNTING ? "/earnings" : "/";
            window.looksAt(service, path);
            var from = window.$("[name=from]");
            var before = from.getValue();
            window.runs(CHOOSE, "2999-01-01");
            window.seesWithin(LIVE, "#from-error", "must not come after");
            from.shouldHave(attribute("aria-invalid", "true"), attribute("aria-describedby", "from-error"));
            assertThat(window.address()).isEqualTo(service.address() + path);
            window.isAccessible("light");
            window.runs(CHOOSE, before);
            window.$("#from-error").shouldNot(exist);
            from.shouldNotHave(attribute("aria-invalid"));
            new Eventually<>("the address", window::address).becomes("that of the period",
                    address -> address.contains("from=" + before));
        }
    }

    @Test
    void every_page_is_accessible_and_fits_a_phone() {
        var anna = company.hires(Role.POPUG);
        var annas = browsers.of(anna);
        TasksInBrowserTests.examine(annas, ACCOUNTING, "/");
        task(ODD_TITLE);
        task("W".repeat(200));
        admin().assignsTasks();
        balanceOf(anna).becomes("below zero", cents -> cents < 0);
        TasksInBrowserTests.examine(annas, ACCOUNTING, "/");
        TasksInBrowserTests.examineRefusal(annas, ANALYTICS, "/");
        var admins = browsers.of(admin());
        for (var path : new String[]{"/", "/accounts", "/accounts?q=nobody-like-this", "/accounts/" + anna.id(),
                "/accounts/" + anna.id() + "/statement.csv?from=2026-02-02&to=2026-02-01",
                "/earnings", "/business-days", "/payouts", "/payouts?status=GIVEN_UP", "/ledger-check"}) {
            TasksInBrowserTests.examine(admins, ACCOUNTING, path);
        }
        for (var path : new String[]{"/", "/most-expensive", "/most-expensive?period=MONTH&date=2020-01-01",
                "/projections"}) {
            TasksInBrowserTests.examine(admins, ANALYTICS, path);
        }
        admins.chooses("Русский");
        for (var path : new String[]{"/", "/most-expensive", "/projections", "/pipeline"}) {
            TasksInBrowserTests.examineInRussian(admins, ANALYTICS, path);
        }
        for (var path : new String[]{"/", "/accounts", "/accounts/" + anna.id(), "/earnings", "/business-days",
                "/payouts", "/ledger-check"}) {
            TasksInBrowserTests.examineInRussian(admins, ACCOUNTING, path);
        }
    }

    @Test
    void download_after_the_session_ended_leads_back_to_its_page() {
        var anna = company.hires(Role.POPUG);
        var window = browsers.of(anna);
        window.looksAt(ACCOUNTING, "/");
        // Otherwise the page itself would notice, and redirect to sign-in before the click.
        window.goesDeaf();
        window.losesItsCookies();
        window.clicks("Download for Excel");
        window.$("#username").shouldBe(visible);
        window.signsIn(anna);
        window.seesTitle("My account");
    }

    @Test
    void ledger_is_checked_by_a_click() {
        var window = browsers.of(company.hires(Role.ACCOUNTANT));
        window.looksAt(ACCOUNTING, "/ledger-check");
        window.clicks("Check now");
        window.$("#result").shouldHave(text("Events compared with"));
        window.isAccessible("light");
    }

    private static long earnedToday() {
        return admin().gets(ANALYTICS, "/api/earnings").is(200).json().path("today").path("earned_cents").asLong();
    }

    /** An amount as on the pages, without a leading plus. */
    private static String dollars(long cents) {
        return (cents < 0 ? "−" : "") + "$%,d.%02d".formatted(Math.abs(cents / 100), Math.abs(cents % 100));
    }
}
