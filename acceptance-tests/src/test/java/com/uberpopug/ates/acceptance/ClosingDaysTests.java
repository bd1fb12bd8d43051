package com.uberpopug.ates.acceptance;

import static com.codeborne.selenide.Condition.text;
import static com.codeborne.selenide.Condition.visible;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.ACCOUNTING;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.ANALYTICS;
import static com.uberpopug.ates.acceptance.Company.admin;
import static com.uberpopug.ates.acceptance.Company.balanceOf;
import static com.uberpopug.ates.acceptance.Company.earnedByManagers;
import static com.uberpopug.ates.acceptance.Company.task;
import static com.uberpopug.ates.acceptance.Window.LIVE;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.acceptance.ApplicationUnderTest.Service;
import com.uberpopug.ates.acceptance.Company.Role;
import com.uberpopug.ates.acceptance.Person.Account;
import com.uberpopug.ates.acceptance.Person.Line;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.openqa.selenium.Keys;

/**
 * "At the end of the business day every popug with a positive balance is paid exactly it." These tests move the company
 * to its next day, so they run last.
 */
@Order(Integer.MAX_VALUE - 1)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClosingDaysTests {

    @RegisterExtension
    private final Company company = new Company();
    @RegisterExtension
    private final Browsers browsers = Browsers.ifThereAreAny();

    /** The longest time until all payouts are made. */
    private static final Duration PAYING = Duration.ofSeconds(10);

    /** A business day in accounting's answer. */
    record Day(LocalDate businessDate, String status, long earnedCents, long payouts, long paidCents) {
    }

    @Test
    @Order(1)
    void day_that_cannot_be_closed_stays_open() {
        var staff = company.hires(Role.POPUG, Role.MANAGER, Role.ACCOUNTANT);
        var anna = staff.get(0);
        var accountant = staff.get(2);
        var task = task("For one of them");
        admin().assignsTasks();
        balanceOf(company.assigneeOf(task)).becomes(-task.feeCents());
        var today = today(ACCOUNTING);
        var balances = balances();

        close(accountant, today.plusDays(1)).isProblem(409);
        close(accountant, today.plusYears(1)).isProblem(409);
        close(accountant, LocalDate.of(1999, 12, 31)).isProblem(404);
        accountant.posts(ACCOUNTING, "/api/business-days/today/close").isProblemWith(400, "date");
        accountant.posts(ACCOUNTING, "/api/business-days/2026-02-30/close").isProblemWith(400, "date");
        accountant.posts(ACCOUNTING, "/api/business-days/+999999999-12-31/close").isProblem(404);
        close(anna, today).isProblem(403);
        close(staff.get(1), today).isProblem(403);

        assertThat(day(today).status()).isEqualTo("OPEN");
        assertThat(today(ACCOUNTING)).isEqualTo(today);
        assertThat(balances()).isEqualTo(balances);
    }

    @Test
    @Order(2)
    void every_positive_balance_is_paid_exactly_and_announced_by_email() {
        // Boris is charged for a task that others complete; two more earn money, one of whom is deactivated by the
        // evening.
        var boris = company.hires(Role.POPUG);
        task("Boris did not make it in time");
        admin().assignsTasks();
        balanceOf(boris).becomes("below zero", cents -> cents < 0);
        sendsHome(boris);
        var anna = company.hires(Role.POPUG);
        earns(anna);
        sendsHome(anna);
        var vera = company.hires(Role.ACCOUNTANT);
        company.writesInRussianTo(vera);
        earns(vera);
        var today = today(ACCOUNTING);
        var before = balances();
        long earned = Company.feesMinusRewards(admin().looksAtTasks());
        earnedByManagers(ANALYTICS).becomes(earned);
        long earnedToday = day(today).earnedCents();

        if (Browsers.areThere()) {
            closesByClicks(vera, before);
        } else {
            assertThat(close(vera, today).is(202).header("Location")).isEqualTo("/api/business-days/" + today);
        }

        var closed = new Eventually<>("the day", () -> day(today)).becomes("closed",
                day -> day.status().equals("CLOSED"));
        var owed = before.values().stream().filter(cents -> cents > 0).toList();
        assertThat(closed.payouts()).isEqualTo(owed.size());
        assertThat(closed.paidCents()).isEqualTo(owed.stream().mapToLong(Long::longValue).sum());
        assertThat(closed.earnedCents()).as("payouts are not part of what managers earn").isEqualTo(earnedToday);
        assertThat(balances()).isEqualTo(before.entrySet().stream()
                .collect(toMap(Map.Entry::getKey, account -> Math.min(0, account.getValue()))));
        assertThat(day(today)).isEqualTo(closed);
        SecurityLogTests.isRecorded("CLOSE_REQUESTED", ACCOUNTING, vera, null, today.toString());
        SecurityLogTests.isRecorded("DAY_CLOSED", ACCOUNTING, vera, null, today.toString());

        for (var paid : List.of(anna, vera)) {
            assertThat(admin().looksAtAuditLogOf(paid).getLast()).satisfies(line -> {
                assertThat(line.kind()).isEqualTo("PAYOUT");
                assertThat(line.changeCents()).isEqualTo(-before.get(paid.id()));
                assertThat(line.balanceAfterCents()).isZero();
                assertThat(line.businessDate()).isEqualTo(today);
            });
        }
        assertThat(vera.looksAtAuditLog()).isEqualTo(admin().looksAtAuditLogOf(vera));
        assertThat(admin().looksAtAuditLogOf(boris)).extracting(Line::kind).doesNotContain("PAYOUT");

        new Eventually<>("the mails", ApplicationUnderTest::payoutMails).satisfies(mails -> {
            isWrittenTo(anna, "You were paid " + dollars(before.get(anna.id())) + " for " + date(today, "en"), mails);
            isWrittenTo(vera, "Вам выплачено " + dollars(before.get(vera.id())) + " за " + date(today, "ru"), mails);
        });
        assertThat(ApplicationUnderTest.payoutMails()).noneMatch(mail -> mail.contains(address(boris)));

        // Every service is on the next day now.
        new Eventually<>("accounting's day", () -> today(ACCOUNTING)).becomes(today.plusDays(1));
        new Eventually<>("analytics' day", () -> today(ANALYTICS)).becomes(today.plusDays(1));
        earnedByManagers(ACCOUNTING).becomes(earned);
        earnedByManagers(ANALYTICS).becomes(earned);
    }

    @Test
    @Order(3)
    void closed_day_is_not_closed_again_and_late_transfers_count_for_the_next() {
        var today = today(ACCOUNTING);
        var yesterday = day(today.minusDays(1));
        assertThat(yesterday.status()).isEqualTo("CLOSED");
        var anna = company.hires(Role.POPUG);
        var late = task("Came late");
        admin().assignsTasks();
        balanceOf(anna).becomes(-late.feeCents());

        assertThat(close(admin(), yesterday.businessDate()).isProblem(409).json().path("detail").asString())
                .contains("closed already");
        close(admin(), today).isProblem(409);

        assertThat(day(today.minusDays(1))).isEqualTo(yesterday);
        assertThat(anna.looksAtAuditLog()).extracting(Line::businessDate).containsExactly(today);
        assertThat(anna.looksAtAccount().today()).isEqualTo(new Account.Today(today, 0, late.feeCents()));
    }

    /** Completes every open task as the only worker, until their rewards exceed their fees. */
    private static void earns(Person worker) {
        long balance = 0;
        while (balance <= 0) {
            task("Pays, as a rule");
            admin().assignsTasks();
            for (var task : worker.looksAtOwnTasks()) {
                worker.completes(task);
                balance += task.amountCents() - task.feeCents();
            }
            balanceOf(worker).becomes(balance);
        }
    }

    /** An accountant with Russian pages closes the day in one window, and is paid in another. */
    private void closesByClicks(Person accountant, Map<UUID, Long> balances) {
        long balanceCents = balances.get(accountant.id());
        var owed = balances.values().stream().filter(cents -> cents > 0).toList();
        // Money as on the pages, with a comma for thousands.
        var total = String.format(Locale.US, "$%,.2f",
                BigDecimal.valueOf(owed.stream().mapToLong(Long::longValue).sum(), 2));
        var own = browsers.of(accountant);
        own.looksAt(ACCOUNTING, "/");
        own.$("#balance").shouldHave(text(dollars(balanceCents)));
        var days = browsers.of(accountant);
        days.looksAt(ACCOUNTING, "/business-days");
        for (int millis : DoubleClicksTests.MILLIS) {
            days.clicksTwice(days.button("Закрыть"), millis);
            days.$("#question").shouldHave(text("Скольким попугам платим " + owed.size()), text("Всего " + total));
            days.presses(Keys.ESCAPE);
            days.$("#question").shouldNotBe(visible);
        }
        assertThat(day(today(ACCOUNTING)).status()).isEqualTo("OPEN");
        days.clicks("Закрыть");
        days.clicksTwice(days.$("#close-confirm"), 300);
        days.seesWithin(LIVE, "#toasts", "День закрывается");
        days.$("#day").shouldHave(text("Выплат:"), PAYING);
        days.looksAt(ACCOUNTING, "/business-days");
        days.seesWithin(PAYING, "#days tr", "Закрыт");
        own.seesWithin(LIVE, "#balance", "$0.00");
        own.seesWithin(LIVE, "#toasts", "Вам выплачено " + dollars(balanceCents));
        own.seesWithin(LIVE, "#log tr", "Выплата");
        new Eventually<>("the email", () -> {
            days.looksAt(ACCOUNTING, "/payouts?status=SENT&limit=200");
            return days.$("#payouts").text();
        }).becomes("sent", payouts -> payouts.contains(accountant.login()));
        TasksInBrowserTests.examine(days, ACCOUNTING, "/payouts");
        TasksInBrowserTests.examine(days, ACCOUNTING, "/business-days");
    }

    private void sendsHome(Person person) {
        company.deactivates(person);
        Company.isKeptOut(person);
    }

    private static Answer close(Person person, LocalDate date) {
        return person.posts(ACCOUNTING, "/api/business-days/" + date + "/close");
    }

    private static Day day(LocalDate date) {
        return admin().gets(ACCOUNTING, "/api/business-days/" + date).is(200).as(Day.class);
    }

    static LocalDate today(Service service) {
        return LocalDate.parse(
                admin().gets(service, "/api/earnings").is(200).json().path("today").path("business_date").asString());
    }

    private static Map<UUID, Long> balances() {
        return admin().looksAtAllAccounts().stream().collect(toMap(Account::userId, Account::balanceCents));
    }

    private static void isWrittenTo(Person person, String subject, List<String> mails) {
        assertThat(mails).filteredOn(mail -> mail.contains(address(person))).singleElement().asString()
                .contains(subject);
    }

    private static String address(Person person) {
        return person.login() + "@uberpopug.example";
    }

    private static String date(LocalDate date, String language) {
        return DateTimeFormatter.ofPattern("d MMMM yyyy", Locale.of(language)).format(date);
    }

    private static String dollars(long cents) {
        return "$%d.%02d".formatted(cents / 100, cents % 100);
    }
}
