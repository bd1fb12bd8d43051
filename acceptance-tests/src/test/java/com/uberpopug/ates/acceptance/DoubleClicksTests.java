package com.uberpopug.ates.acceptance;

import static com.codeborne.selenide.Condition.attribute;
import static com.codeborne.selenide.Condition.exist;
import static com.codeborne.selenide.Condition.focused;
import static com.codeborne.selenide.Condition.text;
import static com.codeborne.selenide.Condition.visible;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.ACCOUNTING;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.AUTH;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.TASKS;
import static com.uberpopug.ates.acceptance.Company.admin;
import static com.uberpopug.ates.acceptance.Company.balanceOf;
import static com.uberpopug.ates.acceptance.Company.task;
import static com.uberpopug.ates.acceptance.Window.LIVE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.codeborne.selenide.SelenideElement;
import com.uberpopug.ates.acceptance.Company.Role;
import com.uberpopug.ates.acceptance.Task.Status;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.openqa.selenium.Keys;

/**
 * Double-clicks at one place on every button that moves money or ends access: the second click meets a confirmation,
 * the next row or the next page, and must have no effect there. The button "Close" is covered by
 * {@link ClosingDaysTests}, which runs last.
 */
@Order(Integer.MAX_VALUE)
class DoubleClicksTests {

    static final List<Integer> MILLIS = List.of(80, 300, 600, 1_500);
    /** The intervals between the clicks, in milliseconds; buttons of the same kind share them. */
    private static final List<Integer> SOME_MILLIS = List.of(300, 1_500);
    private static final Duration SETTLED = Duration.ofSeconds(10);
    private static final String TOPS = """
            return [...document.querySelectorAll('#tasks [data-row]')]
              .map(row => [row.dataset.row, Math.round(row.getBoundingClientRect().top)].join(' at '))""";

    @RegisterExtension
    private final Company company = new Company();
    @RegisterExtension
    private final Browsers browsers = new Browsers();

    @ParameterizedTest
    @FieldSource("MILLIS")
    void shuffle_is_confirmed_and_run_once(int millis) {
        company.hires(Role.POPUG);
        var tasks = List.of(task("One"), task("Two"));
        long fees = tasks.stream().mapToLong(Task::feeCents).sum();
        var window = browsers.of(company.hires(Role.MANAGER));
        window.looksAt(TASKS, "/tasks");
        window.clicksTwice(window.$("#assign-tasks"), millis);
        window.$("#question").shouldHave(text("Assign 2 tasks"), text("$%d.00".formatted(fees / 100)));
        window.$("#question [data-close-dialog]").shouldBe(focused);
        window.presses(Keys.ESCAPE);
        window.$("#question").shouldNotBe(visible);
        assertThat(tasks).allSatisfy(task -> assertThat(admin().looksAt(task).is(Status.READY)).isTrue());

        window.clicks("Assign tasks");
        window.clicksTwice(window.$("#shuffle-confirm"), millis);
        window.sees("2 tasks assigned to one popug, $%d.00 in fees".formatted(fees / 100));
        // A second shuffle would have come before this one.
        admin().assignsTasks();
        assertThat(tasks).allSatisfy(task -> assertThat(admin().looksAt(task).assignmentNumber()).isEqualTo(2));
    }

    @ParameterizedTest
    @FieldSource("MILLIS")
    void double_click_completes_one_task_whose_row_stays(int millis) {
        var anna = company.hires(Role.POPUG);
        IntStream.range(0, 4).forEach(i -> task("Task " + i));
        admin().assignsTasks();
        var window = browsers.of(anna);
        window.sees("Task 3");
        var before = window.runs(TOPS);
        window.clicksTwice(window.$("#tasks [data-row] button"), millis);
        window.$("#tasks .done button").shouldHave(attribute("aria-disabled", "true"));
        window.seesWithin(LIVE, "#toasts", "you have earned $");
        new Eventually<>("the list", () -> window.$("#tasks[data-held]").exists()).becomes(true);
        assertThat(window.runs(TOPS)).isEqualTo(before);
        assertThat(anna.looksAtOwnTasks()).hasSize(3);
        window.$("#tasks .done").shouldNot(exist, SETTLED);
        assertThat(anna.looksAtOwnTasks()).hasSize(3);
    }

    @ParameterizedTest
    @FieldSource("SOME_MILLIS")
    void double_click_on_a_tasks_page_completes_that_task(int millis) {
        var anna = company.hires(Role.POPUG);
        task("Another one");
        var task = task("This one");
        admin().assignsTasks();
        var window = browsers.of(anna);
        for (var width : new int[]{375, 1280}) {
            window.isAsWideAs(width);
            window.looksAt(TASKS, "/tasks/" + (width == 375 ? task : anna.looksAtOwnTasks().getFirst()).id());
            // A button that appears under the resting pointer takes no click for a moment.
            window.pointsTo(window.$("h1"));
            window.clicksTwice(window.button("Complete"), millis);
            window.seesWithin(LIVE, "#toasts", "you have earned $");
            window.sees("Completed, for $");
            assertThat(anna.looksAtOwnTasks()).hasSize(width == 375 ? 1 : 0);
        }
    }

    @ParameterizedTest
    @FieldSource("SOME_MILLIS")
    void deactivation_is_confirmed_and_done_once(int millis) {
        var anna = company.hires(Role.POPUG);
        var window = browsers.of(admin());
        window.looksAt(AUTH, "/users/" + anna.id());
        isAskedAbout(window, window.button("Deactivate"), "Deactivate", millis);
        isAskedAbout(window, window.button("New password link"), "Links that become void", millis);
        assertThat(admin().gets(AUTH, "/api/users/" + anna.id()).json().path("active").asBoolean()).isTrue();

        window.clicks("Deactivate");
        window.clicksTwice(window.$("#user-confirm"), millis);
        window.seesWithin(LIVE, "#toasts", "The account is deactivated.");
        assertThat(admin().gets(AUTH, "/api/users/" + anna.id()).json().path("active").asBoolean()).isFalse();
        window.clicksTwice(window.button("Activate"), millis);
        window.seesWithin(LIVE, "#toasts", "The account is active.");
        assertThat(admin().gets(AUTH, "/api/users/" + anna.id()).json().path("active").asBoolean()).isTrue();
        company.reinstates(anna);
    }

    @ParameterizedTest
    @FieldSource("SOME_MILLIS")
    void change_of_role_is_confirmed_on_a_page_of_its_own(int millis) {
        var anna = company.hires(Role.POPUG);
        var window = browsers.of(admin());
        window.looksAt(AUTH, "/users/" + anna.id());
        window.writes("displayName", "Anna as typed");
        window.$("#role").selectOptionByValue("ADMIN");
        window.clicksTwice(window.button("Keep"), millis);
        window.seesTitle("Change the role");
        // A late second click hits the new page, and takes the focus from Cancel.
        window.$("main [data-close-dialog]").shouldBe(visible);
        assertThat(admin().gets(AUTH, "/api/users/" + anna.id()).json().path("role").asString()).isEqualTo("popug");
        window.presses(Keys.ESCAPE);
        window.$("[name=displayName]").shouldHave(attribute("value", "Anna as typed"));
        assertThat(admin().gets(AUTH, "/api/users/" + anna.id()).json().path("role").asString()).isEqualTo("popug");
    }

    @ParameterizedTest
    @FieldSource("SOME_MILLIS")
    void correction_is_done_once(int millis) {
        var anna = company.hires(Role.POPUG);
        var task = task("Not for Anna");
        admin().assignsTasks();
        balanceOf(anna).becomes(-task.feeCents());
        var window = browsers.of(company.hires(Role.ACCOUNTANT));
        window.looksAt(ACCOUNTING, "/accounts/" + anna.id());
        window.clicksTwice(window.button("Take back…"), millis);
        window.$("dialog form").shouldBe(visible).shouldHave(text("to $0.00"));
        balanceOf(anna).becomes(-task.feeCents());
        window.writes("reason", "It was given to the wrong popug");
        window.clicksTwice(window.button("Take it back"), millis);
        window.seesWithin(LIVE, "#toasts", "The transfer was taken back");
        Company.wasCorrected(task.feeCents());
        balanceOf(anna).becomes(0L);
        assertThat(admin().looksAtAuditLogOf(anna)).hasSize(2);
    }

    @Test
    void rows_do_not_slide_under_a_pointer() {
        var anna = company.hires(Role.POPUG);
        task("Older");
        task("Newer");
        admin().assignsTasks();
        var window = browsers.of(anna);
        window.sees("Newer");
        window.pointsTo(window.$("#tasks [data-row] button"));
        var before = tops(window);
        task("Newest");
        admin().assignsTasks();
        window.seesWithin(LIVE, "#tasks", "Newest");
        assertThat(tops(window)).hasSize(3).containsAll(before);
        window.pressesThere();
        window.seesWithin(LIVE, "#toasts", "you have earned $");
        assertThat(anna.looksAtOwnTasks()).extracting(Task::title).containsExactly("Newest", "Older");

        // Once the pointer has left, the order is restored.
        window.$("#tasks .done").shouldNot(exist, SETTLED);
        window.pointsTo(window.$("h1"));
        window.$("#tasks [data-row] .title").shouldHave(text("Newest"), SETTLED);
    }

    @Test
    void button_appearing_under_a_resting_pointer_takes_no_click_for_a_moment() {
        var anna = company.hires(Role.POPUG);
        task("Older");
        task("Newer");
        admin().assignsTasks();
        var window = browsers.of(anna);
        window.sees("Newer");
        window.pointsTo(window.$("#tasks [data-row] button"));
        window.runs("document.querySelector('#tasks [data-row]').remove()");
        window.pressesThere();
        window.pressesThere();
        await().during(Duration.ofMillis(1_200)).atMost(SETTLED).until(() -> anna.looksAtOwnTasks().size() == 2);
        await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
        window.pressesThere();
        window.seesWithin(LIVE, "#toasts", "you have earned $");
        assertThat(anna.looksAtOwnTasks()).extracting(Task::title).containsExactly("Newer");
    }

    @Test
    void removed_rows_stay_visible_and_disabled() {
        var anna = company.hires(Role.POPUG);
        task("First");
        task("Second");
        admin().assignsTasks();
        var window = browsers.of(anna);
        window.sees("Second");
        window.pointsTo(window.$("#tasks [data-row] button"));
        var before = window.runs(TOPS);
        company.hires(Role.POPUG);
        while (anna.looksAtOwnTasks().size() == 2) {
            admin().assignsTasks();
        }
        window.$("#tasks .gone").should(exist, LIVE);
        assertThat(window.runs(TOPS)).isEqualTo(before);
        window.$("#tasks .gone button").shouldHave(text("Gone"), attribute("aria-disabled", "true"));
    }

    @Test
    void toasts_of_a_shuffle_are_merged_and_cover_no_button() {
        var anna = company.hires(Role.POPUG);
        var window = browsers.of(anna);
        for (var width : new int[]{1280, 375}) {
            window.isAsWideAs(width);
            window.looksAt(TASKS, "/");
            window.runs("document.body.dataset.toasts = 0");
            IntStream.range(0, 7).forEach(i -> task("Task " + i));
            admin().assignsTasks();
            window.seesWithin(LIVE, "#toasts a", "tasks were assigned to you: $");
            window.$("#tasks").shouldHave(text("Task 6"));
            assertThat(window.runs("return document.querySelectorAll('#toasts .toast').length")).isEqualTo(1L);
            assertThat(window.runs("""
                    const {left, right, top, bottom} = document.querySelector('#toasts').getBoundingClientRect();
                    return [...document.querySelectorAll('main button, main [role=button], nav a, summary')]
                      .filter(each => !each.closest('dialog')).filter(each => {
                        const it = each.getBoundingClientRect();
                        return it.width && it.left < right && it.right > left && it.top < bottom && it.bottom > top;
                      }).map(each => each.textContent);
                    """)).as("buttons under the toast at a width of %d", width).isEqualTo(List.of());
            window.presses(Keys.ESCAPE);
            window.$("#toasts .toast").shouldNot(exist);
        }
    }

    @Test
    void dialog_form_is_laid_out_as_on_its_own_page() {
        company.hires(Role.POPUG);
        var window = browsers.of(company.hires(Role.POPUG));
        var drawn = """
                const form = document.querySelector(arguments[0]);
                const own = ':scope > :is(label, input:not([type=hidden]), textarea, small, button)';
                return [...form.querySelectorAll(own)].map(each => {
                  const {marginTop, marginBottom, paddingTop, fontSize, display} = getComputedStyle(each);
                  return [each.tagName, marginTop, marginBottom, paddingTop, fontSize, display].join(' ');
                });
                """;
        window.looksAt(TASKS, "/tasks/new");
        makesAnError(window, "main form");
        var onPage = window.runs(drawn, "main form");
        window.looksAt(TASKS, "/tasks");
        window.clicks("New task");
        makesAnError(window, "dialog form");
        assertThat(window.runs(drawn, "dialog form")).isEqualTo(onPage);
        assertThat((Long) window.runs("""
                const below = document.querySelector('#title-error').getBoundingClientRect();
                const field = document.querySelector('#title').getBoundingClientRect();
                const label = document.querySelector('label[for=description]').getBoundingClientRect();
                return Math.round(Math.min(below.top - field.bottom, label.top - below.bottom));
                """)).as("pixels between the error and what is around it").isNotNegative();
    }

    private static List<String> tops(Window window) {
        return Stream.of(String.valueOf(window.runs(TOPS + ".join('\\n')")).split("\n")).toList();
    }

    private static void makesAnError(Window window, String form) {
        window.$(form + " #title").shouldBe(visible);
        window.runs("document.querySelector(arguments[0]).noValidate = true", form);
        window.writes("title", "  ");
        window.clicks("Create");
        window.$("#title-error").shouldBe(visible);
    }

    private static void isAskedAbout(Window window, SelenideElement button, String question, int millis) {
        window.clicksTwice(button, millis);
        window.$("#question").shouldHave(text(question));
        window.$("#question [data-close-dialog]").shouldBe(focused);
        window.presses(Keys.ESCAPE);
        window.$("#question").shouldNotBe(visible);
    }
}
