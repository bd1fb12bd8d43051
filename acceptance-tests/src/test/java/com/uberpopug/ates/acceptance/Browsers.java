package com.uberpopug.ates.acceptance;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The browsers of one test, each with cookies of its own. Where there is no Chromium with its driver, the test is skipped,
 * and with {@code -Dbrowser.required=true} it fails.
 */
final class Browsers implements ExecutionCondition, AfterEachCallback {

    static final Optional<Path> CHROMIUM = installed("chromium", "chromium-browser", "google-chrome");
    static final Optional<Path> DRIVER = installed("chromedriver");

    private final List<Window> open = new ArrayList<>();
    private final boolean needed;

    Browsers() {
        this(true);
    }

    private Browsers(boolean needed) {
        this.needed = needed;
    }

    /** For a test that has more to tell than what can be seen in them, and runs without them, too. */
    static Browsers ifThereAreAny() {
        return new Browsers(false);
    }

    static boolean areThere() {
        return CHROMIUM.isPresent() && DRIVER.isPresent() || Boolean.getBoolean("browser.required");
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext test) {
        return areThere() || !needed
                ? ConditionEvaluationResult.enabled("There is Chromium, or there has to be")
                : ConditionEvaluationResult.disabled("There is no Chromium with chromedriver here");
    }

    /** A new browser with nobody signed in. */
    Window opens() {
        var window = new Window();
        open.add(window);
        return window;
    }

    /** A new browser in which somebody has signed in, and sees their tasks. */
    Window of(Person person) {
        var window = opens();
        window.looksAt(ApplicationUnderTest.Service.TASKS, "/");
        window.signsIn(person);
        return window;
    }

    @Override
    public void afterEach(ExtensionContext test) {
        if (test.getExecutionException().isPresent()) {
            open.forEach(window -> window.keepsWhatItShows(test.getDisplayName().replaceAll("\\W", "")));
        }
        open.forEach(Window::close);
    }

    private static Optional<Path> installed(String... names) {
        return Stream.of(names).flatMap(name -> Stream.of(System.getenv("PATH").split(":"))
                .map(directory -> Path.of(directory, name))).filter(Files::isExecutable).findFirst();
    }
}
