package com.uberpopug.ates.localstack;

import java.io.IOException;
import java.io.PrintStream;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Gets an access token at a command line by the device flow (RFC 8628): a person signs in with a browser, on any
 * machine, and compares a code. For the demo's users it is the browser, too.
 */
public final class Token {
    private static final String CLIENT = "ates-cli";
    private static final String GRANT = "urn:ietf:params:oauth:grant-type:device_code";
    private static final Duration BETWEEN_POLLS = Duration.ofSeconds(5);
    private static final Pattern CSRF = field("_csrf");
    private static final Pattern STATE = field("state");
    private static final Pattern SCOPE = field("scope");

    private final URI issuer;
    private final Consumer<HttpResponse<String>> seen;
    private final HttpClient http = HttpClient.newBuilder().cookieHandler(new CookieManager())
            .connectTimeout(Duration.ofSeconds(5)).build();

    /** @param issuer the address of auth-service, for example {@code http://localhost:9000} */
    public Token(URI issuer) {
        this(issuer, _ -> {
        });
    }

    /** @param seen is shown each response on the way, with cookies, code and tokens */
    public Token(URI issuer, Consumer<HttpResponse<String>> seen) {
        this.issuer = issuer;
        this.seen = seen;
    }

    /** The sign-in failed; the message says why. */
    public static final class RefusedException extends RuntimeException {
        RefusedException(String message) {
            super(message);
        }

        RefusedException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private interface Step {
        String token() throws IOException, InterruptedException;
    }

    /** The answer to the beginning of the flow. */
    private record Device(String secret, String code) {
    }

    /** @throws RefusedException if auth-service refuses the sign-in, or does not answer */
    public String of(String login, String password) {
        return answered(() -> {
            var device = begin();
            allow(device.code(), login, password);
            var answer = poll(device);
            return find(json("access_token"), answer.body(), answer);
        });
    }

    /**
     * Lets a person sign in with a browser, and waits up to ten minutes for it.
     *
     * @param terminal shows the address and the code to compare
     * @throws RefusedException if the person does not allow it, or auth-service does not answer
     */
    public String ofPerson(PrintStream terminal) {
        return answered(() -> {
            var device = begin();
            terminal.printf("Open %s in any browser, sign in, and allow it if you see this code: %s%n",
                    page(device.code()), device.code());
            while (true) {
                Thread.sleep(BETWEEN_POLLS);
                var answer = poll(device);
                if (answer.statusCode() == 200) {
                    return find(json("access_token"), answer.body(), answer);
                }
                switch (find(json("error"), answer.body(), answer)) {
                    case "authorization_pending", "slow_down" -> {
                    }
                    case "access_denied" -> throw new RefusedException("the sign-in was not allowed");
                    case "expired_token", "invalid_grant" ->
                        throw new RefusedException("nobody allowed the sign-in within ten minutes");
                    default -> throw unexpected(answer);
                }
            }
        });
    }

    private String answered(Step step) {
        try {
            return step.token();
        } catch (IOException e) {
            throw new RefusedException("auth-service does not answer at " + issuer + ": is it up?", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RefusedException("interrupted");
        }
    }

    private Device begin() throws IOException, InterruptedException {
        var begun = post(issuer.resolve("/oauth2/device_authorization"), Map.of("client_id", CLIENT, "scope",
                "profile"));
        if (begun.statusCode() == 401) {
            throw new RefusedException("auth-service lets nobody sign in at a command line: ATES_COMMAND_LINE is off");
        }
        return new Device(find(json("device_code"), begun.body(), begun), find(json("user_code"), begun.body(), begun));
    }

    /** Signs in, enters the code and allows it, as a person does in a browser. */
    private void allow(String code, String login, String password) throws IOException, InterruptedException {
        var signInPage = get(redirect(get(page(code))));
        var signedIn = redirect(post(signInPage.uri(), Map.of("username", login, "password", password,
                "_csrf", find(CSRF, signInPage.body(), signInPage))));
        if (signedIn.getPath().equals(signInPage.uri().getPath())) {
            throw new RefusedException(
                    "auth-service does not let %s in with this password (%s)".formatted(login,
                            // Without the page to return to.
                            String.valueOf(signedIn.getQuery()).split("&", 2)[0]));
        }
        var form = issuer.resolve("/oauth2/device_verification");
        var question = get(redirect(post(form, Map.of("user_code", code))));
        var allowed = post(form, Map.of("client_id", CLIENT, "user_code", code,
                "state", find(STATE, question.body(), question), "scope", find(SCOPE, question.body(), question)));
        if (!"allowed".equals(redirect(allowed).getQuery())) {
            throw unexpected(allowed);
        }
    }

    private HttpResponse<String> poll(Device device) throws IOException, InterruptedException {
        return post(issuer.resolve("/oauth2/token"),
                Map.of("grant_type", GRANT, "client_id", CLIENT, "device_code", device.secret()));
    }

    private URI page(String code) {
        return issuer.resolve("/device?user_code=" + code);
    }

    private static Pattern field(String name) {
        return Pattern.compile("<input[^>]*name=\"" + name + "\"[^>]*value=\"([^\"]+)\"");
    }

    private static Pattern json(String name) {
        return Pattern.compile("\"" + name + "\"\\s*:\\s*\"([^\"]+)\"");
    }

    private HttpResponse<String> get(URI address) throws IOException, InterruptedException {
        // Only a request for a page is redirected to the sign-in page and back.
        return send(HttpRequest.newBuilder(address).header("Accept", "text/html").GET());
    }

    private HttpResponse<String> post(URI address, Map<String, String> fields)
            throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(address).header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form(fields))));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        var response = http.send(request.timeout(Duration.ofSeconds(30)).build(),
                HttpResponse.BodyHandlers.ofString());
        seen.accept(response);
        return response;
    }

    private static URI redirect(HttpResponse<String> response) {
        return response.headers().firstValue("Location").map(response.uri()::resolve)
                .orElseThrow(() -> unexpected(response));
    }

    private static String find(Pattern pattern, String text, HttpResponse<String> response) {
        var matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw unexpected(response);
        }
        return matcher.group(1);
    }

    private static RefusedException unexpected(HttpResponse<String> response) {
        return new RefusedException("auth-service answered " + response.request().method() + " "
                + response.uri().getPath() + " with " + response.statusCode() + ", which leads to no token");
    }

    private static String form(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }
}
