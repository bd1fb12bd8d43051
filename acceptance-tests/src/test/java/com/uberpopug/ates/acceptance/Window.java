package com.uberpopug.ates.acceptance;

import static com.codeborne.selenide.Condition.and;
import static com.codeborne.selenide.Condition.empty;
import static com.codeborne.selenide.Condition.text;
import static com.codeborne.selenide.Condition.visible;
import static com.codeborne.selenide.Selectors.byText;
import static org.assertj.core.api.Assertions.assertThat;

import com.codeborne.selenide.CollectionCondition;
import com.codeborne.selenide.SelenideConfig;
import com.codeborne.selenide.SelenideDriver;
import com.codeborne.selenide.SelenideElement;
import com.deque.html.axecore.selenium.AxeBuilder;
import com.uberpopug.ates.acceptance.ApplicationUnderTest.Service;
import com.uberpopug.ates.localstack.parts.LocalStackFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;
import java.util.regex.Pattern;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.virtualauthenticator.VirtualAuthenticatorOptions;

/** A window of Chromium and its user. */
final class Window {

    /** How long a live update is awaited on a busy machine; {@code ./ates bench pages} measures it against its limit of 2 s. */
    static final Duration LIVE = Duration.ofSeconds(15);

    private static final Path KEPT = LocalStackFiles.repository().resolve("acceptance-tests/target/browser");
    private static final Pattern REPLACED = Pattern.compile("htmx:(sendAbort|afterRequest), ");
    private static final Duration SCRIPT = Duration.ofMinutes(2);
    private static final int MOST_TABS = 60;
    private static final int MOST_TRIES = 5;
    private static final int WIDTH = 1280;
    private static final int HEIGHT = 900;
    private static final List<String> FLAGS = List.of("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
            "--no-first-run", "--hide-scrollbars", "--force-prefers-reduced-motion", "--disable-background-networking",
            "--disable-component-update", "--disable-sync",
            "--window-size=%d,%d".formatted(WIDTH, HEIGHT), "--accept-lang=en");

    private final ChromeDriver chromium;
    private final SelenideDriver page;

    Window() {
        var options = new ChromeOptions().setBinary(Browsers.CHROMIUM.orElseThrow().toFile()).addArguments(FLAGS);
        var driver = new ChromeDriverService.Builder().usingDriverExecutable(Browsers.DRIVER.orElseThrow().toFile())
                .build();
        chromium = new ChromeDriver(driver, options);
        chromium.manage().timeouts().scriptTimeout(SCRIPT);
        page = new SelenideDriver(new SelenideConfig().timeout(10_000).screenshots(false).savePageSource(false),
                chromium, null);
    }

    /** Gives the browser an authenticator that keeps passkeys, and whose user agrees to everything. */
    void getsAuthenticator() {
        chromium.addVirtualAuthenticator(new VirtualAuthenticatorOptions()
                .setProtocol(VirtualAuthenticatorOptions.Protocol.CTAP2)
                .setTransport(VirtualAuthenticatorOptions.Transport.INTERNAL).setHasResidentKey(true)
                .setHasUserVerification(true).setIsUserVerified(true));
    }

    void looksAt(URI address) {
        page.open(address.toString());
    }

    void looksAt(Service service, String path) {
        page.open(service.address() + path);
    }

    /** Fills in the displayed sign-in page, and once more if it was reloaded meanwhile. */
    void signsIn(Person person) {
        fillsIn(person);
        try {
            page.$(".bar .who").shouldHave(text(person.login()));
        } catch (AssertionError stillThere) {
            if (!page.$("#username").is(and("empty and shown", visible, empty)) || page.$("main .problem").exists()) {
                throw stillThere;
            }
            fillsIn(person);
            page.$(".bar .who").shouldHave(text(person.login()));
        }
    }

    private void fillsIn(Person person) {
        KnownSecrets.ofThisRun().note("a password", person.password());
        page.$("#username").setValue(person.login());
        page.$("#password").setValue(person.password());
        page.$("main form button").click();
    }

    /** Clicks twice at one place, whatever the first click brings there. */
    void clicksTwice(SelenideElement element, int millisBetween) {
        element.shouldBe(visible).scrollIntoView("{block: 'center'}");
        pointsTo(element);
        new Actions(chromium).click().pause(Duration.ofMillis(millisBetween)).click().perform();
    }

    /** Moves the pointer to an element and leaves it there. A reloaded element is located again. */
    void pointsTo(SelenideElement element) {
        for (int tries = 1;; tries++) {
            try {
                new Actions(chromium).moveToElement(element.shouldBe(visible).toWebElement()).perform();
                return;
            } catch (StaleElementReferenceException replaced) {
                if (tries == MOST_TRIES) {
                    throw replaced;
                }
            }
        }
    }

    /** Clicks at the pointer's position. */
    void pressesThere() {
        new Actions(chromium).click().perform();
    }

    void clicks(String words) {
        button(words).shouldBe(visible).click();
    }

    /** A button or link with this text. */
    SelenideElement button(String words) {
        return page.$(By.xpath("//*[self::button or self::a][normalize-space()=\"%s\"]".formatted(words)));
    }

    void writes(String field, String words) {
        page.$(By.name(field)).shouldBe(visible).setValue(words);
    }

    void presses(CharSequence... keys) {
        new Actions(chromium).sendKeys(keys).perform();
    }

    /** Presses Tab until the element with this text has the focus. */
    void tabsTo(String words) {
        // A script may show it later than the rest of the page.
        button(words).shouldBe(visible);
        for (int i = 0; i < MOST_TABS; i++) {
            presses(Keys.TAB);
            if (words.equals(runs("return document.activeElement.textContent.trim()"))) {
                return;
            }
        }
        throw new AssertionError("The Tab key does not reach " + words);
    }

    SelenideElement $(String selector) {
        return page.$(selector);
    }

    void sees(String words) {
        page.$("main").shouldHave(text(words));
    }

    void seesWithin(Duration time, String selector, String words) {
        page.$$(selector).filterBy(text(words)).shouldHave(CollectionCondition.sizeGreaterThan(0), time);
    }

    void doesNotSeeWithin(Duration time, String selector, String words) {
        page.$$(selector).filterBy(text(words)).shouldHave(CollectionCondition.size(0), time);
    }

    void seesTitle(String title) {
        page.$("h1").shouldHave(text(title));
    }

    void opensMenu() {
        page.$(".bar .menu summary").click();
        page.$(".bar .menu ul").shouldBe(visible);
    }

    void chooses(String words) {
        opensMenu();
        page.$(".bar .menu").$(byText(words)).click();
    }

    void signsOut() {
        opensMenu();
        page.$("#sign-out").click();
        page.$("#username").shouldBe(visible);
    }

    String address() {
        return page.getWebDriver().getCurrentUrl();
    }

    /** Stops live updates, like a page that has lost its connection. */
    void goesDeaf() {
        chromium.executeScript("dispatchEvent(new Event('pagehide'))");
    }

    Object runs(String script, Object... arguments) {
        return chromium.executeScript(script, arguments);
    }

    Object awaits(String script, Object... arguments) {
        return chromium.executeAsyncScript(script, arguments);
    }

    void isAsWideAs(int pixels) {
        isAsLargeAs(pixels, HEIGHT);
    }

    void isAsLargeAs(int width, int height) {
        // A normal window of Chromium is at least 500 pixels wide.
        chromium.executeCdpCommand("Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    /** The cookies of all of its pages are secrets that no log may hold. */
    private void notesItsCookies() {
        if (chromium.executeCdpCommand("Network.getAllCookies", Map.of()).get("cookies") instanceof List<?> cookies) {
            cookies.forEach(each -> {
                if (each instanceof Map<?, ?> cookie) {
                    KnownSecrets.ofThisRun().noteCookie(String.valueOf(cookie.get("name")),
                            String.valueOf(cookie.get("value")));
                }
            });
        }
    }

    void losesItsCookies() {
        notesItsCookies();
        // Cookies of a host are sent to all of its ports.
        chromium.manage().deleteAllCookies();
    }

    /** Ends the session at one service, and keeps the one at the auth service. */
    void losesItsSessionAt(Service service) {
        chromium.manage().deleteCookieNamed("ATES_" + service.name());
    }

    /** Reloads all tabs at the same moment. */
    void reloadsAllTabs() {
        for (var tab : chromium.getWindowHandles()) {
            chromium.switchTo().window(tab);
            runs("""
                    document.body.replaceChildren();
                    new BroadcastChannel('reload').onmessage = () => location.reload();
                    """);
        }
        runs("new BroadcastChannel('reload').postMessage(''); setTimeout(() => location.reload())");
    }

    void opensTab() {
        chromium.switchTo().newWindow(WindowType.TAB);
    }

    void showsTab(int number) {
        chromium.switchTo().window(List.copyOf(chromium.getWindowHandles()).get(number));
    }

    /** Checks that nothing is wider than the page, which would make it scroll sideways. */
    void fitsItsWidth() {
        assertThat((Long) Objects.requireNonNull(
                chromium.executeScript("return document.documentElement.scrollWidth - innerWidth")))
                .as("pixels of horizontal overflow of %s", address()).isNotPositive();
    }

    /** Checks the page for accessibility violations that axe-core finds. */
    void isAccessible(String theme) {
        chromium.executeScript("document.documentElement.dataset.theme = arguments[0]", theme);
        assertThat(new AxeBuilder().analyze(chromium).getViolations()).as("axe's findings at %s, %s", address(), theme)
                .isEmpty();
    }

    /** Checks that nothing violated the content security policy. */
    void keepsToItsPolicy() {
        assertThat(chromium.manage().logs().get("browser").getAll()).as("the console at %s", address())
                .noneMatch(entry -> entry.getMessage().contains("Content Security Policy"));
    }

    /**
     * The console's errors since the last call: of scripts, of the policy, of failed requests. htmx reports a request
     * that a newer one has replaced as an error; it is left out.
     */
    List<String> complaints() {
        return chromium.manage().logs().get("browser").getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.SEVERE.intValue()).map(LogEntry::getMessage)
                .filter(message -> !REPLACED.matcher(message).find()).toList();
    }

    /** Shows every page in this language from now on, whatever the user's own is. */
    void speaks(String language) {
        runs("document.cookie = 'ates_language=' + arguments[0] + '; path=/'", language);
    }

    /** The page as PNG. */
    byte[] picture() {
        return chromium.getScreenshotAs(OutputType.BYTES);
    }

    void keepsWhatItShows(String name) {
        try {
            Files.createDirectories(KEPT);
            Files.write(KEPT.resolve(name + "-" + System.identityHashCode(this) + ".png"),
                    picture());
            Files.writeString(KEPT.resolve(name + "-" + System.identityHashCode(this) + ".html"),
                    Objects.toString(chromium.getPageSource()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void close() {
        try {
            notesItsCookies();
        } catch (WebDriverException _) {
            // A browser that does not answer any more cannot be asked.
        }
        chromium.quit();
    }
}
