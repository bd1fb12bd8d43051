package com.uberpopug.ates.platform.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** A browser without scripts, whose tabs share the cookies. Redirects are not followed. */
public final class CookieBrowser {

    static final String[] NAVIGATION = {"Accept", "text/html,application/xhtml+xml,*/*;q=0.8", "Sec-Fetch-Mode",
            "navigate", "Sec-Fetch-Dest", "document", "Sec-Fetch-Site", "none", "Sec-Fetch-User", "?1"};

    private final CookieManager cookies = new CookieManager();
    private final HttpClient http;
    private final String address;

    public CookieBrowser(int port) {
        http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).cookieHandler(cookies).build();
        address = "http://localhost:" + port;
    }

    /** A browser that reaches the service through a proxy. */
    public CookieBrowser(TlsProxy proxy) {
        http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).cookieHandler(cookies)
                .sslContext(proxy.tls()).build();
        address = proxy.address().toString();
    }

    /** The first bytes of an answer that does not end. */
    public String begins(String path, int bytes, String... headers) {
        try (var body = http.send(request(path).headers(headers).build(), BodyHandlers.ofInputStream()).body()) {
            return new String(body.readNBytes(bytes), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Navigates to a page, as from the address bar. */
    public HttpResponse<String> goes(String path) {
        return sends(request(path).headers(NAVIGATION));
    }

    public HttpResponse<String> gets(String path, String... headers) {
        var request = request(path);
        return sends(headers.length == 0 ? request : request.headers(headers));
    }

    /** Submits the form of a page. */
    public HttpResponse<String> posts(String path, String form, String... headers) {
        var request = request(path).header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form));
        return sends(headers.length == 0 ? request : request.headers(headers));
    }

    public List<HttpCookie> cookies() {
        return cookies.getCookieStore().getCookies();
    }

    public void forgetsCookies() {
        cookies.getCookieStore().removeAll();
    }

    /** The target of a redirect, without the origin if it is this browser's service. */
    public String location(HttpResponse<String> answer) {
        return answer.headers().firstValue("Location").map(to -> to.startsWith(address + "/")
                ? to.substring(address.length())
                : to).orElse("nowhere, with " + answer.statusCode());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(path.startsWith("http") ? path : address + path))
                .timeout(Duration.ofSeconds(60));
    }

    private HttpResponse<String> sends(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
