package com.uberpopug.ates.benchmarks;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** A browser of a user: it keeps cookies, follows redirects, and caches nothing. */
final class Visitor {

    private static final Pattern CSRF = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .cookieHandler(new CookieManager()).followRedirects(Redirect.NORMAL).build();

    /** The transferred bytes, compressed if the server compresses. */
    record Answer(byte[] sent, boolean isCompressed) {

        String text() {
            try (var bytes = isCompressed
                    ? new GZIPInputStream(new ByteArrayInputStream(sent))
                    : new ByteArrayInputStream(sent)) {
                return new String(bytes.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Signs in as a demo user by way of a page that requires it; later pages need no further sign-in. */
    Visitor signsIn(String login, String password, String page, String... others) {
        var form = send(request(page).GET());
        var csrf = CSRF.matcher(answer(form).text());
        if (!csrf.find()) {
            throw new IllegalStateException(form + " is no sign-in page");
        }
        var fields = Map.of("username", login, "password", password, "_csrf", csrf.group(1)).entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        send(request(form.uri().toString()).header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(fields)));
        // A page that requires sign-in redirects there and back, and is then served as requested.
        Stream.of(others).forEach(other -> send(request(other).GET()));
        get(page);
        return this;
    }

    /** A page or one of its resources; any other answer is an error. */
    Answer get(String address) {
        var response = send(request(address).GET());
        if (response.statusCode() != 200 || response.previousResponse().isPresent()) {
            throw new IllegalStateException(address + " leads to " + response);
        }
        return answer(response);
    }

    /** Follows a stream of live updates until this JVM ends. */
    CompletableFuture<HttpResponse<Stream<String>>> follow(String address) {
        return http.sendAsync(HttpRequest.newBuilder(URI.create(address)).header("Accept", "text/event-stream").build(),
                BodyHandlers.ofLines());
    }

    private static Answer answer(HttpResponse<byte[]> response) {
        return new Answer(response.body(),
                response.headers().firstValue("Content-Encoding").filter("gzip"::equals).isPresent());
    }

    private static HttpRequest.Builder request(String address) {
        return HttpRequest.newBuilder(URI.create(address)).timeout(Duration.ofSeconds(30)).header("Accept",
                "text/html,*/*").header("Accept-Encoding", "gzip").header("Accept-Language", "en");
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
