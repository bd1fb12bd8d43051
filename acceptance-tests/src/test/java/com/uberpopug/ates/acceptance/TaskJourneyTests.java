package com.uberpopug.ates.acceptance;

import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.ACCOUNTING;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.ANALYTICS;
import static com.uberpopug.ates.acceptance.Company.admin;
import static com.uberpopug.ates.acceptance.Company.balanceOf;
import static com.uberpopug.ates.acceptance.Company.dollars;
import static com.uberpopug.ates.acceptance.Company.earnedByManagers;
import static com.uberpopug.ates.acceptance.Company.popugsBelowZero;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.uberpopug.ates.acceptance.Company.Role;
import com.uberpopug.ates.acceptance.Person.Line;
import com.uberpopug.ates.acceptance.Task.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The story of the README: a manager, two popugs and an admin. */
class TaskJourneyTests {

    @RegisterExtension
    private final Company company = new Company();

    @Test
    void task_is_created_assigned_completed_and_reported() {
        var staff = company.hires(Role.MANAGER, Role.POPUG, Role.POPUG);
        var manager = staff.get(0);
        var anna = staff.get(1);
        var boris = staff.get(2);
        long earnedBefore = Company.feesMinusRewards(admin().looksAtTasks());
        long inDebtBefore = company.peopleInDebt();

        // Anna creates a task, and it is priced.
        var created = anna.creates("Repaint the button", "In the colour of the sky.");
        var task = Company.priced(created);
        assertThat(task.status()).isEqualTo(Status.READY);
        assertThat(task.createdBy()).isEqualTo(anna.id());
        assertThat(task.feeCents()).isBetween(dollars(10), dollars(20));
        assertThat(task.amountCents()).isBetween(dollars(20), dollars(40));

        // The manager starts a shuffle: one of the two has the task now, and is below zero.
        assertThat(manager.assignsTasks()).isEqualTo(1);
        var assignee = company.assigneeOf(task);
        var other = assignee == anna ? boris : anna;
        assertThat(assignee).isIn(anna, boris);
        assertThat(assignee.looksAtOwnTasks()).extracting(Task::title).containsExactly("Repaint the button");
        assertThat(other.looksAtOwnTasks()).isEmpty();
        balanceOf(assignee).becomes(-task.feeCents());
        popugsBelowZero().becomes(inDebtBefore + 1);
        earnedByManagers(ANALYTICS).becomes(earnedBefore + task.feeCents());

        // Only the assignee completes it, and is paid.
        other.triesToComplete(task).isProblem(403);
        assignee.completes(task);
        balanceOf(assignee).becomes(task.amountCents() - task.feeCents());
        balanceOf(other).becomes(dollars(0));
        assertThat(assignee.looksAtAuditLog())
                .extracting(Line::kind, Line::taskTitle, Line::changeCents, Line::balanceAfterCents)
                .containsExactly(tuple("FEE", "Repaint the button", -task.feeCents(), -task.feeCents()),
                        tuple("REWARD", "Repaint the button", task.amountCents(),
                                task.amountCents() - task.feeCents()));

        // Management sees the day's figures.
        earnedByManagers(ACCOUNTING).becomes(earnedBefore + task.feeCents() - task.amountCents());
        earnedByManagers(ANALYTICS).becomes(earnedBefore + task.feeCents() - task.amountCents());
        popugsBelowZero().becomes(inDebtBefore);
        new Eventually<>("the most expensive task of the day",
                () -> admin().gets(ANALYTICS, "/api/most-expensive?period=day").is(200).json().path("task"))
                .becomes("at least as expensive", top -> top.path("amount_cents").asLong() >= task.amountCents());
    }
}
