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
 * The browsers of one test, each with cookies of its own. Without Chromium and chromedriver the test is skipped, or
 * fails with {@code -Dbrowser.required=true}.
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

    /** For a test that also checks facts outside of browsers, and runs without them, too. */
    static Browsers ifThereAreAny() {
        return new Browsers(false);
    }

    static boolean areThere() {
        return CHROMIUM.isPresent() && DRIVER.isPresent() || Boolean.getBoolean("browser.required");
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext test) {
        return areThere() || !needed
                ? ConditionEvaluationResult.enabled("Chromium is present, or required")
                : ConditionEvaluationResult.disabled("Chromium with chromedriver is missing");
    }

    /** A new browser without a session. */
    Window opens() {
        var window = new Window();
        open.add(window);
        return window;
    }

    /** A new browser with a signed-in user on their tasks. */
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

    static Optional<Path> installed(String... names) {
        return Stream.of(names).flatMap(name -> Stream.of(System.getenv("PATH").split(":"))
                .map(directory -> Path.of(directory, name))).filter(Files::isExecutable).findFirst();
    }
}
