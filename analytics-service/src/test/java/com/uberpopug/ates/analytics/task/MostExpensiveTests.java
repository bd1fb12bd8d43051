package com.uberpopug.ates.analytics.task;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.analytics.AnalyticsTest;
import com.uberpopug.ates.analytics.day.BusinessDays;
import com.uberpopug.ates.analytics.task.Tasks.Progress;
import com.uberpopug.ates.analytics.task.Tasks.Reward;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.security.Role;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/** On 23 November 2026, a Monday. */
@AnalyticsTest
class MostExpensiveTests {

    private static final UUID ANNA = UUID.fromString("00000000-0000-7000-8000-000000000004");
    private static final String MORNING = "2026-11-23T09:00:00Z";

    @Autowired
    private MockMvcTester http;

    @Autowired
    private Tasks tasks;

    @Autowired
    private BusinessDays businessDays;

    @Test
    void task_is_returned_with_title_amount_date_and_assignee() {
        var task = Ids.next();
        tasks.progress(List.of(new Progress(task, null, "Repaint the button", null, null),
                new Progress(task, null, null, ANNA, Instant.parse(MORNING))));
        tasks.reward(List.of(new Reward(task, Ids.next(), 3_800, LocalDate.parse("2026-11-23"))));
        assertThat(ask("")).bodyJson().isStrictlyEqualTo("""
                {"period": "day", "from": "2026-11-23", "to": "2026-11-23",
                 "task": {"task_id": "%s", "jira_id": null, "title": "Repaint the button", "amount_cents": 3800,
                          "business_date": "2026-11-23", "completed_at": "2026-11-23T09:00:00Z",
                          "assignee_id": "00000000-0000-7000-8000-000000000004"}}
                """.formatted(task));
    }

    /** Whichever a batch holds: the first title counts, with its own id. */
    @Test
    void second_title_of_a_task_changes_nothing() {
        var task = Ids.next();
        tasks.progress(List.of(new Progress(task, null, "Repaint the button", null, null),
                new Progress(task, "UBERPOP-42", "Another name", null, null),
                new Progress(task, null, null, ANNA, Instant.parse(MORNING)),
                new Progress(task, null, null, Ids.next(), Instant.parse(MORNING).plusSeconds(1))));
        tasks.reward(List.of(new Reward(task, Ids.next(), 3_900, LocalDate.parse("2026-11-23"))));
        assertThat(ask("")).bodyJson().extractingPath("$.task.title").isEqualTo("Repaint the button");
        assertThat(ask("")).bodyJson().extractingPath("$.task.jira_id").isNull();
        assertThat(ask("")).bodyJson().extractingPath("$.task.assignee_id").isEqualTo(ANNA.toString());
    }

    @Test
    void period_without_completed_tasks_has_none() {
        assertThat(ask("?period=week")).bodyJson().isStrictlyEqualTo("""
                {"period": "week", "from": "2026-11-23", "to": "2026-11-29", "task": null}
                """);
    }

    @ParameterizedTest
    @CsvSource({
            "day,   2026-11-23, 2026-11-23, 2026-11-23",
            "week,  2026-11-23, 2026-11-23, 2026-11-29",
            "week,  2026-11-29, 2026-11-23, 2026-11-29",
            "week,  2026-12-31, 2026-12-28, 2027-01-03",
            "week,  2027-01-01, 2026-12-28, 2027-01-03",
            "month, 2026-11-01, 2026-11-01, 2026-11-30",
            "month, 2026-12-31, 2026-12-01, 2026-12-31",
            "month, 2028-02-29, 2028-02-01, 2028-02-29"})
    void period_includes_its_first_and_last_date_and_no_other(String period, String date, String from,
            String to) {
        var before = completed("The day before", 4_000, LocalDate.parse(from).minusDays(1), MORNING);
        completed("The first date", 2_500, LocalDate.parse(from), MORNING);
        var last = completed("The last date", 3_000, LocalDate.parse(to), MORNING);
        var after = completed("The day after", 4_000, LocalDate.parse(to).plusDays(1), MORNING);

        assertThat(ask("?period=" + period + "&date=" + date)).bodyJson().satisfies(report -> {
            report.assertThat().extractingPath("$.from").isEqualTo(from);
            report.assertThat().extractingPath("$.to").isEqualTo(to);
            report.assertThat().extractingPath("$.task.task_id").isEqualTo(last.toString())
                    .isNotIn(before.toString(), after.toString());
        });
    }

    @Test
    void current_date_is_the_day_after_the_last_closed_one() {
        businessDays.close(List.of(LocalDate.parse("2026-11-30")));
        assertThat(ask("?period=month")).bodyJson().extractingPath("$.from").isEqualTo("2026-12-01");
    }

    @Test
    void first_completed_of_equally_expensive_tasks_wins() {
        completed("Later", 4_000, LocalDate.parse("2026-11-23"), "2026-11-24T09:00:01Z");
        completed("First", 4_000, LocalDate.parse("2026-11-24"), "2026-11-24T09:00:00Z");
        completed("Cheaper", 3_900, LocalDate.parse("2026-11-23"), "2026-11-23T09:00:00Z");
        assertThat(ask("?period=week")).bodyJson().extractingPath("$.task.title").isEqualTo("First");
    }

    @Test
    void smaller_id_of_tasks_completed_at_once_wins() {
        var one = completed("One", 4_000, LocalDate.parse("2026-11-23"), MORNING);
        var other = completed("Other", 4_000, LocalDate.parse("2026-11-24"), MORNING);
        var smaller = one.toString().compareTo(other.toString()) < 0 ? one : other;
        assertThat(ask("?period=week")).bodyJson().extractingPath("$.task.task_id").isEqualTo(smaller.toString());
    }

    @Test
    void corrected_reward_removes_its_task() {
        var taken = new Reward(Ids.next(), Ids.next(), 4_000, LocalDate.parse("2026-11-23"));
        tasks.correct(List.of(taken.transferId(), Ids.next()));
        tasks.reward(List.of(taken));
        tasks.progress(List.of(new Progress(taken.taskId(), null, "Taken back", ANNA, Instant.parse(MORNING))));
        completed("Left", 2_000, LocalDate.parse("2026-11-23"), MORNING);
        assertThat(ask("")).bodyJson().extractingPath("$.task.title").isEqualTo("Left");
    }

    @Test
    void reward_without_its_completion_does_not_count_yet() {
        tasks.reward(List.of(new Reward(Ids.next(), Ids.next(), 4_000, LocalDate.parse("2026-11-23"))));
        assertThat(ask("")).bodyJson().extractingPath("$.task").isNull();
    }

    @Test
    void completed_task_with_an_unknown_title_is_returned_without_it() {
        var task = Ids.next();
        tasks.progress(List.of(new Progress(task, null, null, ANNA, Instant.parse(MORNING))));
        tasks.reward(List.of(new Reward(task, Ids.next(), 4_000, LocalDate.parse("2026-11-23"))));
        assertThat(ask("")).bodyJson().extractingPath("$.task.title").isNull();
    }

    private UUID completed(String title, long amountCents, LocalDate date, String at) {
        var task = Ids.next();
        tasks.progress(List.of(new Progress(task, null, title, ANNA, Instant.parse(at))));
        tasks.reward(List.of(new Reward(task, Ids.next(), amountCents, date)));
        return task;
    }

    private MvcTestResult ask(String query) {
        return http.get().uri("/api/most-expensive" + query)
                .header("Authorization", "Bearer " + Tokens.of(Ids.next(), Role.ADMIN)).exchange();
    }
}
