package com.uberpopug.ates.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Pattern;

/** The page of a new user's one-time link, in a browser without scripts. */
record FirstPasswordPage(HttpClient browser, URI link, Answer page) {

    private static final Pattern CSRF = Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"");

    static FirstPasswordPage at(URI link) {
        var browser = HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
        return new FirstPasswordPage(browser, link, send(browser, HttpRequest.newBuilder(link).GET()));
    }

    Answer chooses(String password) {
        return chooses(password, password);
    }

    Answer chooses(String password, String again) {
        KnownSecrets.ofThisRun().note("a password", password);
        var csrf = CSRF.matcher(page.response().body());
        if (!csrf.find()) {
            throw new AssertionError("The page has no form: " + page.response().body());
        }
        var form = HttpRequest.newBuilder(link.resolve("/first-password"));
        return send(browser,
                form.header("Content-Type", "application/x-www-form-urlencoded").POST(
                        BodyPublishers.ofString(link.getQuery() + "&_csrf=" + encoded(csrf.group(1)) + "&password="
                                + encoded(password) + "&again=" + encoded(again))));
    }

    private static Answer send(HttpClient browser, HttpRequest.Builder request) {
        try {
            return new Answer(
                    browser.send(request.header("Accept", "text/html").timeout(Duration.ofSeconds(20)).build(),
                            BodyHandlers.ofString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
