package com.uberpopug.ates.acceptance;

import static com.uberpopug.ates.acceptance.Company.admin;
import static com.uberpopug.ates.acceptance.Company.dollars;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.acceptance.Company.Role;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** "The price is drawn once, when the task appears, whoever will do it." */
class PricingTasksTests {

    @RegisterExtension
    private final Company company = new Company();

    @Test
    void fee_is_10_to_20_and_amount_20_to_40_whole_dollars() {
        var tasks = IntStream.range(0, 25).mapToObj(i -> admin().creates("Task " + i)).toList().stream()
                .map(Company::priced).toList();

        assertThat(tasks).allSatisfy(task -> {
            assertThat(task.feeCents()).isBetween(dollars(10), dollars(20)).matches(cents -> cents % 100 == 0);
            assertThat(task.amountCents()).isBetween(dollars(20), dollars(40)).matches(cents -> cents % 100 == 0);
        });
        // A unit test shows that prices are uniform; here they only must differ.
        assertThat(tasks.stream().map(Task::feeCents).distinct()).hasSizeGreaterThan(3);
        assertThat(tasks.stream().map(Task::amountCents).distinct()).hasSizeGreaterThan(3);
    }

    @Test
    void price_never_changes_whoever_gets_the_task() {
        var popugs = company.hires(Role.POPUG, Role.POPUG);
        var task = Company.task("Paint the cage");

        for (int i = 0; i < 3; i++) {
            admin().assignsTasks();
            var assigned = admin().looksAt(task);
            assertThat(assigned.feeCents()).isEqualTo(task.feeCents());
            assertThat(assigned.amountCents()).isEqualTo(task.amountCents());
        }

        var completed = company.assigneeOf(task).completes(task);
        assertThat(completed.feeCents()).isEqualTo(task.feeCents());
        assertThat(completed.amountCents()).isEqualTo(task.amountCents());
        assertThat(popugs).flatExtracting(Person::looksAtOwnTasks).isEmpty();
    }
}
