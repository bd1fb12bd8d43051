package com.uberpopug.ates.counting;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.test.PageSession;
import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.platform.web.security.Role;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.core.env.Environment;
import org.springframework.session.SessionRepository;

/** Sends unexpected requests to the addresses by which a service signs people in with the auth service. */
@ServiceTest(database = "counting", properties = "ates.unknown-schema-patience=2s")
class SignInAddressTests {

    /** Values of the header {@code Accept}; null for none. */
    private static final List<@Nullable String> ACCEPTED = Arrays.asList(null, "*/*", "text/html", "application/json");
    private static final List<String> GARBLED = List.of("", "%20", "%01", "%0D%0A", "%C3%BC", "%FF", "a%20b", "-1",
            "'%22%3C%3E;--", "%2F%2Fevil.example", "x".repeat(5000), "a.b.c");

    @Autowired
    SessionRepository<?> sessions;
    @Autowired
    Environment environment;
    @LocalServerPort
    int port;

    private final HttpClient http = HttpClient.newBuilder().cookieHandler(new CookieManager()).build();

    @Test
    void unknown_registrations_are_not_found_with_or_without_a_session() throws Exception {
        var signedIn = PageSession.cookie(sessions, environment, UUID.randomUUID(), Role.POPUG);
        for (var path : List.of("/oauth2/authorization/nope", "/oauth2/authorization/", "/oauth2/authorization",
                "/oauth2/authorization/%20", "/oauth2/authorization/" + "x".repeat(2000),
                "/oauth2/authorization/ates/a",
                "/oauth2/nope", "/oauth2/authorization/nope?to=a&to=b")) {
            for (var accepted : ACCEPTED) {
                assertThat(send("GET", path, accepted, "").statusCode()).as(path + " " + accepted).isEqualTo(404);
                assertThat(send("GET", path, accepted, signedIn).statusCode()).as(path + " " + accepted)
                        .isEqualTo(404);
            }
        }
    }

    @Test
    void garbled_parameters_cause_no_server_error() throws Exception {
        var softly = new SoftAssertions();
        for (var path : List.of("/login/oauth2/code/ates", "/login/oauth2/code/nope", "/login/oauth2/code/",
                "/login/oauth2/code", "/login/oauth2/nope", "/login/oauth2", "/login", "/sign-in-failed",
                "/oauth2/authorization/ates", "/login/oauth2/authorization/ates",
                "/login/oauth2/authorization/nope")) {
            for (var method : List.of("GET", "POST")) {
                for (var accepted : ACCEPTED) {
                    check(softly, method, path, accepted);
                }
                for (var name : List.of("code", "state", "error", "error_description", "error_uri", "iss", "to",
                        "session_state", "response_type", "again")) {
                    for (var value : GARBLED) {
                        check(softly, method, path + "?" + name + "=" + value, "text/html");
                        check(softly, method, path + "?code=a&state=b&" + name + "=" + value, "text/html");
                    }
                }
                check(softly, method, path + "?code=a&code=b&state=c&state=d", "text/html");
            }
        }
        softly.assertAll();
    }

    @Test
    void garbled_answers_to_a_sign_in_cause_no_server_error() throws Exception {
        var softly = new SoftAssertions();
        for (var value : GARBLED) {
            for (var answer : List.of("code=" + value, "error=" + value, "code=a&error=" + value, "code=" + value
                    + "&code=again", "error=" + value + "&error_description=" + value)) {
                var begun = http.send(request("GET", "/", "text/html").build(), BodyHandlers.discarding());
                var start = http.send(request("GET", begun.headers().firstValue("Location").orElseThrow(),
                        "text/html").build(), BodyHandlers.discarding());
                var state = start.headers().firstValue("Location").orElseThrow()
                        .replaceFirst(".*[?&]state=([^&]+).*", "$1");
                check(softly, "GET", "/login/oauth2/code/ates?state=" + state + "&" + answer, "text/html");
            }
        }
        softly.assertAll();
    }

    private void check(SoftAssertions softly, String method, String path, @Nullable String accepted)
            throws Exception {
        var description = method + " " + path.substring(0, Math.min(200, path.length())) + " " + accepted;
        var answer = send(method, path, accepted, "");
        softly.assertThat(answer.statusCode()).as(description + ": " + answer.body()).isLessThan(500);
        answer.headers().firstValue("Location").ifPresent(
                location -> softly.assertThat(location).as(description).doesNotStartWith("//")
                        .doesNotContain("//evil."));
    }

    private HttpResponse<String> send(String method, String path, @Nullable String accepted, String cookie)
            throws Exception {
        var request = request(method, path, accepted);
        if (!cookie.isEmpty()) {
            request.header("Cookie", cookie);
        }
        var client = cookie.isEmpty() ? http : HttpClient.newHttpClient();
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String method, String path, @Nullable String accepted) {
        var address = path.startsWith("http") ? path : "http://localhost:" + port + path;
        var request = HttpRequest.newBuilder(URI.create(address)).method(method, BodyPublishers.noBody());
        return accepted == null ? request : request.header("Accept", accepted);
    }
}
