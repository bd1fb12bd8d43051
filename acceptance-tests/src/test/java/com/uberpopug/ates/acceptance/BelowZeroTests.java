package com.uberpopug.ates.acceptance;

import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.ANALYTICS;
import static com.uberpopug.ates.acceptance.Company.admin;
import static com.uberpopug.ates.acceptance.Company.balanceOf;
import static com.uberpopug.ates.acceptance.Company.popugsBelowZero;
import static com.uberpopug.ates.acceptance.Company.task;

import com.uberpopug.ates.acceptance.Company.Role;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** "How many popugs are below zero": an assignment may add one, a completion may remove one. */
class BelowZeroTests {

    @RegisterExtension
    private final Company company = new Company();

    @Test
    void popug_counts_from_the_charge_below_zero_to_the_reward_above_it() {
        long others = company.peopleInDebt();
        popugsBelowZero().becomes(others);
        var anna = company.hires(Role.POPUG);
        var task = task("Costs first");

        admin().assignsTasks();
        popugsBelowZero().becomes(others + 1);
        anna.completes(task);
        popugsBelowZero().becomes(others);
    }

    @Test
    void popug_far_below_zero_counts_once_and_stays_counted() {
        long others = company.peopleInDebt();
        var anna = company.hires(Role.POPUG);
        var tasks = IntStream.range(0, 5).mapToObj(i -> task("Task " + i)).toList();
        admin().assignsTasks();
        admin().assignsTasks();
        long fees = 2 * tasks.stream().mapToLong(Task::feeCents).sum();
        balanceOf(anna).becomes(-fees);
        popugsBelowZero().becomes(others + 1);

        // Ten fees are at least 100 dollars, and one reward is at most 40.
        anna.completes(tasks.getFirst());
        var boris = company.hires(Role.POPUG);
        company.deactivates(anna);
        Company.isKeptOut(anna);
        admin().assignsTasks();
        popugsBelowZero().becomes(others + 2);
        balanceOf(boris).becomes("below zero", cents -> cents < 0);
    }

    @Test
    void reward_before_the_next_fee_keeps_a_popug_above_zero() {
        long others = company.peopleInDebt();
        var anna = company.hires(Role.POPUG);
        var first = task("Pays off");
        admin().assignsTasks();
        anna.completes(first);
        long saved = first.amountCents() - first.feeCents();
        balanceOf(anna).becomes(saved);
        popugsBelowZero().becomes(others);

        var second = task("Costs again");
        admin().assignsTasks();
        balanceOf(anna).becomes(saved - second.feeCents());
        popugsBelowZero().becomes(others + (saved < second.feeCents() ? 1 : 0));
    }

    @Test
    void last_day_of_the_period_equals_now() {
        company.hires(Role.POPUG);
        task("Costs first");
        admin().assignsTasks();
        long expected = company.peopleInDebt();
        popugsBelowZero().becomes(expected);

        new Eventually<>("the count at the end of today",
                () -> admin().gets(ANALYTICS, "/api/negative-balances").is(200).json().path("days").get(29)
                        .path("count")
                        .asLong())
                .becomes(expected);
    }
}
