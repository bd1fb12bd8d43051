package com.uberpopug.ates.acceptance;

import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.ACCOUNTING;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.ANALYTICS;
import static com.uberpopug.ates.acceptance.Company.admin;
import static com.uberpopug.ates.acceptance.Company.balanceOf;
import static com.uberpopug.ates.acceptance.Company.earnedByManagers;
import static com.uberpopug.ates.acceptance.Company.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.uberpopug.ates.acceptance.Company.Role;
import com.uberpopug.ates.acceptance.Person.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** "On assignment the assignee is charged the fee; on completion the assignee is credited the amount." */
class MoneyTests {

    @RegisterExtension
    private final Company company = new Company();

    @Test
    void worker_starts_with_an_empty_account_of_their_own() {
        for (var worker : company.hires(Role.POPUG, Role.ACCOUNTANT)) {
            var account = worker.looksAtAccount();
            assertThat(account.userId()).isEqualTo(worker.id());
            assertThat(account.balanceCents()).isZero();
            assertThat(account.today().rewardsCents()).isZero();
            assertThat(account.today().feesCents()).isZero();
            assertThat(worker.looksAtAuditLog()).isEmpty();
        }
    }

    @Test
    void fee_is_charged_on_assignment_and_amount_is_paid_on_completion() {
        var anna = company.hires(Role.POPUG);
        var task = task("Polish the mirror");

        admin().assignsTasks();
        balanceOf(anna).becomes(-task.feeCents());
        anna.completes(task);
        balanceOf(anna).becomes(task.amountCents() - task.feeCents());

        var today = anna.looksAtAccount().today();
        assertThat(today.feesCents()).isEqualTo(task.feeCents());
        assertThat(today.rewardsCents()).isEqualTo(task.amountCents());
    }

    @Test
    void audit_log_states_time_reason_amount_and_balance() {
        var anna = company.hires(Role.POPUG);
        var mirror = task("Polish the mirror");
        var bell = task("Ring the bell");
        admin().assignsTasks();
        balanceOf(anna).becomes(-mirror.feeCents() - bell.feeCents());
        anna.completes(bell);
        balanceOf(anna).becomes(bell.amountCents() - bell.feeCents() - mirror.feeCents());
        admin().assignsTasks();
        balanceOf(anna).becomes(bell.amountCents() - bell.feeCents() - 2 * mirror.feeCents());

        var log = anna.looksAtAuditLog();

        // The two tasks of one shuffle may stand in either order.
        assertThat(log.subList(0, 2)).extracting(Line::kind, Line::taskId, Line::taskTitle, Line::changeCents)
                .containsExactlyInAnyOrder(tuple("FEE", mirror.id(), "Polish the mirror", -mirror.feeCents()),
                        tuple("FEE", bell.id(), "Ring the bell", -bell.feeCents()));
        assertThat(log.subList(2, log.size()))
                .extracting(Line::kind, Line::taskTitle, Line::changeCents, Line::assignmentNumber)
                .containsExactly(tuple("REWARD", "Ring the bell", bell.amountCents(), 1),
                        tuple("FEE", "Polish the mirror", -mirror.feeCents(), 2));
        assertAddsUp(log);
        assertThat(log).isSortedAccordingTo((one, other) -> one.occurredAt().compareTo(other.occurredAt()))
                .allSatisfy(line -> assertThat(line.occurredAt()).isAfterOrEqualTo(mirror.createdAt()));
    }

    @Test
    void log_of_several_pages_has_no_gaps_or_duplicates() {
        var anna = company.hires(Role.POPUG);
        var tasks = IntStream.range(0, 7).mapToObj(i -> task("Task " + i)).toList();
        admin().assignsTasks();
        admin().assignsTasks();
        balanceOf(anna).becomes(-2 * tasks.stream().mapToLong(Task::feeCents).sum());

        var places = new ArrayList<Long>();
        var next = "";
        do {
            var page = anna.gets(ACCOUNTING, "/api/accounts/me/transfers?limit=3" + next).is(200).json();
            page.path("items").forEach(line -> places.add(line.path("place").asLong()));
            next = page.path("next").isNull() ? "" : "&after=" + page.path("next").asString();
        } while (!next.isEmpty());

        assertThat(places)
                .isEqualTo(IntStream.iterate(14, place -> place > 0, place -> place - 1).mapToObj(Long::valueOf)
                        .toList());
    }

    @Test
    void fees_and_rewards_move_once_however_often_tasks_are_shuffled() {
        var popugs = company.hires(Role.POPUG, Role.POPUG, Role.ACCOUNTANT);
        var tasks = IntStream.range(0, 12).mapToObj(i -> task("Task " + i)).toList();
        for (int i = 0; i < 4; i++) {
            admin().assignsTasks();
            var done = tasks.get(i);
            var assignee = company.assigneeOf(done);
            assignee.completes(done);
            assignee.triesToComplete(done).isProblem(409);
        }

        var last = tasks.stream().map(admin()::looksAt).toList();
        long change = Company.feesMinusRewards(last);
        new Eventually<>("the sum of all popugs' balances",
                () -> popugs.stream().mapToLong(popug -> balanceOf(popug).now()).sum()).becomes(-change);
        for (var task : last) {
            var lines = popugs.stream().flatMap(popug -> popug.looksAtAuditLog().stream())
                    .filter(line -> line.taskId().equals(task.id())).toList();
            assertThat(lines).filteredOn(line -> line.kind().equals("FEE")).extracting(Line::assignmentNumber)
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.rangeClosed(1, task.assignmentNumber()).boxed().toList());
            assertThat(lines).filteredOn(line -> line.kind().equals("REWARD"))
                    .hasSize(task.is(Task.Status.COMPLETED) ? 1 : 0);
        }
        assertThat(popugs).allSatisfy(popug -> assertAddsUp(popug.looksAtAuditLog()));
    }

    @Test
    void managers_earn_the_fees_minus_the_rewards() {
        var anna = company.hires(Role.POPUG);
        long before = Company.feesMinusRewards(admin().looksAtTasks());
        managersEarned(before);
        var task = task("Whistle");

        admin().assignsTasks();
        managersEarned(before + task.feeCents());
        admin().assignsTasks();
        managersEarned(before + 2 * task.feeCents());
        anna.completes(task);
        managersEarned(before + 2 * task.feeCents() - task.amountCents());

        var report = admin().gets(ACCOUNTING, "/api/earnings").is(200).json();
        assertThat(admin().gets(ANALYTICS, "/api/earnings").is(200).json()).isEqualTo(report);
        assertThat(report.path("today")).isEqualTo(report.path("days").get(29));
        assertThat(report.path("days").size()).isEqualTo(30);
    }

    private static void managersEarned(long cents) {
        earnedByManagers(ACCOUNTING).becomes(cents);
        earnedByManagers(ANALYTICS).becomes(cents);
    }

    @Test
    void charged_worker_keeps_the_account_after_a_promotion() {
        var anna = company.hires(Role.POPUG);
        var task = task("Before the promotion");
        admin().assignsTasks();
        balanceOf(anna).becomes(-task.feeCents());

        Company.makes(anna, Role.MANAGER);
        anna.completes(task);

        balanceOf(anna).becomes(task.amountCents() - task.feeCents());
        assertThat(anna.looksAtAuditLog()).hasSize(2);
    }

    private static void assertAddsUp(List<Line> log) {
        long balance = 0;
        for (int i = 0; i < log.size(); i++) {
            balance += log.get(i).changeCents();
            assertThat(log.get(i).place()).isEqualTo(i + 1);
            assertThat(log.get(i).balanceAfterCents()).isEqualTo(balance);
        }
    }
}
