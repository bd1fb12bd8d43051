package com.uberpopug.ates.acceptance;

import static com.codeborne.selenide.Condition.text;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.AUTH;
import static com.uberpopug.ates.acceptance.ApplicationUnderTest.Service.TASKS;

import com.uberpopug.ates.acceptance.Company.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.openqa.selenium.Keys;

/** Passkeys with Chromium's own dialogs, answered by a virtual authenticator. */
class PasskeysInBrowserTests {

    private static final String SIGN_IN = "Sign in with a passkey";

    @RegisterExtension
    private final Company company = new Company();
    @RegisterExtension
    private final Browsers browsers = new Browsers();

    @Test
    void passkey_is_added_opens_the_requested_page_and_opens_nothing_after_its_removal() {
        var anna = company.hires(Role.POPUG);
        var window = browsers.of(anna);
        window.getsAuthenticator();
        window.looksAt(AUTH, "/passkeys");
        window.sees("No passkeys");
        window.clicks("Add a passkey");
        window.writes("label", "Anna's laptop");
        window.clicks("Continue");
        window.sees("Your browser asks next");
        window.presses(Keys.ENTER);
        window.seesWithin(Window.LIVE, ".toast", "The passkey is added.");
        window.sees("Anna's laptop");
        window.isAccessible("light");
        window.isAccessible("dark");

        window.signsOut();
        window.looksAt(TASKS, "/");
        window.isAccessible("light");
        window.tabsTo(SIGN_IN);
        window.presses(Keys.ENTER);
        window.$(".bar .who").shouldHave(text(anna.login()));
        window.seesTitle("Tasks");

        window.looksAt(AUTH, "/passkeys");
        window.clicks("Remove");
        window.$("#passkey-confirm").click();
        window.seesWithin(Window.LIVE, ".toast", "The passkey is removed.");
        window.signsOut();
        window.clicks(SIGN_IN);
        window.sees("This passkey was not accepted");
        window.signsIn(anna);
    }

    @Test
    void browser_without_a_passkey_says_so_and_the_password_still_works() {
        var anna = company.hires(Role.POPUG);
        var window = browsers.opens();
        window.getsAuthenticator();
        window.looksAt(TASKS, "/");
        window.clicks(SIGN_IN);
        window.sees("The browser has used no passkey");
        window.signsIn(anna);
    }
}
