package com.uberpopug.ates.acceptance;

import static com.codeborne.selenide.Condition.text;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.ACCOUNTING;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.TASKS;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.acceptance.Company.Role;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Many tabs of one browser, each with a page of its own. */
class TabsInBrowserTests {

    /** {@code -Dates.long=true} has twenty. */
    private static final int ROUNDS = Boolean.getBoolean("ates.long") ? 20 : 4;
    private static final List<String> PAGES = List.of("/", "/tasks", "/tasks?status=OPEN", "/tasks/new",
            "/tasks?q=nuts");

    @RegisterExtension
    private final Company company = new Company();
    @RegisterExtension
    private final Browsers browsers = new Browsers();

    @Test
    void tabs_reloaded_at_once_after_the_session_ended_each_return_to_their_own_page() {
        var manager = company.hires(Role.MANAGER);
        var window = browsers.of(manager);
        for (int tab = 1; tab < PAGES.size(); tab++) {
            window.opensTab();
            window.looksAt(TASKS, PAGES.get(tab));
        }
        for (int round = 0; round < ROUNDS; round++) {
            window.losesItsSessionAt(TASKS);
            window.reloadsAllTabs();
            for (int tab = 0; tab < PAGES.size(); tab++) {
                window.showsTab(tab);
                window.$(".bar .who").shouldHave(text(manager.login()));
                assertThat(window.address()).as("round %d", round).isEqualTo(TASKS.address() + PAGES.get(tab));
            }
        }
    }

    @Test
    void two_tabs_at_the_sign_in_form_each_return_to_their_own_page() {
        var anna = company.hires(Role.POPUG);
        for (boolean sameService : new boolean[]{true, false}) {
            var other = sameService ? TASKS : ACCOUNTING;
            var window = browsers.opens();
            window.looksAt(TASKS, "/tasks?status=DONE");
            window.opensTab();
            window.looksAt(other, "/?second");
            window.showsTab(0);
            window.signsIn(anna);
            assertThat(window.address()).isEqualTo(TASKS.address() + "/tasks?status=DONE");
            window.showsTab(1);
            window.signsIn(anna);
            assertThat(window.address()).isEqualTo(other.address() + "/?second");
        }
    }
}
