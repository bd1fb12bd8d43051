package com.uberpopug.ates.acceptance;

import static com.codeborne.selenide.Condition.attribute;
import static com.codeborne.selenide.Condition.exist;
import static com.codeborne.selenide.Condition.focused;
import static com.codeborne.selenide.Condition.matchText;
import static com.codeborne.selenide.Condition.text;
import static com.codeborne.selenide.Condition.value;
import static com.codeborne.selenide.Condition.visible;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.ACCOUNTING;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.AUTH;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.TASKS;
import static com.uberpopug.ates.acceptance.Company.admin;
import static com.uberpopug.ates.acceptance.Company.task;
import static com.uberpopug.ates.acceptance.Window.LIVE;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.acceptance.Company.Role;
import com.uberpopug.ates.acceptance.Task.Status;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.openqa.selenium.Keys;

/** Creating, assigning and completing by clicks, and the rules for every page. */
class TasksInBrowserTests {

    private static final String TITLE = "Repaint the button";
    private static final List<String> ODD_TITLES = List.of("<script>alert(1)</script>", "\u202Eكرر الزر الأخضر",
            "🦜".repeat(200), "漢".repeat(200), "W".repeat(200));

    @RegisterExtension
    private final Company company = new Company();
    @RegisterExtension
    private final Browsers browsers = new Browsers();

    @Test
    void manager_shuffles_and_popug_completes_a_task_in_their_browsers() {
        var manager = company.hires(Role.MANAGER);
        var anna = company.hires(Role.POPUG);
        var annas = browsers.of(anna);
        annas.sees("Nothing waits for you");
        var managers = browsers.of(manager);

        managers.clicks("New task");
        managers.writes("title", TITLE);
        managers.writes("description", "In the green of the parrots");
        managers.clicks("Create");
        managers.seesTitle(TITLE);
        managers.sees("In the green of the parrots");
        managers.seesWithin(LIVE, "#toasts", "The task is created.");
        managers.seesWithin(LIVE, ".path li", "Priced");

        managers.clicks("All tasks");
        managers.$("#assign-tasks").shouldBe(visible).click();
        managers.$("#question").shouldHave(text("Assign all open tasks?"), text("This cannot be undone."));
        managers.$("#question [data-close-dialog]").shouldBe(focused);
        managers.clicks("Assign one task");
        annas.seesWithin(LIVE, "#tasks", TITLE);
        annas.seesWithin(LIVE, "#toasts", "New task for you: " + isolated(TITLE) + ". The fee is $");
        managers.seesTitle("A shuffle");
        managers.sees("One task assigned to one popug, $");
        managers.clicks("The assigned tasks");
        managers.seesWithin(LIVE, "#tasks tr", anna.login());
        managers.looksAt(TASKS, "/tasks");

        var task = admin().looksAtTasks().stream().filter(each -> each.is(Status.ASSIGNED)).findFirst().orElseThrow();
        annas.clicks("Complete");
        annas.seesWithin(LIVE, "#toasts", "you have earned $%d.00".formatted(task.amountCents() / 100));
        annas.$("#tasks .done").shouldHave(text("Completed"));
        annas.seesWithin(Duration.ofSeconds(10), "#tasks", "Nothing waits for you");
        managers.seesWithin(LIVE, "#tasks tr", "Completed");
    }

    @Test
    void reassigned_task_leaves_the_list_by_itself() {
        var workers = company.hires(Role.POPUG, Role.POPUG);
        var manager = company.hires(Role.MANAGER);
        task(TITLE);
        manager.assignsTasks();
        var first = company.assigneeOf(admin().looksAtTasks().getFirst());
        var window = browsers.of(first);
        window.sees(TITLE);
        while (company.assigneeOf(admin().looksAtTasks().getFirst()).equals(first)) {
            manager.assignsTasks();
        }
        window.doesNotSeeWithin(LIVE, "#tasks", TITLE);
        assertThat(workers).contains(first);
    }

    @Test
    void completion_of_a_reassigned_task_reports_its_new_assignee() {
        var workers = company.hires(Role.POPUG, Role.POPUG);
        var manager = company.hires(Role.MANAGER);
        var task = task(TITLE);
        manager.assignsTasks();
        var first = company.assigneeOf(task);
        var window = browsers.of(first);
        window.sees(TITLE);
        window.goesDeaf();
        while (company.assigneeOf(task).equals(first)) {
            manager.assignsTasks();
        }
        window.clicks("Complete");
        window.$("#tasks .done").shouldHave(text("Gone"));
        window.seesWithin(LIVE, "#toasts", "it went to " + isolated(company.assigneeOf(task).login()));
        company.assigneeOf(task).completes(task);
        window.looksAt(TASKS, "/tasks/" + task.id());
        window.sees("Completed, for $");
        assertThat(workers).contains(first);
    }

    @Test
    void jira_id_that_was_typed_into_the_title_goes_into_its_field() {
        var window = browsers.of(company.hires(Role.POPUG));
        window.clicks("New task");
        window.$("#title").shouldBe(focused);
        window.presses("[UBERPOP-42] – Repaint the button", Keys.TAB);
        window.seesWithin(LIVE, "#heading", "UBERPOP-42 stood before the title");
        window.$("#title").shouldHave(value("Repaint the button"));
        window.$("#jiraId").shouldHave(value("UBERPOP-42")).shouldBe(focused);
        window.isAccessible("light");
        window.isAccessible("dark");
        window.clicks("Create");
        window.seesTitle("UBERPOP-42 Repaint the button");
        window.looksAt(TASKS, "/tasks?q=uberpop-42");
        window.sees("UBERPOP-42 Repaint the button");
    }

    @Test
    void draft_of_a_split_title_keeps_both_parts() {
        var window = browsers.of(company.hires(Role.POPUG));
        window.looksAt(TASKS, "/tasks/new");
        window.$("#title").shouldBe(focused);
        window.presses("[UBERPOP-42] Repaint", Keys.TAB);
        window.$("#jiraId").shouldHave(value("UBERPOP-42"));
        window.looksAt(TASKS, "/tasks");
        window.looksAt(TASKS, "/tasks/new");
        window.$("#title").shouldHave(value("Repaint"));
        window.$("#jiraId").shouldHave(value("UBERPOP-42"));
    }

    @Test
    void late_answer_does_not_overwrite_what_was_typed() {
        var window = browsers.of(company.hires(Role.POPUG));
        window.looksAt(TASKS, "/tasks/new");
        window.runs(
                """
                        document.body.addEventListener('htmx:beforeOnLoad', () => document.getElementById('title').value += '!');
                        document.body.addEventListener('htmx:afterRequest', () => document.body.dataset.answered = true);
                        """);
        window.$("#title").shouldBe(focused);
        window.presses("[UBERPOP-42] Repaint", Keys.TAB);
        window.$("body[data-answered]").should(exist);
        window.$("#title").shouldHave(value("[UBERPOP-42] Repaint!"));
        window.clicks("Create");
        window.seesTitle("UBERPOP-42 Repaint!");
    }

    @Test
    void heading_that_is_refused_says_why_and_keeps_what_was_typed() {
        var window = browsers.of(company.hires(Role.POPUG));
        window.looksAt(TASKS, "/tasks/new");
        window.writes("title", "[A-1] [B-2] x");
        window.writes("jiraId", "uberpop-42");
        window.clicks("Create");
        window.seesWithin(LIVE, "#title-error", "No square brackets, except around the Jira id before the title");
        window.seesWithin(LIVE, "#jiraId-error", "A Jira id is like UBERPOP-42");
        window.$("#title").shouldHave(value("[A-1] [B-2] x"));
        window.isAccessible("light");
        window.writes("title", "[UBERPOP-42]");
        window.writes("jiraId", "");
        window.clicks("Create");
        window.seesWithin(LIVE, "#title-error", "1 to 200 characters");
        window.$("#jiraId").shouldHave(value("UBERPOP-42"));
    }

    @Test
    void field_counts_like_the_server_and_truncates_nothing() {
        var window = browsers.of(company.hires(Role.POPUG));
        window.looksAt(TASKS, "/tasks/new");
        var types = "const field = document.getElementById('%s'); field.value = '%s'.repeat(%d);"
                + " field.dispatchEvent(new Event('input', {bubbles: true}))";
        window.runs(types.formatted("title", "\uD83E\uDD9C", 201));
        window.$("#title + .count").shouldHave(text("201 / 200"));
        window.clicks("Create");
        assertThat(window.address()).endsWith("/tasks/new");
        window.runs(types.formatted("title", "и\u0306", 200));
        window.$("#title + .count").shouldHave(text("200 / 200"));
        window.clicks("Create");
        window.seesTitle("й".repeat(200));
    }

    @Test
    void form_with_errors_comes_back_filled_in() {
        var window = browsers.of(company.hires(Role.POPUG));
        window.looksAt(TASKS, "/tasks/new");
        window.runs("document.querySelector('main form').noValidate = true");
        window.writes("title", "   ");
        window.writes("description", "As before");
        window.clicks("Create");
        window.$("#title-error").shouldHave(text("Give it a title."));
        window.$("#title").shouldHave(attribute("aria-invalid", "true"), attribute("aria-describedby", "title-error"));
        window.$("#description").shouldHave(value("As before"));
        window.writes("title", TITLE);
        window.clicks("Create");
        window.seesTitle(TITLE);
        window.sees("As before");
    }

    @Test
    void form_sent_twice_takes_effect_once() {
        var window = browsers.of(company.hires(Role.POPUG));
        window.looksAt(TASKS, "/tasks/new");
        window.writes("title", "Sent twice");
        var addresses = window.awaits("""
                const [done] = arguments;
                const body = new URLSearchParams(new FormData(document.querySelector('main form')));
                const send = () => fetch('/tasks', {method: 'POST', body}).then(answer => answer.url);
                Promise.all([send(), send()]).then(done);
                """);
        assertThat(admin().looksAtTasks()).filteredOn(task -> task.title().equals("Sent twice")).singleElement()
                .satisfies(task -> assertThat((List<?>) addresses).hasSize(2)
                        .allSatisfy(address -> assertThat((String) address).endsWith(task.id().toString())));
    }

    @Test
    void odd_titles_are_text_and_break_no_layout() {
        var anna = company.hires(Role.POPUG);
        ODD_TITLES.forEach(Company::task);
        company.hires(Role.MANAGER).assignsTasks();
        var window = browsers.of(anna);
        for (var width : new int[]{1280, 500}) {
            window.isAsWideAs(width);
            for (var path : new String[]{"/", "/tasks", "/tasks/" + admin().looksAtTasks().getFirst().id()}) {
                window.looksAt(TASKS, path);
                window.fitsItsWidth();
            }
        }
        window.looksAt(TASKS, "/");
        window.sees("<script>alert(1)</script>");
        window.$("#tasks script").shouldNot(exist);
        window.isAccessible("light");
    }

    @Test
    void filter_of_a_list_stands_in_the_address() {
        task("Feed the parrots");
        task("Feed the cat");
        var window = browsers.of(company.hires(Role.POPUG));
        window.clicks("All tasks");
        window.sees("Feed the cat");
        window.writes("q", "parrots");
        window.doesNotSeeWithin(Duration.ofSeconds(5), "#tasks", "Feed the cat");
        new Eventually<>("the address", window::address).becomes("filtered",
                address -> address.endsWith("/tasks?q=parrots"));
        window.looksAt(TASKS, "/tasks?q=cat&status=READY");
        window.sees("Feed the cat");
        window.$("[name=q]").shouldHave(value("cat"));
        window.looksAt(TASKS, "/tasks?assignee=nobody-at-all");
        window.sees("Nobody has this login");
    }

    @Test
    void sign_out_ends_the_sessions_of_every_service() {
        var window = browsers.of(admin());
        window.looksAt(ACCOUNTING, "/pipeline");
        window.seesTitle("Pipeline of events");
        window.looksAt(TASKS, "/");
        window.signsOut();
        new Eventually<>("the target of accounting's page", () -> {
            window.looksAt(ACCOUNTING, "/pipeline");
            return window.address();
        }).becomes("to the sign-in page", address -> address.startsWith(AUTH.address() + "/login"));
    }

    @Test
    void ended_session_leads_to_sign_in_and_back() {
        var anna = company.hires(Role.POPUG);
        var window = browsers.of(anna);
        window.looksAt(TASKS, "/tasks?q=feathers");
        window.losesItsCookies();
        // A request for a fragment redirects the whole page to sign in.
        window.runs("""
                const q = document.querySelector('[name=q]');
                if (q) {
                  q.value = 'beaks';
                  q.dispatchEvent(new Event('input', {bubbles: true}));
                }
                """);
        window.$("#username").shouldBe(visible);
        window.signsIn(anna);
        new Eventually<>("the address", window::address).becomes("as before",
                address -> address.startsWith(TASKS.address() + "/tasks"));

        window.looksAt(TASKS, "/tasks/new");
        window.losesItsCookies();
        window.writes("title", TITLE);
        window.clicks("Create");
        window.$("#username").shouldBe(visible);
        window.signsIn(anna);
        assertThat(window.address()).isEqualTo(TASKS.address() + "/tasks/new");

        var admins = browsers.of(admin());
        admins.looksAt(AUTH, "/users/new");
        admins.losesItsCookies();
        admins.writes("login", "too-late");
        admins.writes("displayName", "Too late");
        admins.clicks("Create user");
        admins.$("#username").shouldBe(visible);
        admins.signsIn(admin());
        assertThat(admins.address()).isEqualTo(AUTH.address() + "/users/new");
    }

    @Test
    void deactivated_user_loses_the_pages_within_seconds() {
        var anna = company.hires(Role.POPUG);
        var window = browsers.of(anna);
        company.deactivates(anna);
        isSentToSignIn(window);
        company.reinstates(anna);
        isSentToSignIn(window);
    }

    @Test
    void new_password_ends_every_session_of_its_owner() {
        var anna = company.hires(Role.POPUG);
        var here = browsers.of(anna);
        var there = browsers.of(anna);
        here.looksAt(AUTH, "/");
        here.writes("current", anna.password());
        here.writes("password", "another and longer beak");
        here.writes("again", "another and longer beak");
        here.clicks("Change it");
        here.sees("The shape of your beak is saved.");
        isSentToSignIn(there);
        isSentToSignIn(here);
    }

    private static void isSentToSignIn(Window window) {
        new Eventually<>("the target of the tasks' page", () -> {
            window.looksAt(TASKS, "/");
            return window.address();
        }).becomes("to the sign-in page", address -> address.startsWith(AUTH.address() + "/login"));
    }

    @Test
    void pages_are_available_in_russian_and_in_dark_colours() {
        var vera = company.hires(Role.POPUG);
        var window = browsers.of(vera);
        window.seesTitle("My tasks");
        company.writesInRussianTo(vera);
        // To prove that every service has the user, the test deactivates her for a moment.
        isSentToSignIn(window);
        window.signsIn(vera);
        window.seesTitle("Мои задачи");
        window.chooses("English");
        window.seesTitle("My tasks");
        window.chooses("Dark");
        window.$("html").shouldHave(attribute("data-theme", "dark"));
        window.looksAt(AUTH, "/");
        window.$("html").shouldHave(attribute("data-theme", "dark"), attribute("lang", "en"));
    }

    @Test
    void ten_tabs_of_one_browser_are_all_updated_live() {
        var anna = company.hires(Role.POPUG);
        var window = browsers.of(anna);
        window.looksAt(TASKS, "/tasks");
        for (int i = 1; i < 10; i++) {
            window.opensTab();
            window.looksAt(TASKS, "/tasks");
        }
        task("For all tabs");
        for (int i = 0; i < 10; i++) {
            window.showsTab(i);
            window.seesWithin(LIVE, "#tasks", "For all tabs");
        }
    }

    @Test
    void tasks_page_reloads_for_its_own_events_only() {
        company.hires(Role.POPUG);
        var task = task(TITLE);
        var window = browsers.of(company.hires(Role.MANAGER));
        window.looksAt(TASKS, "/tasks/" + task.id());
        window.runs("""
                document.body.addEventListener('live:tasks', () => document.body.dataset.heard = true);
                document.body.addEventListener('htmx:beforeRequest',
                  () => document.body.dataset.loads = Number(document.body.dataset.loads) + 1);
                """);
        task("Another one");
        window.$("body[data-heard]").should(exist);
        window.runs("document.body.dataset.loads = 0");
        task("And another one");
        admin().assignsTasks();
        window.seesWithin(LIVE, ".path li", "Assigned");
        assertThat(window.runs("return document.body.dataset.loads")).isEqualTo("1");
    }

    @Test
    void open_page_recovers_after_an_outage_of_its_service() {
        var window = browsers.of(company.hires(Role.POPUG));
        window.looksAt(TASKS, "/tasks");
        window.clicks("New task");
        window.$("dialog #title").shouldBe(visible);
        TASKS.kill();
        window.writes("title", "Too early");
        window.clicks("Create");
        window.$("dialog[open] #toasts .toast").shouldBe(visible);
        window.presses(Keys.ESCAPE);
        window.$("body > #toasts").should(exist);
        TASKS.start();
        task("After the restart");
        window.$("#tasks").shouldHave(text("After the restart"), Duration.ofSeconds(30));
        task("Live again");
        window.seesWithin(LIVE, "#tasks", "Live again");
    }

    @Test
    void task_is_created_and_completed_by_keyboard_alone() {
        var window = browsers.of(company.hires(Role.POPUG));
        window.sees("Nothing waits for you");
        window.tabsTo("New task");
        window.presses(Keys.SPACE);
        window.$("#title").shouldBe(focused);
        window.presses(TITLE, Keys.ENTER);
        window.seesTitle(TITLE);
        window.seesWithin(LIVE, ".path li", "Priced");
        company.hires(Role.MANAGER).assignsTasks();
        window.looksAt(TASKS, "/");
        window.sees(TITLE);
        window.tabsTo("Complete");
        window.presses(Keys.ENTER);
        window.seesWithin(LIVE, "#toasts", "you have earned $");
    }

    @Test
    void keyboard_focus_keeps_its_place_in_a_reloaded_list() {
        var window = browsers.of(company.hires(Role.POPUG));
        task("Under the eyes");
        window.looksAt(TASKS, "/tasks");
        window.tabsTo("Under the eyes");
        task("Comes in");
        window.seesWithin(LIVE, "#tasks", "Comes in");
        assertThat(window.runs("return document.activeElement.textContent")).isEqualTo("Under the eyes");
    }

    @Test
    void change_during_a_reload_of_a_list_is_shown() {
        var window = browsers.of(company.hires(Role.POPUG));
        window.looksAt(TASKS, "/tasks");
        window.runs("""
                const send = XMLHttpRequest.prototype.send;
                XMLHttpRequest.prototype.send = function (...body) {
                  const {onload} = this;
                  this.onload = () => {
                    document.body.dataset.answered = this.responseText.includes('First of two');
                    setTimeout(() => onload.call(this), 3000);
                  };
                  send.apply(this, body);
                };
                """);
        task("First of two");
        window.$("body[data-answered=true]").should(exist);
        task("Second of two");
        window.$("#tasks").shouldHave(text("Second of two"), Duration.ofSeconds(15));
    }

    @Test
    void every_page_is_accessible_and_fits_a_phone() {
        var anna = company.hires(Role.POPUG);
        var task = task(TITLE);
        company.hires(Role.MANAGER).assignsTasks();
        var annas = browsers.of(anna);
        var admins = browsers.of(admin());
        for (var path : new String[]{"/", "/tasks", "/tasks?q=nothing-like-this", "/tasks/" + task.id(),
                "/tasks/new"}) {
            examine(annas, TASKS, path);
            examine(admins, TASKS, path);
        }
        examineRefusal(annas, TASKS, "/nothing");
        for (var path : new String[]{"/", "/users", "/users/new", "/users/" + anna.id(), "/pipeline"}) {
            examine(admins, AUTH, path);
        }
        examine(admins, TASKS, "/pipeline");
        examine(annas, AUTH, "/");
        examineRefusal(annas, TASKS, "/pipeline");
        examine(browsers.opens(), TASKS, "/");

        admins.looksAt(AUTH, "/users/" + anna.id());
        admins.clicks("New password link");
        admins.clicks("Make a new link");
        var link = URI.create(Objects.requireNonNull(admins.$("input[readonly]").shouldBe(visible).getValue()));
        examine(browsers.opens(), AUTH, link.getPath() + "?" + link.getQuery());
        for (var question : new String[]{"deactivate", "password-link/new"}) {
            examine(admins, AUTH, "/users/" + anna.id() + "/" + question);
        }
        examine(admins, TASKS, "/shuffles/new");
        admins.looksAt(TASKS, "/tasks");
        admins.$("#assign-tasks").shouldBe(visible).click();
        admins.$("#question").shouldBe(visible);
        admins.isAccessible("light");
        admins.isAccessible("dark");
        admins.presses(Keys.ESCAPE);
        admins.$("#question").shouldNotBe(visible);
        annas.looksAt(TASKS, "/tasks");
        annas.clicks("New task");
        annas.$("dialog form").shouldBe(visible);
        annas.isAccessible("light");
        annas.isAccessible("dark");
        annas.looksAt(TASKS, "/");
        annas.chooses("Русский");
        annas.seesTitle("Мои задачи");
        for (var path : new String[]{"/", "/tasks", "/tasks/" + task.id(), "/tasks/new"}) {
            examineInRussian(annas, TASKS, path);
        }
        admins.looksAt(AUTH, "/");
        admins.chooses("Русский");
        for (var path : new String[]{"/", "/users", "/users/new", "/users/" + anna.id(), "/pipeline"}) {
            examineInRussian(admins, AUTH, path);
        }
    }

    /** Users' text inside a sentence needs bidi isolation. */
    private static String isolated(String text) {
        return "\u2068" + text + "\u2069";
    }

    static void examine(Window window, ApplicationUnderTest.Service service, String path) {
        window.looksAt(service, path);
        isNoRefusal(window);
        examine(window);
    }

    static void examineRefusal(Window window, ApplicationUnderTest.Service service, String path) {
        window.looksAt(service, path);
        window.sees("Error 40");
        examine(window);
    }

    private static void isNoRefusal(Window window) {
        window.$("main").shouldNotHave(matchText("(Error|Ошибка) \\d{3}"));
    }

    private static void examine(Window window) {
        window.keepsToItsPolicy();
        window.isAccessible("light");
        window.isAsWideAs(375);
        window.fitsItsWidth();
        window.isAccessible("dark");
        window.isAsWideAs(1280);
    }

    /** The Russian texts are longer; the colours are the same. */
    static void examineInRussian(Window window, ApplicationUnderTest.Service service, String path) {
        window.isAsWideAs(375);
        window.looksAt(service, path);
        window.$("html").shouldHave(attribute("lang", "ru"));
        isNoRefusal(window);
        window.fitsItsWidth();
        window.isAccessible("light");
        window.isAsWideAs(1280);
    }
}
