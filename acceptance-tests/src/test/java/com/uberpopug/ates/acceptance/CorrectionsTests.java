package com.uberpopug.ates.acceptance;

import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.ACCOUNTING;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.ANALYTICS;
import static com.uberpopug.ates.acceptance.Company.admin;
import static com.uberpopug.ates.acceptance.Company.balanceOf;
import static com.uberpopug.ates.acceptance.Company.corrects;
import static com.uberpopug.ates.acceptance.Company.earnedByManagers;
import static com.uberpopug.ates.acceptance.Company.popugsBelowZero;
import static com.uberpopug.ates.acceptance.Company.task;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.acceptance.Company.Role;
import com.uberpopug.ates.acceptance.Person.Account;
import com.uberpopug.ates.acceptance.Person.Line;
import java.util.UUID;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * An accountant corrects a fee or a reward. From then on the managers' earnings no longer follow from the tasks alone,
 * so these tests run last.
 */
@Order(Integer.MAX_VALUE)
class CorrectionsTests {

    private static final String REASON = "It was given to the wrong popug";

    @RegisterExtension
    private final Company company = new Company();

    @Test
    void corrected_fee_counts_as_never_charged_in_every_service() {
        var anna = company.hires(Role.POPUG);
        long belowZero = company.peopleInDebt();
        var task = task("Not for Anna");
        admin().assignsTasks();
        balanceOf(anna).becomes(-task.feeCents());
        popugsBelowZero().becomes(belowZero + 1);
        long earned = earnedByManagers(ACCOUNTING).now();
        earnedByManagers(ANALYTICS).becomes(earned);
        var today = anna.looksAtAccount().today().businessDate();
        var vera = company.hires(Role.ACCOUNTANT);
        var fee = anna.looksAtAuditLog().getFirst();

        var correction = corrects(vera, fee, REASON).is(201);

        balanceOf(anna).becomes(0L);
        assertThat(anna.looksAtAccount().today()).isEqualTo(new Account.Today(today, 0, 0));
        earnedByManagers(ACCOUNTING).becomes(earned - task.feeCents());
        earnedByManagers(ANALYTICS).becomes(earned - task.feeCents());
        popugsBelowZero().becomes(belowZero);
        assertThat(admin().gets(ANALYTICS, "/api/earnings").is(200).json())
                .isEqualTo(vera.gets(ACCOUNTING, "/api/earnings").is(200).json());

        var log = anna.looksAtAuditLog();
        assertThat(log).extracting(Line::kind).containsExactly("FEE", "CORRECTION");
        var taken = log.getFirst();
        var back = log.getLast();
        assertThat(back.id()).isEqualTo(UUID.fromString(correction.json().path("id").asString()));
        assertThat(back.correctsTransferId()).isEqualTo(taken.id());
        assertThat(taken.correctedByTransferId()).isEqualTo(back.id());
        assertThat(back.changeCents()).isEqualTo(task.feeCents());
        assertThat(log).extracting(Line::correctionReason).containsOnly(REASON);
        assertThat(log).extracting(Line::taskTitle).containsOnly("Not for Anna");
    }

    @Test
    void reward_is_corrected_once() {
        var anna = company.hires(Role.POPUG);
        var task = task("Was not done after all");
        admin().assignsTasks();
        anna.completes(task);
        balanceOf(anna).becomes(task.amountCents() - task.feeCents());
        long earned = earnedByManagers(ACCOUNTING).now();
        var reward = anna.looksAtAuditLog().getLast();

        corrects(anna, reward, REASON).isProblem(403);
        corrects(admin(), reward, REASON).is(201);
        corrects(admin(), reward, REASON).isProblem(409);

        balanceOf(anna).becomes(-task.feeCents());
        earnedByManagers(ACCOUNTING).becomes(earned + task.amountCents());
        earnedByManagers(ANALYTICS).becomes(earned + task.amountCents());
        corrects(admin(), anna.looksAtAuditLog().getLast(), REASON).isProblemWith(422, "transfer_id");
        Books.followFromTheEvents();
    }
}
