package com.uberpopug.ates.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a browser does, and the client behind it: keeps cookies, sends forms, takes codes to the token endpoint. It follows no redirect by itself. */
public final class Browser {

    public static final String CLIENT_SECRET = "secret-of-the-test";

    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern CSRF = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");

    private final String address;
    private final HttpClient http;

    public Browser(RunningService service) {
        this(service, HttpClient.newBuilder().cookieHandler(new CookieManager()).build());
    }

    private Browser(RunningService service, HttpClient http) {
        this.address = service.address();
        this.http = http;
    }

    /** The same browser with its cookies, at another instance of the service. */
    public Browser at(RunningService instance) {
        return new Browser(instance, http);
    }

    /** What the token endpoint gave. */
    public record Tokens(String accessToken, String refreshToken, String idToken) {

        public Map<String, Object> accessClaims() {
            return claims(accessToken);
        }

        public Map<String, Object> idClaims() {
            return claims(idToken);
        }

        private static Map<String, Object> claims(String token) {
            var payload = new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]), StandardCharsets.UTF_8);
            return JSON.readerForMapOf(Object.class).readValue(payload);
        }
    }

    public HttpResponse<String> get(String path, String... headers) {
        var request = HttpRequest.newBuilder(uri(path)).header("Accept", "text/html");
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request.build());
    }

    /** Sends a form as a page that was loaded from {@code path} would. */
    public HttpResponse<String> submit(String path, Map<String, String> fields) {
        var all = new LinkedHashMap<>(fields);
        all.put("_csrf", csrf(get(path).body()));
        return post(path, all);
    }

    public HttpResponse<String> post(String path, Map<String, String> fields, String... headers) {
        var request = HttpRequest.newBuilder(uri(path)).header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form(fields)));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request.build());
    }

    public HttpResponse<String> signIn(String login, String password) {
        return submit("/login", Map.of("username", login, "password", password));
    }

    /** Signs a user of the demo in to a client, all the way to its tokens. */
    public Tokens tokens(String client, String redirect, String login) {
        return tokens(client, redirect, login, "beak-" + login);
    }

    public Tokens tokens(String client, String redirect, String login, String password) {
        var verifier = UUID.randomUUID() + "-" + UUID.randomUUID();
        var toSignIn = get(authorize(client, redirect, verifier));
        assertThat(location(toSignIn)).endsWith("/login");
        var back = signIn(login, password);
        assertThat(location(back)).contains("/oauth2/authorize");
        return exchange(client, redirect, code(get(location(back))), verifier);
    }

    /** The address that a client sends the browser to. */
    public static String authorize(String client, String redirect, String verifier) {
        return "/oauth2/authorize?" + form(Map.of("response_type", "code", "client_id", client, "redirect_uri", redirect,
                "scope", "openid profile", "state", "some-state", "nonce", "some-nonce", "code_challenge",
                challenge(verifier), "code_challenge_method", "S256"));
    }

    /** The code that a redirect brings to the client. */
    public static String code(HttpResponse<String> redirect) {
        return location(redirect).replaceFirst(".*[?&]code=([^&]+).*", "$1");
    }

    /** Takes a code to the token endpoint. */
    public Tokens exchange(String client, String redirect, String code, String verifier) {
        var answer = token(client, Map.of("grant_type", "authorization_code", "code", code, "redirect_uri", redirect,
                "code_verifier", verifier));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return tokens(answer);
    }

    public static Tokens tokens(HttpResponse<String> answer) {
        var json = json(answer);
        return new Tokens(json.path("access_token").asString(), json.path("refresh_token").asString(""),
                json.path("id_token").asString(""));
    }

    /** Asks the token endpoint, with the secret for those who have one. */
    public HttpResponse<String> token(String client, Map<String, String> parameters) {
        var all = new LinkedHashMap<>(parameters);
        if (client.equals("ates-cli")) {
            all.put("client_id", client);
            return post("/oauth2/token", all);
        }
        return post("/oauth2/token", all, "Authorization", basic(client, CLIENT_SECRET));
    }

    public static String basic(String client, String secret) {
        return "Basic " + Base64.getEncoder().encodeToString((client + ":" + secret).getBytes(StandardCharsets.UTF_8));
    }

    public static String location(HttpResponse<String> redirect) {
        assertThat(redirect.statusCode()).as(redirect.body()).isEqualTo(302);
        return redirect.headers().firstValue("Location").orElseThrow();
    }

    public static JsonNode json(HttpResponse<String> answer) {
        return JSON.readTree(answer.body());
    }

    public HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public URI uri(String path) {
        return URI.create(path.startsWith("http") ? path : address + path);
    }

    private static String csrf(String page) {
        var field = CSRF.matcher(page);
        assertThat(field.find()).as(page).isTrue();
        return field.group(1);
    }

    private static String form(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    private static String challenge(String verifier) {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
