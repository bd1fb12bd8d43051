package com.uberpopug.ates.auth;

import static com.uberpopug.ates.auth.Browser.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.auth.Browser.Tokens;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Malformed requests to every endpoint of OAuth 2.0 and OpenID Connect. */
@AuthServiceTest
class ProtocolTests {

    private static final String TASKS = "http://localhost:8080/login/oauth2/code/ates";
    private static final String CLIENT = Browser.basic("tasks-service", Browser.SECRET_OF + "tasks-service");
    /** Null for no header. */
    private static final List<@Nullable String> ACCEPTED = Arrays.asList(null, "*/*", "text/html",
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/json", "image/png");
    /** Values encoded as in a query or a form; null for a missing parameter. */
    private static final List<@Nullable String> GARBLED = Arrays.asList(null, "", "%20", "%01", "%0D%0A", "%C3%BC",
            "%F0%9F%A6%9C", "%FF", "%zz", "%", "a%20b", "'%22%3C%3E;--", "%5B%5D%7B%7D", "-1", "99999999999999999999",
            "http%3A%2F%2Flocalhost%3A8080%2F%20%20", "%2F%2Fevil.example", "x".repeat(5000), "a.b.c", "none%20login");

    @LocalServerPort
    int port;

    private Browser browser;
    private Tokens tokens;

    /** An endpoint with a valid request. */
    private record Endpoint(String method, String path, @Nullable String authorization,
            Map<String, String> parameters) {

        boolean isForBrowsers() {
            return List.of("/oauth2/authorize", "/connect/logout", "/oauth2/device_verification").contains(path);
        }
    }

    @BeforeEach
    void signIn() {
        browser = new Browser(port);
        tokens = browser.tokens("tasks-service", TASKS, "vera");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /oauth2/par", "POST /oauth2/par", "GET /oauth2/device_verification",
            "GET /oauth2/token", "POST /oauth2/token", "GET /oauth2/introspect", "POST /oauth2/introspect",
            "POST /oauth2/revoke", "POST /oauth2/jwks", "POST /userinfo", "GET /oauth2/authorize?prompt=none",
            "GET /login", "GET /first-password"})
    void escaped_letter_of_a_path_opens_nothing(String request) {
        // Regression: what was sent was compared with names that Spring had unescaped.
        var parts = request.split(" ");
        var plain = sends(parts[0], parts[1]);
        var escaped = sends(parts[0], parts[1].replaceFirst("/([a-z])([a-z_-]+)(\\?.*)?$",
                "/%" + Integer.toHexString(parts[1].replaceFirst(".*/", "").charAt(0)) + "$2$3"));
        assertThat(escaped.uri().getRawPath()).contains("%");
        assertThat(escaped.statusCode()).isEqualTo(plain.statusCode());
        for (var header : List.of("Allow", "WWW-Authenticate", "Referrer-Policy")) {
            assertThat(escaped.headers().allValues(header)).as(header).isEqualTo(plain.headers().allValues(header));
        }
    }

    private HttpResponse<String> sends(String method, String path) {
        return method.equals("GET") ? new Browser(port).get(path) : new Browser(port).post(path, Map.of("a", "b"));
    }

    private List<Endpoint> endpoints() {
        var authorize = new LinkedHashMap<String, String>();
        for (var parameter : Browser.authorize("tasks-service", TASKS, "v".repeat(43)).split("[?&]")) {
            if (parameter.contains("=")) {
                authorize.put(parameter.split("=")[0], parameter.split("=")[1]);
            }
        }
        authorize.put("prompt", "login");
        authorize.put("max_age", "10");
        authorize.put("ui_locales", "ru");
        authorize.put("id_token_hint", tokens.idToken());
        authorize.put("login_hint", "vera");
        authorize.put("request_uri", "urn%3Anothing");
        authorize.put("request", "a.b.c");
        authorize.put("response_mode", "query");
        var code = Map.of("grant_type", "authorization_code", "code", "made-up", "redirect_uri", "http%3A%2F%2Fa",
                "code_verifier", "v".repeat(43), "client_id", "tasks-service", "client_secret", "wrong");
        var refresh = Map.of("grant_type", "refresh_token", "refresh_token", "made-up", "scope", "openid");
        var machine = Map.of("grant_type", "client_credentials", "scope", "openid");
        var exchange = Map.of("grant_type", "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange",
                "subject_token", "a.b.c", "subject_token_type", "urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Ajwt",
                "resource", "http%3A%2F%2Fa", "audience", "a");
        var assertion = Map.of("grant_type", "client_credentials", "client_id", "robot", "client_assertion", "a.b.c",
                "client_assertion_type", "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer");
        var device = Map.of("grant_type", "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code", "device_code",
                "made-up");
        var token = Map.of("token", tokens.accessToken(), "token_type_hint", "access_token");
        var bearer = "Bearer " + tokens.accessToken();
        var logout = Map.of("id_token_hint", "made-up", "post_logout_redirect_uri", "http%3A%2F%2Flocalhost%3A8080%2F",
                "state", "s", "client_id", "tasks-service", "logout_hint", "vera", "ui_locales", "ru");
        var offered = Stream.of(
                new Endpoint("GET", "/oauth2/authorize", null, authorize),
                new Endpoint("POST", "/oauth2/authorize", null, authorize),
                new Endpoint("POST", "/oauth2/authorize", null, Map.of("client_id", "tasks-service", "state", "s",
                        "scope", "openid")),
                new Endpoint("GET", "/connect/logout", null, logout),
                new Endpoint("POST", "/connect/logout", null, logout),
                new Endpoint("POST", "/oauth2/device_authorization", null, Map.of("client_id", "ates-cli", "scope",
                        "profile")),
                new Endpoint("POST", "/oauth2/device_verification", null, Map.of("user_code", "BCDF-GHJK")),
                new Endpoint("POST", "/oauth2/device_verification", null, Map.of("user_code", "BCDF-GHJK", "client_id",
                        "ates-cli", "state", "s", "scope", "profile")),
                new Endpoint("POST", "/oauth2/introspect", CLIENT, token),
                new Endpoint("POST", "/oauth2/revoke", CLIENT, Map.of("token", "made-up", "token_type_hint", "code")),
                new Endpoint("GET", "/userinfo", bearer, Map.of("access_token", tokens.accessToken())),
                new Endpoint("POST", "/userinfo", bearer, Map.of("access_token", tokens.accessToken())),
                new Endpoint("GET", "/oauth2/jwks", null, Map.of("kid", "a")),
                new Endpoint("GET", "/.well-known/openid-configuration", null, Map.of("resource", "a")),
                new Endpoint("GET", "/.well-known/oauth-authorization-server", null, Map.of("resource", "a")));
        var grants = Stream.of(code, refresh, machine, exchange, assertion, device)
                .flatMap(grant -> Stream.of(new Endpoint("POST", "/oauth2/token", CLIENT, grant),
                        new Endpoint("POST", "/oauth2/token", null, grant)));
        return Stream.concat(offered, grants).toList();
    }

    @Test
    void garbled_parameters_never_break_an_endpoint() {
        var softly = new SoftAssertions();
        for (var endpoint : endpoints()) {
            for (var name : endpoint.parameters().keySet()) {
                for (var value : GARBLED) {
                    send(softly, endpoint, with(endpoint, name, value));
                }
                send(softly, endpoint, with(endpoint, name, endpoint.parameters().get(name)) + "&" + name + "=again");
            }
            send(softly, endpoint, "");
            send(softly, endpoint, "&&==&=a&");
        }
        softly.assertAll();
    }

    @Test
    void garbled_credentials_never_break_an_endpoint() {
        var softly = new SoftAssertions();
        for (var endpoint : endpoints()) {
            for (var credentials : new String[]{"Basic", "Basic ", "Basic !!!", "Basic Og==", "Basic bm9jb2xvbg==",
                    "Basic JTp6eg==", "Basic w7w6w7w=", Browser.basic("tasks-service", "wrong"),
                    Browser.basic("nobody", "a"), Browser.basic("ates-cli", ""), Browser.basic("x".repeat(3000), "a"),
                    "Bearer", "Bearer ", "Bearer a b", "Bearer " + "x".repeat(5000), "Bearer " + tokens.idToken(),
                    "DPoP a", "Negotiate a", "ü"}) {
                var answer = send(endpoint, query(endpoint.parameters()), "*/*", "Authorization", credentials);
                check(softly, endpoint, credentials, answer);
            }
            for (var more : new String[]{"DPoP", "X-Forwarded-For", "Origin", "Cookie"}) {
                check(softly, endpoint, more,
                        send(endpoint, query(endpoint.parameters()), "*/*", more, "a.b.c; ATES_AUTH=%%%"));
            }
        }
        softly.assertAll();
    }

    @Test
    void endpoints_for_programs_answer_in_json_whatever_is_accepted() {
        for (var accepted : ACCEPTED) {
            for (var path : new String[]{"/oauth2/token", "/oauth2/introspect", "/oauth2/revoke",
                    "/oauth2/device_authorization"}) {
                var anonymous = send(new Endpoint("POST", path, null, Map.of()), "token=a", accepted);
                assertRefused(path + " " + accepted, anonymous, 401, "invalid_client");
                assertThat(anonymous.headers().firstValue("WWW-Authenticate").orElse("")).as(path)
                        .startsWith("Basic ");
                var wrong = send(new Endpoint("POST", path, Browser.basic("tasks-service", "a"), Map.of()), "token=a",
                        accepted);
                assertRefused(path + " " + accepted, wrong, 401, "invalid_client");
                assertThat(wrong.headers().firstValue("WWW-Authenticate").orElse("")).as(path).startsWith("Basic ");
                var read = send(new Endpoint("GET", path, null, Map.of()), "", accepted);
                assertThat(read.statusCode()).as("GET " + path + " " + accepted).isEqualTo(405);
                assertThat(read.headers().firstValue("Allow")).as(path).contains("POST");
            }
            for (var method : new String[]{"GET", "POST"}) {
                var userinfo = send(new Endpoint(method, "/userinfo", null, Map.of()), "", accepted);
                assertThat(userinfo.statusCode()).as(method + " " + accepted).isEqualTo(401);
                assertThat(userinfo.headers().firstValue("WWW-Authenticate").orElse("")).startsWith("Bearer");
            }
            var madeUp = send(new Endpoint("GET", "/userinfo", "Bearer made.up.token", Map.of()), "", accepted);
            assertThat(madeUp.statusCode()).isEqualTo(401);
            assertThat(madeUp.headers().firstValue("WWW-Authenticate").orElse(""))
                    .contains("error=\"invalid_token\"");
            for (var path : new String[]{"/oauth2/jwks", "/.well-known/openid-configuration",
                    "/.well-known/oauth-authorization-server"}) {
                assertThat(send(new Endpoint("GET", path, null, Map.of()), "", accepted).statusCode()).as(path)
                        .isEqualTo(200);
                assertThat(send(new Endpoint("POST", path, null, Map.of()), "", accepted).statusCode()).as(path)
                        .isEqualTo(405);
            }
            for (var path : new String[]{"/oauth2/par",
                    "/oauth2/register", "/connect/register", "/oauth2/nope", "/oauth2/authorization/nope",
                    "/oauth2/authorization/ates", "/oauth2/token/nope", "/oauth2", "/oauth2/",
                    "/login/oauth2/code/nope",
                    "/login/oauth2/code/ates", "/userinfo/nope", "/connect/nope"}) {
                for (var method : new String[]{"GET", "POST", "PUT", "DELETE"}) {
                    assertThat(send(new Endpoint(method, path, null, Map.of()), "", accepted).statusCode())
                            .as(method + " " + path + " " + accepted).isEqualTo(404);
                }
            }
        }
    }

    @Test
    void neither_a_session_nor_a_users_token_replaces_client_credentials() {
        var form = Map.of("token", tokens.accessToken(), "grant_type", "client_credentials");
        for (var path : new String[]{"/oauth2/token", "/oauth2/introspect", "/oauth2/revoke"}) {
            for (var answer : List.of(browser.post(path, form), browser.post(path, Map.of()),
                    browser.post(path, form, "Authorization", "Bearer " + tokens.accessToken()))) {
                assertRefused(path, answer, 401, "invalid_client");
                assertThat(answer.headers().firstValue("WWW-Authenticate").orElse("")).as(path).startsWith("Basic ");
            }
        }
    }

    @Test
    void user_info_refuses_a_machines_token_for_its_scope() {
        var robot = Browser.tokens(browser.token("robot", Map.of("grant_type", "client_credentials")));
        var refused = browser.get("/userinfo", "Authorization", "Bearer " + robot.accessToken());
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.headers().firstValue("WWW-Authenticate").orElse(""))
                .startsWith("Bearer").contains("error=\"insufficient_scope\"");
    }

    private static void assertRefused(String request, HttpResponse<String> answer, int status, String error) {
        assertThat(answer.statusCode()).as(request).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).as(request).startsWith("application/json");
        assertThat(json(answer).path("error").asString()).as(request).isEqualTo(error);
    }

    private void send(SoftAssertions softly, Endpoint endpoint, String parameters) {
        check(softly, endpoint, parameters, send(endpoint, parameters, "*/*"));
    }

    private static void check(SoftAssertions softly, Endpoint endpoint, String request,
            HttpResponse<String> answer) {
        var what = endpoint.method() + " " + endpoint.path() + " with "
                + request.substring(0, Math.min(request.length(), 300));
        softly.assertThat(answer.statusCode()).as(what + ": " + answer.body()).isLessThan(500);
        if (!endpoint.isForBrowsers()) {
            softly.assertThat(answer.headers().firstValue("Location")).as(what).isEmpty();
        }
        answer.headers().firstValue("Location").ifPresent(
                location -> softly.assertThat(location).as(what).doesNotStartWith("//").doesNotContain("//evil."));
    }

    /** Sends a request twice, without and with a signed-in user, and returns the worse answer. */
    private HttpResponse<String> send(Endpoint endpoint, String parameters, @Nullable String accepted,
            String... more) {
        var answers = new ArrayList<HttpResponse<String>>();
        for (var client : endpoint.isForBrowsers() ? List.of(browser, new Browser(port)) : List.of(new Browser(port))) {
            boolean isForm = endpoint.method().equals("POST");
            // The query is encoded here, because URI would reject parts of it.
            var request = HttpRequest.newBuilder(client.uri(
                    endpoint.path() + (isForm || parameters.isEmpty() ? "" : "?" + lenient(parameters))))
                    .method(endpoint.method(), BodyPublishers.ofString(isForm ? parameters : ""));
            if (isForm) {
                request.header("Content-Type", "application/x-www-form-urlencoded");
            }
            if (accepted != null) {
                request.header("Accept", accepted);
            }
            if (endpoint.authorization() != null && !List.of(more).contains("Authorization")) {
                request.header("Authorization", endpoint.authorization());
            }
            for (int name = 0; name < more.length; name += 2) {
                request.header(more[name], more[name + 1]);
            }
            answers.add(client.send(request));
            if (endpoint.path().equals("/connect/logout") && client == browser) {
                browser = new Browser(port);
                browser.signIn("vera", "beak-vera");
            }
        }
        return answers.stream().max((one, other) -> one.statusCode() - other.statusCode()).orElseThrow();
    }

    /** Values that java.net.URI rejects are sent in forms only. */
    private static String lenient(String parameters) {
        return parameters.replace("%zz", "%25zz").replaceAll("%(?![0-9a-fA-F]{2})", "%25").replace("\"", "%22");
    }

    private static String with(Endpoint endpoint, String name, @Nullable String value) {
        var all = new LinkedHashMap<>(endpoint.parameters());
        if (value == null) {
            all.remove(name);
        } else {
            all.put(name, value);
        }
        return query(all);
    }

    private static String query(Map<String, String> parameters) {
        return parameters.entrySet().stream().map(each -> each.getKey() + "=" + each.getValue())
                .collect(Collectors.joining("&"));
    }
}
