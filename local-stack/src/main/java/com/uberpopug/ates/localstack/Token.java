package com.uberpopug.ates.localstack;

import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Signs a user in like a browser, by authorization code with PKCE (RFC 7636), and returns the access token. */
public final class Token {
    private static final String CLIENT = "ates-cli";
    /** Nothing listens at this address: the code is read from the redirect. */
    private static final String CALLBACK = "http://127.0.0.1:8079/callback";
    private static final Pattern CSRF = Pattern.compile("<input[^>]*name=\"_csrf\"[^>]*value=\"([^\"]+)\"");
    private static final Pattern CODE = Pattern.compile("[?&]code=([^&]+)");
    private static final Pattern ACCESS_TOKEN = Pattern.compile("\"access_token\"\\s*:\\s*\"([^\"]+)\"");

    private final URI issuer;
    private final HttpClient http = HttpClient.newBuilder().cookieHandler(new CookieManager())
            .connectTimeout(Duration.ofSeconds(5)).build();

    /** @param issuer the address of auth-service, for example {@code http://localhost:9000} */
    public Token(URI issuer) {
        this.issuer = issuer;
    }

    /** The sign-in failed; the message says why. */
    public static final class RefusedException extends RuntimeException {
        RefusedException(String message) {
            super(message);
        }
    }

    /** @throws RefusedException if auth-service refuses the sign-in, or does not answer */
    public String of(String login, String password) {
        try {
            var verifier = random();
            var signInPage = get(redirect(get(authorizationRequest(verifier))));
            var signedIn = redirect(post(signInPage.uri(), Map.of("username", login, "password", password,
                    "_csrf", find(CSRF, signInPage.body(), signInPage))));
            if (signedIn.getPath().equals(signInPage.uri().getPath())) {
                throw new RefusedException(
                        "auth-service does not let " + login + " in with this password (" + signedIn.getQuery() + ")");
            }
            var authorized = get(signedIn);
            var code = find(CODE, redirect(authorized).toString(), authorized);
            var tokens = post(issuer.resolve("/oauth2/token"),
                    Map.of("grant_type", "authorization_code", "client_id", CLIENT,
                            "redirect_uri", CALLBACK, "code", code, "code_verifier", verifier));
            return find(ACCESS_TOKEN, tokens.body(), tokens);
        } catch (IOException e) {
            throw new RefusedException("auth-service does not answer at " + issuer + ": is it up?");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RefusedException("interrupted");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private URI authorizationRequest(String verifier) throws NoSuchAlgorithmException {
        var challenge = MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
        return issuer.resolve("/oauth2/authorize?" + form(Map.of("response_type", "code", "client_id", CLIENT,
                "redirect_uri", CALLBACK, "scope", "openid", "state", random(), "code_challenge", base64(challenge),
                "code_challenge_method", "S256")));
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
        return http.send(request.timeout(Duration.ofSeconds(30)).build(),
                HttpResponse.BodyHandlers.ofString());
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

    private static String random() {
        var bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        return base64(bytes);
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
