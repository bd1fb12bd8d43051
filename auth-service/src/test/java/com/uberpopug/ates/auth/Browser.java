package com.uberpopug.ates.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A browser and the client behind it: keeps cookies, submits forms, exchanges codes at the token endpoint. It follows
 * no redirect by itself.
 */
final class Browser {

    /** The prefix of the tests' secrets; the client's name follows. */
    static final String SECRET_OF = "secret-of-";

    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern CSRF = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");

    private static final Pattern VERSION = Pattern.compile("name=\"version\" value=\"([^\"]*)\"");

    private static final HttpClient HTTP = HttpClient.newBuilder().version(Version.HTTP_1_1).build();

    private final String address;
    private final Map<String, String> cookies;
    /** The last sign-in page of this browser. */
    private String signInPage = "/login";

    Browser(int port) {
        this(port, new TreeMap<>());
    }

    private Browser(int port, Map<String, String> cookies) {
        this.address = "http://localhost:" + port;
        this.cookies = cookies;
    }

    /** The same browser with its cookies, at another instance of the service. */
    Browser at(int port) {
        var other = new Browser(port, cookies);
        other.signInPage = signInPage;
        return other;
    }

    /** The token endpoint's answer. */
    record Tokens(String accessToken, String refreshToken, String idToken) {

        Map<String, Object> accessClaims() {
            return claims(accessToken);
        }

        Map<String, Object> idClaims() {
            return claims(idToken);
        }

        private static Map<String, Object> claims(String token) {
            var payload = new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]), StandardCharsets.UTF_8);
            return JSON.readerForMapOf(Object.class).readValue(payload);
        }
    }

    HttpResponse<String> get(String path, String... headers) {
        var request = HttpRequest.newBuilder(uri(path)).header("Accept", "text/html");
        for (int name = 0; name < headers.length; name += 2) {
            request.setHeader(headers[name], headers[name + 1]);
        }
        return send(request);
    }

    /** Submits a form with the origin of a page of this service. */
    HttpResponse<String> submit(String page, String path, Map<String, String> fields) {
        return submit(get(page), path, fields);
    }

    /** Submits the form of a displayed page, with the form's version. */
    HttpResponse<String> submit(HttpResponse<String> shown, String path, Map<String, String> fields) {
        var all = new LinkedHashMap<String, String>();
        version(shown, path).ifPresent(version -> all.put("version", version));
        all.putAll(fields);
        all.put("_csrf", csrf(shown.body()));
        return post(path, all);
    }

    /** The version in a page's form with the given target. */
    static Optional<String> version(HttpResponse<String> page, String path) {
        return Pattern.compile("(?s)<form[^>]* action=\"" + Pattern.quote(path) + "\".*?</form>").matcher(page.body())
                .results().flatMap(form -> VERSION.matcher(form.group()).results()).map(field -> field.group(1))
                .findFirst();
    }

    HttpResponse<String> post(String path, Map<String, String> fields, String... headers) {
        var request = HttpRequest.newBuilder(uri(path)).header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form(fields)));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request);
    }

    HttpResponse<String> signIn(String login, String password) {
        return submit(signInPage, signInPage, Map.of("username", login, "password", password));
    }

    /** Signs a user of the demo in to a client, up to its tokens. */
    Tokens tokens(String client, String redirect, String login) {
        return tokens(client, redirect, login, "beak-" + login);
    }

    Tokens tokens(String client, String redirect, String login, String password) {
        var verifier = UUID.randomUUID() + "-" + UUID.randomUUID();
        var toSignIn = get(authorize(client, redirect, verifier));
        assertThat(location(toSignIn)).endsWith("/login");
        var back = signIn(login, password);
        assertThat(location(back)).contains("/oauth2/authorize");
        return exchange(client, redirect, code(get(location(back))), verifier);
    }

    /** The authorization request of a client. */
    static String authorize(String client, String redirect, String verifier) {
        return "/oauth2/authorize?"
                + form(Map.of("response_type", "code", "client_id", client, "redirect_uri", redirect,
                        "scope", "openid profile", "state", "some-state", "nonce", "some-nonce", "code_challenge",
                        challenge(verifier), "code_challenge_method", "S256"));
    }

    /** The code in a redirect to the client. */
    static String code(HttpResponse<String> redirect) {
        return location(redirect).replaceFirst(".*[?&]code=([^&]+).*", "$1");
    }

    /** Exchanges a code at the token endpoint. */
    Tokens exchange(String client, String redirect, String code, String verifier) {
        var answer = token(client, Map.of("grant_type", "authorization_code", "code", code, "redirect_uri", redirect,
                "code_verifier", verifier));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return tokens(answer);
    }

    static Tokens tokens(HttpResponse<String> answer) {
        var json = json(answer);
        return new Tokens(json.path("access_token").asString(), json.path("refresh_token").asString(""),
                json.path("id_token").asString(""));
    }

    /** Calls the token endpoint, with the secret of a confidential client. */
    HttpResponse<String> token(String client, Map<String, String> parameters) {
        var all = new LinkedHashMap<>(parameters);
        if (client.equals("ates-cli")) {
            all.put("client_id", client);
            return post("/oauth2/token", all);
        }
        return post("/oauth2/token", all, "Authorization", basic(client, SECRET_OF + client));
    }

    static String basic(String client, String secret) {
        return "Basic " + Base64.getEncoder().encodeToString((client + ":" + secret).getBytes(StandardCharsets.UTF_8));
    }

    static String location(HttpResponse<String> redirect) {
        assertThat(redirect.statusCode()).as(redirect.body()).isEqualTo(302);
        var location = redirect.headers().firstValue("Location").orElseThrow();
        // Each sign-in page holds its return page, sealed.
        return location.contains("/oauth2/") ? location : location.replaceFirst("[?&]to=[\\w-]+$", "");
    }

    static JsonNode json(HttpResponse<String> answer) {
        return JSON.readTree(answer.body());
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        cookies.forEach((name, value) -> request.header("Cookie", name + "=" + value));
        try {
            var answer = HTTP.send(request.build(), BodyHandlers.ofString());
            answer.headers().allValues("Set-Cookie").stream().map(cookie -> cookie.split("[=;]", 3))
                    .forEach(cookie -> cookies.put(cookie[0], cookie[1]));
            answer.headers().firstValue("Location").map(URI::create).filter(to -> "/login".equals(to.getPath()))
                    .ifPresent(to -> signInPage = to.getRawQuery() == null ? "/login" : "/login?" + to.getRawQuery());
            return answer;
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The {@code Cookie} header that opens the session in another HTTP client. */
    String cookie(String name) {
        return name + "=" + cookies.get(name);
    }

    URI uri(String path) {
        return URI.create(path.startsWith("http") ? path : address + path);
    }

    static String csrf(String page) {
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
