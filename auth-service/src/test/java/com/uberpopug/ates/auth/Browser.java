package com.uberpopug.ates.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.test.TlsProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;
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

    private final HttpClient http;
    private final String address;
    private final Map<String, String> cookies;
    /** The last sign-in page of this browser. */
    private String signInPage = "/login";

    Browser(int port) {
        this(HTTP, "http://localhost:" + port, new TreeMap<>());
    }

    private Browser(HttpClient http, String address, Map<String, String> cookies) {
        this.http = http;
        this.address = address;
        this.cookies = cookies;
    }

    /** A browser on another machine: its address is 127.0. and a number. */
    static Browser on(int port, int machine) {
        try {
            var source = InetAddress.getByAddress(new byte[]{127, 0, (byte) (machine >> 8), (byte) machine});
            return new Browser(HttpClient.newBuilder().version(Version.HTTP_1_1).localAddress(source).build(),
                    "http://127.0.0.1:" + port, new TreeMap<>());
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A browser that reaches the service through a proxy. */
    static Browser behind(TlsProxy proxy) {
        return new Browser(HttpClient.newBuilder().version(Version.HTTP_1_1).sslContext(proxy.tls()).build(),
                proxy.address().toString(), new TreeMap<>());
    }

    /** The same browser with its cookies, at another instance of the service. */
    Browser at(int port) {
        var other = new Browser(http, "http://localhost:" + port, cookies);
        other.signInPage = signInPage;
        return other;
    }

    /** The same cookies in another browser. */
    Browser copy() {
        return new Browser(http, address, new TreeMap<>(cookies));
    }

    void forget(String cookie) {
        cookies.remove(cookie);
    }

    /** The token endpoint's answer. */
    record Tokens(String raw, String accessToken, String idToken) {

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

    /** Submits the answer of a passkey with the last sign-in page. */
    HttpResponse<String> signInWith(Map<String, String> answer) {
        return submit(signInPage, signInPage.replaceFirst("/login", "/login/passkey"), answer);
    }

    /** Signs a user of the demo in to a client, up to its tokens. */
    Tokens tokens(String client, String redirect, String login) {
        return tokens(client, redirect, login, "beak-" + login);
    }

    Tokens tokens(String client, String redirect, String login, String password) {
        if (client.equals("ates-cli")) {
            return atCommandLine(login, password);
        }
        var verifier = UUID.randomUUID() + "-" + UUID.randomUUID();
        var toSignIn = get(authorize(client, redirect, verifier));
        assertThat(location(toSignIn)).endsWith("/login");
        var back = signIn(login, password);
        assertThat(location(back)).contains("/oauth2/authorize");
        return exchange(client, redirect, code(get(location(back))), verifier);
    }

    /** The first answer of the device flow. */
    record Device(String code, String secret) {
    }

    Device begin() {
        var begun = post("/oauth2/device_authorization", Map.of("client_id", "ates-cli", "scope", "profile"));
        assertThat(begun.statusCode()).as(begun.body()).isEqualTo(200);
        return new Device(json(begun).path("user_code").asString(), json(begun).path("device_code").asString());
    }

    HttpResponse<String> poll(Device device) {
        return token("ates-cli", Map.of("grant_type", "urn:ietf:params:oauth:grant-type:device_code", "device_code",
                device.secret()));
    }

    /** Enters a code, and returns the question whether it is the terminal's. */
    HttpResponse<String> enters(String code) {
        return get(location(submit("/device?user_code=" + code, "/oauth2/device_verification",
                Map.of("user_code", code))));
    }

    /** Answers the question. */
    HttpResponse<String> answers(HttpResponse<String> question, String code, boolean allows) {
        var state = Pattern.compile("name=\"state\" value=\"([^\"]+)\"").matcher(question.body());
        assertThat(state.find()).as(question.body()).isTrue();
        var form = new LinkedHashMap<>(Map.of("client_id", "ates-cli", "user_code", code, "state", state.group(1)));
        if (allows) {
            form.put("scope", "profile");
        }
        return post("/oauth2/device_verification", form);
    }

    private Tokens atCommandLine(String login, String password) {
        var device = begin();
        assertThat(location(get("/device?user_code=" + device.code()))).endsWith("/login");
        assertThat(location(signIn(login, password))).contains("/device?user_code=" + device.code());
        assertThat(location(answers(enters(device.code()), device.code(), true))).endsWith("/device?allowed");
        var answer = poll(device);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return tokens(answer);
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
        return new Tokens(answer.body(), json.path("access_token").asString(), json.path("id_token").asString(""));
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

    /** Whether an access token is still valid, as a client learns it. */
    boolean isActive(Tokens tokens) {
        var answer = post("/oauth2/introspect", Map.of("token", tokens.accessToken()), "Authorization",
                basic("tasks-service", SECRET_OF + "tasks-service"));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return json(answer).path("active").asBoolean();
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

    /** The header of a token. */
    static JsonNode header(String token) {
        return JSON.readTree(Base64.getUrlDecoder().decode(token.split("\\.")[0]));
    }

    static JsonNode json(HttpResponse<String> answer) {
        return JSON.readTree(answer.body());
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        cookies.forEach((name, value) -> request.header("Cookie", name + "=" + value));
        try {
            var answer = http.send(request.build(), BodyHandlers.ofString());
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
