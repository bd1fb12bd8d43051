package com.uberpopug.ates.platform.pages;

import com.uberpopug.ates.platform.events.Ids;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.web.servlet.LocaleResolver;
import org.springframework.web.servlet.i18n.AcceptHeaderLocaleResolver;
import org.springframework.web.util.WebUtils;

/** What the layout knows of a request; templates see it as {@code shell}. */
public final class Shell {

    static final String ATTRIBUTE = "shell";
    static final List<String> LANGUAGES = List.of("en", "ru");
    /** The first of the languages that the browser asks for and pages are there in. */
    private static final LocaleResolver BROWSER = browser();
    private static final String LANGUAGE_COOKIE = "ates_language";
    private static final String THEME_COOKIE = "ates_theme";
    private static final List<String> THEMES = List.of("auto", "light", "dark");
    private static final DateTimeFormatter UTC = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final HttpServletRequest request;
    private final boolean signedIn;
    private final @Nullable Viewer viewer;
    private final Locale locale;
    private final String theme;
    private final String service;
    private final PageProperties.Services services;
    private final BooleanSupplier delayed;

    Shell(HttpServletRequest request, boolean signedIn, @Nullable Viewer viewer, @Nullable String language,
            String service, PageProperties.Services services, BooleanSupplier delayed) {
        this.request = request;
        this.signedIn = signedIn;
        this.viewer = viewer;
        this.locale = locale(request, language);
        this.theme = cookie(request, THEME_COOKIE).filter(THEMES::contains).orElse("auto");
        this.service = service;
        this.services = services;
        this.delayed = delayed;
    }

    /** The shell of a request that has come through the filter of the pages. */
    public static Optional<Shell> of(HttpServletRequest request) {
        return Optional.ofNullable((Shell) request.getAttribute(ATTRIBUTE));
    }

    /** The switch, kept in a cookie, goes before the user's profile, and that before what the browser would like. */
    private static Locale locale(HttpServletRequest request, @Nullable String profile) {
        var chosen = cookie(request, LANGUAGE_COOKIE).filter(LANGUAGES::contains)
                .or(() -> Optional.ofNullable(profile).filter(LANGUAGES::contains));
        return chosen.map(Locale::of).orElseGet(() -> asked(request));
    }

    /** What the header {@code Accept-Language} asks for, as far as it is there. */
    static Locale asked(HttpServletRequest request) {
        return BROWSER.resolveLocale(request);
    }

    private static LocaleResolver browser() {
        var resolver = new AcceptHeaderLocaleResolver();
        var languages = LANGUAGES.stream().map(Locale::of).toList();
        resolver.setSupportedLocales(languages);
        resolver.setDefaultLocale(languages.getFirst());
        return resolver;
    }

    /** Forgets what the switch was set to: who changes the language of their profile wants to see that. */
    public static void forgetLanguage(HttpServletResponse response) {
        var nothing = new Cookie(LANGUAGE_COOKIE, "");
        nothing.setPath("/");
        nothing.setMaxAge(0);
        response.addCookie(nothing);
    }

    private static Optional<String> cookie(HttpServletRequest request, String name) {
        return Optional.ofNullable(WebUtils.getCookie(request, name)).map(Cookie::getValue);
    }

    /** Null where nobody is signed in, or the account is deactivated. */
    public @Nullable Viewer getViewer() {
        return viewer;
    }

    /** Whether somebody is signed in, though their account may be deactivated. */
    public boolean isSignedIn() {
        return signedIn;
    }

    public Locale getLocale() {
        return locale;
    }

    public List<String> getLanguages() {
        return LANGUAGES;
    }

    public List<String> getThemes() {
        return THEMES;
    }

    public String getTheme() {
        return theme;
    }

    /** The services' addresses. */
    public PageProperties.Services getServices() {
        return services;
    }

    /** Whether events wait longer than they should, so that pages may show what was. */
    public boolean isDelayed() {
        return viewer != null && delayed.getAsBoolean();
    }

    /** Whether this is one of a service's pages, such as {@code tasks}. */
    public boolean isAt(String name) {
        return service.equals(name);
    }

    /** Whether the page is at this path. */
    public boolean isOn(String path) {
        return request.getRequestURI().equals(path);
    }

    /** Whether the page is at this path, or below it. */
    public boolean isWithin(String path) {
        return isOn(path) || request.getRequestURI().startsWith(path + "/");
    }

    /** Whether the page is what became of a form, which cannot be asked for again: what is done leads to another page. */
    public boolean isAnswer() {
        return HttpMethod.POST.matches(request.getMethod());
    }

    /** A key for a form that is to do its thing once, however often it is sent. */
    public String once() {
        return Ids.next().toString();
    }

    /** Cents as {@code $12.00}. */
    public String money(long cents) {
        return Money.dollars(cents);
    }

    /** Cents as {@code +$12.00} or {@code −$12.00}. */
    public String change(long cents) {
        return Money.change(cents);
    }

    /** What stands for an instant until the script writes it in the viewer's zone. */
    public String utc(Instant instant) {
        return UTC.format(instant);
    }
}
