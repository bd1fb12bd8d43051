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

/** The layout's view of a request, in templates as {@code shell}. */
public final class Shell {

    static final String ATTRIBUTE = "shell";
    static final List<String> LANGUAGES = List.of("en", "ru");
    /** Resolves the first accepted language of the browser that pages support. */
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

    /** The shell of a request; empty unless it has passed the pages' filter. */
    public static Optional<Shell> of(HttpServletRequest request) {
        return Optional.ofNullable((Shell) request.getAttribute(ATTRIBUTE));
    }

    /** The switch, in a cookie, precedes the user's profile, which precedes the browser's preference. */
    private static Locale locale(HttpServletRequest request, @Nullable String profile) {
        var chosen = cookie(request, LANGUAGE_COOKIE).filter(LANGUAGES::contains)
                .or(() -> Optional.ofNullable(profile).filter(LANGUAGES::contains));
        return chosen.map(Locale::of).orElseGet(() -> accepted(request));
    }

    /** The first supported language of the header {@code Accept-Language}, or else the default. */
    static Locale accepted(HttpServletRequest request) {
        return BROWSER.resolveLocale(request);
    }

    private static LocaleResolver browser() {
        var resolver = new AcceptHeaderLocaleResolver();
        var languages = LANGUAGES.stream().map(Locale::of).toList();
        resolver.setSupportedLocales(languages);
        resolver.setDefaultLocale(languages.getFirst());
        return resolver;
    }

    /** Resets the switch, so that a change of the profile's language takes effect. */
    public static void forgetLanguage(HttpServletResponse response) {
        var nothing = new Cookie(LANGUAGE_COOKIE, "");
        nothing.setPath("/");
        nothing.setMaxAge(0);
        response.addCookie(nothing);
    }

    private static Optional<String> cookie(HttpServletRequest request, String name) {
        return Optional.ofNullable(WebUtils.getCookie(request, name)).map(Cookie::getValue);
    }

    /** The signed-in user; null for nobody or a deactivated account. */
    public @Nullable Viewer getViewer() {
        return viewer;
    }

    /** Whether somebody is signed in, also with a deactivated account. */
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

    /** Whether the pipeline is unhealthy, so that pages may show old data. */
    public boolean isDelayed() {
        return viewer != null && delayed.getAsBoolean();
    }

    /** Whether the page belongs to a service, named such as {@code tasks}. */
    public boolean isAt(String name) {
        return service.equals(name);
    }

    /** Whether the page is at this path. */
    public boolean isOn(String path) {
        return request.getServletPath().equals(path);
    }

    /** Whether the page is at this path, or below it. */
    public boolean isWithin(String path) {
        return isOn(path) || request.getServletPath().startsWith(path + "/");
    }

    /** Whether the page answers a form, and so cannot be reloaded: a form that took effect redirects instead. */
    public boolean isAnswer() {
        return HttpMethod.POST.matches(request.getMethod());
    }

    /** A new idempotency key, for a form that takes effect once however often it is sent. */
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

    /** An instant in UTC, which the script replaces by the viewer's zone. */
    public String utc(Instant instant) {
        return UTC.format(instant);
    }
}
