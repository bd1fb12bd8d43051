package com.uberpopug.ates.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.platform.test.TlsProxy;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Sign-in through a proxy that ends TLS, at the public address of the service. */
@ServiceTest(database = "auth", kafka = false, properties = {"ates.demo=true",
        "ates.web-clients.tasks-service.secret=" + Browser.SECRET_OF + "tasks-service"})
class BehindTlsTests {

    @RegisterExtension
    static final TlsProxy PROXY = new TlsProxy();
    private static final String CLIENT = "http://localhost:8080/login/oauth2/code/ates";

    @LocalServerPort
    int port;
    private Browser browser = Browser.behind(PROXY);
    private final List<HttpResponse<String>> seen = new ArrayList<>();

    @DynamicPropertySource
    static void address(DynamicPropertyRegistry properties) {
        properties.add("ates.services.auth", PROXY::address);
    }

    @Test
    void whole_sign_in_stays_with_https_and_every_cookie_is_secure() {
        var toSignIn = see(browser.get(Browser.authorize("tasks-service", CLIENT, "v".repeat(43))));
        var form = see(browser.get(to(toSignIn)));
        var signedIn = see(browser.post("/login", Map.of("_csrf", Browser.csrf(form.body()), "username", "anna",
                "password", "beak-anna")));
        assertThat(to(signedIn)).startsWith(PROXY.address() + "/oauth2/authorize");
        var back = see(browser.get(to(signedIn)));
        assertThat(to(back)).startsWith(CLIENT + "?code=");
        var profile = see(browser.get("/profile"));
        see(browser.get("/shell/nothing.css"));
        see(browser.get("/nowhere"));
        var out = see(browser.post("/logout", Map.of("_csrf", Browser.csrf(profile.body()))));
        assertThat(to(out)).startsWith(PROXY.address().toString());

        assertThat(seen).allSatisfy(answer -> {
            assertThat(answer.headers().firstValue("Strict-Transport-Security")).as(answer.uri().toString())
                    .hasValueSatisfying(hsts -> assertThat(hsts).startsWith("max-age=31536000"));
            assertThat(answer.headers().allValues("Set-Cookie")).allSatisfy(cookie -> {
                assertThat(cookie.toLowerCase(Locale.ROOT)).contains("; secure");
                assertThat(cookie).matches("(__Host-|__Secure-|ates_).*");
                assertThat(cookie.startsWith("__Host-")).as(cookie)
                        .isEqualTo(
                                cookie.matches("(?i)(?!ates_).*; path=/(;.*)?") && !cookie.matches("(?i).*domain=.*"));
            });
            answer.headers().firstValue("Location").filter(to -> !to.startsWith(CLIENT))
                    .ifPresent(to -> assertThat(to).doesNotStartWith("http:"));
            assertThat(answer.body()).doesNotContain("http://localhost:" + port);
        });
        assertThat(seen.stream().flatMap(answer -> answer.headers().allValues("Set-Cookie").stream())
                .map(cookie -> cookie.split("=")[0]).distinct())
                .contains("__Host-ATES_AUTH", "__Secure-ATES_AUTH_FORM", "__Secure-ATES_AUTH_SIGN_ON");
    }

    @Test
    void cookie_without_its_own_prefix_is_nobodys_session() {
        signIn();
        assertThat(browser.get("/profile").statusCode()).isEqualTo(200);
        var session = browser.cookie("__Host-ATES_AUTH");
        var neighbour = Browser.behind(PROXY);
        assertThat(neighbour.get("/profile", "Cookie", session).statusCode()).isEqualTo(200);
        // Regression: __Secure-, which a neighbouring host can set, was taken for __Host-.
        for (var prefix : List.of("", "__Secure-", "__host-", "__Host-__Host-", "__Host-__Secure-")) {
            assertThat(neighbour.get("/profile", "Cookie", session.replaceFirst("__Host-", prefix)).statusCode())
                    .as(prefix).isEqualTo(302);
        }
    }

    private void signIn() {
        var form = browser.get("/login");
        assertThat(browser.post("/login", Map.of("_csrf", Browser.csrf(form.body()), "username", "anna", "password",
                "beak-anna")).statusCode()).isEqualTo(302);
    }

    private HttpResponse<String> see(HttpResponse<String> answer) {
        seen.add(answer);
        return answer;
    }

    private static String to(HttpResponse<String> answer) {
        return answer.headers().firstValue("Location").orElseThrow(
                () -> new AssertionError(answer.statusCode() + " " + answer.body()));
    }
}
