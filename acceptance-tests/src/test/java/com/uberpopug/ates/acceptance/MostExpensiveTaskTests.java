package com.uberpopug.ates.acceptance;

import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.ANALYTICS;
import static com.uberpopug.ates.acceptance.Company.admin;
import static com.uberpopug.ates.acceptance.Company.task;
import static java.util.Comparator.comparing;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.acceptance.Company.Role;
import com.uberpopug.ates.acceptance.Task.Status;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** "The most expensive completed task of a day, a week, a month", compared with all tasks on the dashboard. */
class MostExpensiveTaskTests {

    @RegisterExtension
    private final Company company = new Company();

    record Report(String period, LocalDate from, LocalDate to, @Nullable Winner task) {
    }

    record Winner(UUID taskId, String title, long amountCents, LocalDate businessDate, Instant completedAt,
            UUID assigneeId) {
    }

    @Test
    void most_expensive_task_changes_with_every_dearer_completed_task() {
        company.hires(Role.POPUG, Role.POPUG);
        var tasks = IntStream.range(0, 6).mapToObj(i -> task("Task " + i)).toList();
        admin().assignsTasks();

        // In ascending order of amounts, so that each task may take the place.
        for (var task : tasks.stream().sorted(comparing(Task::amountCents)).toList()) {
            company.assigneeOf(task).completes(task);
            for (var period : List.of("day", "week", "month")) {
                mostExpensive(period).satisfies(report -> assertThat(report.task()).isEqualTo(winnerOf(report)));
            }
        }
    }

    @Test
    void open_task_does_not_count() {
        company.hires(Role.POPUG);
        var before = mostExpensive("day").now().task();
        var open = task("Not completed");
        admin().assignsTasks();
        Company.balanceOf(company.assigneeOf(open)).becomes(-open.feeCents());

        assertThat(mostExpensive("day").now().task()).isEqualTo(before);
    }

    @Test
    void week_is_from_monday_to_sunday_and_month_from_its_first_to_its_last_day() {
        var today = report("day", null).from();
        assertThat(report("day", null).to()).isEqualTo(today);
        var week = report("week", null);
        assertThat(week.from()).isEqualTo(today.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY)));
        assertThat(week.to()).isEqualTo(week.from().plusDays(6));
        var month = report("month", null);
        assertThat(month.from()).isEqualTo(today.withDayOfMonth(1));
        assertThat(month.to()).isEqualTo(today.with(TemporalAdjusters.lastDayOfMonth()));
        assertThat(report("month", LocalDate.of(2024, 2, 10)).to()).isEqualTo(LocalDate.of(2024, 2, 29));
    }

    @ParameterizedTest
    @ValueSource(strings = {"day", "week", "month"})
    void period_without_completed_tasks_has_none(String period) {
        assertThat(report(period, LocalDate.of(2020, 1, 15)).task()).isNull();
    }

    private static Eventually<Report> mostExpensive(String period) {
        return new Eventually<>("the most expensive task of the " + period, () -> report(period, null));
    }

    private static Report report(String period, @Nullable LocalDate date) {
        return admin().gets(ANALYTICS,
                "/api/most-expensive?period=" + period + (date == null ? "" : "&date=" + date)).is(200)
                .as(Report.class);
    }

    /** Of all completed tasks on the dashboard; of equally expensive ones, the first completed. */
    private static @Nullable Winner winnerOf(Report report) {
        return admin().looksAtTasks().stream().filter(task -> task.is(Status.COMPLETED))
                .map(task -> new Winner(task.id(), task.title(), task.amountCents(),
                        LocalDate.ofInstant(task.completedAt(), ZoneOffset.UTC), task.completedAt(), task.assigneeId()))
                .filter(task -> !task.businessDate().isBefore(report.from())
                        && !task.businessDate().isAfter(report.to()))
                .min(comparing(Winner::amountCents, Comparator.reverseOrder()).thenComparing(Winner::completedAt))
                .orElse(null);
    }
}
