package com.uberpopug.ates.acceptance;

import static com.codeborne.selenide.Condition.exactValue;
import static com.codeborne.selenide.Condition.exist;
import static com.codeborne.selenide.Condition.hidden;
import static com.codeborne.selenide.Condition.text;
import static com.codeborne.selenide.Condition.visible;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.ACCOUNTING;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.AUTH;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.TASKS;
import static com.uberpopug.ates.acceptance.Company.admin;
import static com.uberpopug.ates.acceptance.Company.task;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.acceptance.ApplicationUnderTest.Service;
import com.uberpopug.ates.acceptance.Company.Role;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.openqa.selenium.Keys;

/** Typed and unsent text: each form, and each way to lose it. */
class DraftsInBrowserTests {

    private static final String KEPT = "Your text was kept. It has not been sent.";
    private static final String STORED = "return Object.keys(sessionStorage).map(key => sessionStorage[key]).join()";

    @RegisterExtension
    private final Company company = new Company();
    @RegisterExtension
    private final Browsers browsers = new Browsers();

    /**
     * A form.
     *
     * @param opener the control that opens its dialog; null if the page is the form
     * @param typed the typed values, by field
     */
    private record Form(Service service, String path, @Nullable String opener, Map<String, String> typed, String send) {

        void open(Window window) {
            window.looksAt(service, path);
            if (opener != null) {
                window.clicks(opener);
            }
        }

        void type(Window window) {
            typed.forEach((field, text) -> {
                if (field.equals("role")) {
                    window.$("[name=role]").selectOptionByValue(text);
                } else {
                    window.writes(field, text);
                }
            });
        }

        void showsWhatWasTyped(Window window) {
            typed.forEach((field, text) -> window.$("main form [name=" + field + "]").shouldBe(visible)
                    .shouldHave(exactValue(text)));
        }
    }

    private List<Form> forms() {
        var anna = company.hires(Role.POPUG);
        var task = task("To be taken back");
        admin().assignsTasks();
        var fee = new Eventually<>("the fee", () -> admin().looksAtAuditLogOf(anna)).becomes("there",
                lines -> !lines.isEmpty()).getFirst().id();
        assertThat(task.feeCents()).isPositive();
        var newTask = Map.of("title", "Typed, \"not\" sent", "description", "Two\nlines & <b>");
        var reason = Map.of("reason", "Typed & not sent");
        return List.of(
                new Form(TASKS, "/tasks/new", null, newTask, "Create"),
                new Form(TASKS, "/tasks", "New task", newTask, "Create"),
                new Form(TASKS, "/", "New task", newTask, "Create"),
                new Form(ACCOUNTING, "/corrections/new?transfer=" + fee, null, reason, "Take it back"),
                new Form(ACCOUNTING, "/transfers/" + fee, "Take back…", reason, "Take it back"),
                new Form(AUTH, "/users/new", null, Map.of("login", "typed", "displayName", "Typed", "role", "MANAGER"),
                        "Create user"),
                new Form(AUTH, "/users/" + anna.id(), null,
                        Map.of("displayName", "Typed", "email", "typed@uberpopug.example", "role", "ACCOUNTANT"),
                        "Keep"),
                new Form(AUTH, "/", null, Map.of("displayName", "Typed"), "Keep"));
    }

    @Test
    void typed_text_outlives_the_session() {
        var window = browsers.of(admin());
        for (var form : forms()) {
            form.open(window);
            form.type(window);
            window.losesItsCookies();
            window.clicks(form.send());
            window.$("#username").shouldBe(visible);
            window.signsIn(admin());
            isKept(window, form, KEPT);
            discard(window, form);
        }
    }

    @Test
    void button_pressed_after_the_session_ended_does_nothing_and_the_page_says_so() {
        var anna = company.hires(Role.POPUG);
        task("Assign me twice");
        var window = browsers.of(company.hires(Role.MANAGER));
        // A page without live parts, which would load it again by themselves.
        window.looksAt(TASKS, "/shuffles/new");
        window.losesItsSessionAt(TASKS);
        window.$("#shuffle-confirm").click();
        window.$("#toasts").shouldHave(text("Your session had ended, so nothing was done."));
        assertThat(anna.looksAtOwnTasks()).isEmpty();
        window.looksAt(TASKS, "/shuffles/new");
        window.$("#shuffle-confirm").shouldBe(visible);
        window.$("#toasts").shouldNotHave(text("Your session had ended"));
    }

    @Test
    void typed_text_outlives_a_change_of_language() {
        var window = browsers.of(admin());
        for (var form : forms()) {
            form.open(window);
            form.type(window);
            if (form.opener() != null) {
                window.presses(Keys.ESCAPE);
            }
            window.chooses("Русский");
            window.$("html[lang=ru]").should(exist);
            window.$(".kept").shouldHave(text("Ваш текст сохранён, но не отправлен."));
            window.chooses("English");
            window.$("html[lang=en]").should(exist);
            isKept(window, form, KEPT);
            discard(window, form);
        }
    }

    @Test
    void typed_text_outlives_escape() {
        var window = browsers.of(admin());
        for (var form : forms()) {
            if (form.opener() != null) {
                form.open(window);
                form.type(window);
                window.presses(Keys.ESCAPE);
                window.$("dialog form").shouldBe(hidden);
                isKept(window, form, KEPT);
                discard(window, form);
            }
        }
    }

    @Test
    void typed_text_outlives_a_form_with_errors() {
        var window = browsers.of(admin());
        for (var way : List.of("session", "language")) {
            window.looksAt(AUTH, "/users/new");
            window.writes("login", "Not A Login");
            window.writes("displayName", "Typed");
            window.clicks("Create user");
            window.$("#login-error").shouldBe(visible);
            window.$(".kept").shouldNot(exist);
            if (way.equals("session")) {
                window.losesItsCookies();
                window.clicks("Create user");
                window.$("#username").shouldBe(visible);
                window.signsIn(admin());
                window.$("main > .kept").shouldHave(text(KEPT));
                window.clicks("Show it");
            } else {
                window.chooses("Русский");
                window.$("html[lang=ru]").should(exist);
                window.chooses("English");
            }
            window.$("html[lang=en]").should(exist);
            window.$("[name=login]").shouldHave(exactValue("Not A Login"));
            window.$("[name=displayName]").shouldHave(exactValue("Typed"));
            window.clicks("Discard it");
        }
    }

    @Test
    void typed_login_outlives_a_change_of_language_and_a_password_does_not() {
        var window = browsers.opens();
        window.looksAt(TASKS, "/");
        window.writes("username", "somebody");
        window.writes("password", "curved, red");
        window.chooses("Русский");
        window.$("html[lang=ru]").should(exist);
        window.$("[name=username]").shouldHave(exactValue("somebody"));
        window.$("[name=password]").shouldHave(exactValue(""));
        assertThat(window.runs(STORED)).asString().doesNotContain("somebody", "curved");
    }

    @Test
    void draft_of_a_sent_form_is_deleted() {
        var window = browsers.of(company.hires(Role.POPUG));
        for (var page : List.of("/tasks/new", "/tasks")) {
            window.looksAt(TASKS, page);
            if (page.equals("/tasks")) {
                window.clicks("New task");
            }
            window.writes("title", "Sent from " + page);
            window.clicks("Create");
            window.seesTitle("Sent from " + page);
            window.$(".kept").shouldNot(exist);
            assertThat(window.runs(STORED)).asString().doesNotContain("Sent");
            assertThat(window.runs("return document.cookie")).asString().doesNotContain("ates_sent_");
            window.looksAt(TASKS, "/tasks/new");
            window.$("[name=title]").shouldHave(exactValue(""));
        }
    }

    @Test
    void drafts_of_one_user_are_hidden_from_another() {
        var anna = company.hires(Role.POPUG);
        var boris = company.hires(Role.POPUG);
        var window = browsers.of(anna);
        window.looksAt(TASKS, "/tasks/new");
        window.writes("title", "A secret of Anna");
        window.losesItsCookies();
        window.clicks("Create");
        window.$("#username").shouldBe(visible);
        window.signsIn(boris);
        window.looksAt(TASKS, "/tasks/new");
        window.$("[name=title]").shouldBe(visible).shouldHave(exactValue(""));
        window.$(".kept").shouldNot(exist);
        assertThat(window.runs(STORED)).asString().doesNotContain("secret");

        window.writes("title", "A secret of Boris");
        window.looksAt(ACCOUNTING, "/");
        window.signsOut();
        window.signsIn(boris);
        window.looksAt(TASKS, "/tasks/new");
        window.$("[name=title]").shouldBe(visible).shouldHave(exactValue(""));
        assertThat(window.runs(STORED)).asString().as("after signing out").doesNotContain("secret");
    }

    @Test
    void old_draft_does_not_revert_a_change() {
        var anna = company.hires(Role.POPUG);
        Company.makes(anna, Role.MANAGER);
        var window = browsers.of(admin());
        window.looksAt(AUTH, "/users/" + anna.id());
        window.writes("displayName", "Typed before");
        window.losesItsCookies();
        window.clicks("Keep");
        window.$("#username").shouldBe(visible);
        Company.makes(anna, Role.POPUG);
        window.signsIn(admin());
        window.$("[name=displayName]").shouldHave(exactValue("Typed before"));
        window.$("[name=role]").shouldHave(exactValue("POPUG"));
        window.clicks("Keep");
        window.seesTitle("Typed before");
        window.$("[name=role]").shouldHave(exactValue("POPUG"));
        window.$(".kept").shouldNot(exist);

        window.$("[name=role]").selectOptionByValue("ACCOUNTANT");
        Company.makes(anna, Role.MANAGER);
        window.chooses("Русский");
        window.$("html[lang=ru]").should(exist);
        window.chooses("English");
        window.$("html[lang=en]").should(exist);
        window.$("[name=role]").shouldHave(exactValue("ACCOUNTANT"));
        window.clicks("Keep");
        window.$(".crossing").shouldHave(text("Popug → Manager"));
        window.$("[name=role]").shouldHave(exactValue("ACCOUNTANT"));
    }

    @Test
    void passwords_are_never_stored_and_drafts_are_bounded() {
        var window = browsers.of(company.hires(Role.POPUG));
        window.looksAt(AUTH, "/");
        for (var field : List.of("current", "password", "again")) {
            window.writes(field, "curved, red");
        }
        window.writes("displayName", "Typed");
        assertThat(window.runs(STORED)).asString().contains("Typed").doesNotContain("curved");
        window.looksAt(TASKS, "/tasks/new");
        window.runs("""
                const user = document.body.dataset.viewer;
                for (let i = 0; i < 40; i++) {
                  sessionStorage.setItem(`ates.draft:${user}:/tasks?n=${i}`,
                    JSON.stringify({at: Date.now() - i * 1000, page: '/nowhere', once: `${i}`, fields: {}}));
                }
                sessionStorage.setItem(`ates.draft:${user}:/old?`,
                  JSON.stringify({at: Date.now() - 13 * 3600 * 1000, page: '/', once: 'old', fields: {}}));
                sessionStorage.setItem(`ates.draft:${user}:/broken?`, '{');
                """);
        window.looksAt(TASKS, "/tasks/new");
        window.writes("title", "The newest");
        assertThat((Long) window.runs(
                "return Object.keys(sessionStorage).filter(key => key.startsWith('ates.draft:')).length"))
                .isEqualTo(20);
        assertThat(window.runs(STORED)).asString().contains("The newest").doesNotContain("old");
        window.writes("description", "x".repeat(100));
        window.looksAt(TASKS, "/");
        window.looksAt(TASKS, "/tasks/new");
        window.$("[name=title]").shouldHave(exactValue("The newest"));
        window.$(".kept").shouldHave(text(KEPT));
        window.keepsToItsPolicy();
        window.isAccessible("light");
        window.isAccessible("dark");
    }

    /** The page reports the draft, and the form holds it. */
    private static void isKept(Window window, Form form, String notice) {
        if (form.opener() != null) {
            window.$("main > .kept").shouldHave(text(notice));
            window.clicks("Show it");
            window.$("dialog .kept").shouldHave(text(notice));
        } else {
            window.$("main form .kept").shouldHave(text(notice));
        }
        form.showsWhatWasTyped(window);
    }

    private static void discard(Window window, Form form) {
        window.clicks("Discard it");
        window.$(".kept").shouldNot(exist);
        form.open(window);
        form.typed().forEach((field, text) -> window.$("main form [name=" + field + "]").shouldBe(visible)
                .shouldNotHave(exactValue(text)));
        assertThat(window.runs(STORED)).asString().doesNotContain("Typed");
    }
}
