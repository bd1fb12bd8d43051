package com.uberpopug.ates.acceptance;

import static com.codeborne.selenide.Condition.exist;
import static com.codeborne.selenide.Condition.text;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.ANALYTICS;
import static com.uberpopug.ates.acceptance.Company.admin;

import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The dead-letter pages of admins. */
class DeadLettersInBrowserTests {

    @RegisterExtension
    private final Company company = new Company();
    @RegisterExtension
    private final Browsers browsers = new Browsers();

    @Test
    void dead_letter_is_tried_and_replayed_in_a_browser() throws SQLException {
        var window = browsers.of(admin());
        window.looksAt(ANALYTICS, "/pipeline");
        var id = DeadLetterTests.analyticsCannotTake("Count the <i>feathers</i>", "no_feathers");
        window.$("main").shouldHave(text("no_feathers"), Duration.ofSeconds(15));
        window.isAccessible("light");
        window.looksAt(ANALYTICS, "/pipeline/" + id);
        window.sees("Count the <i>feathers</i>");
        window.isAccessible("dark");
        window.clicks("Apply it now");
        window.clicks("Apply one event");
        window.$("#toasts").shouldHave(text("Nothing was changed: It fails again"));
        DeadLetterTests.inAnalytics("alter table tasks drop constraint no_feathers");
        window.clicks("Only try");
        window.$("#toasts").shouldHave(text("It would be applied now"));
        window.clicks("Apply it now");
        window.clicks("Apply one event");
        window.$("#toasts").shouldHave(text("The dead letter was applied."));
        window.$(".badge").shouldHave(text("applied"));
        window.button("Apply it now").shouldNot(exist);
    }

    @Test
    void dead_letter_is_discarded_in_a_browser() throws SQLException {
        var id = DeadLetterTests.analyticsCannotTake("Count the shells", "no_shells");
        DeadLetterTests.inAnalytics("alter table tasks drop constraint no_shells");
        var window = browsers.of(admin());
        window.looksAt(ANALYTICS, "/pipeline/" + id);
        window.clicks("Give up on it");
        window.$("#question").shouldHave(text("This cannot be undone."));
        window.clicks("Discard one event");
        window.$("#toasts").shouldHave(text("The dead letter was discarded."));
        window.$(".badge").shouldHave(text("discarded"));
    }
}
