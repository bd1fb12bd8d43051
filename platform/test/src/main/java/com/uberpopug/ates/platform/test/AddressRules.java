package com.uberpopug.ates.platform.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Requests at a name that is not the service's, or with a proxy's headers that no proxy sent, for every mapped path.
 * Each service extends this class.
 */
public abstract class AddressRules {

    private static final List<String> FORGED_HOSTS = List.of("evil.example", "evil.example:%d",
            "localhost.evil.example",
            "evil.example.localhost", "xlocalhost", "127.0.0.1.evil.example", "0.0.0.0", "169.254.169.254", "[::2]",
            "evil.example.");
    private static final List<String> FORGED_HEADERS = List.of("X-Forwarded-Host: evil.example",
            "X-Forwarded-Proto: https", "X-Forwarded-Scheme: https", "X-Forwarded-Ssl: on", "X-Forwarded-Port: 666",
            "X-Forwarded-Prefix: /evil", "X-Forwarded-Server: evil.example", "X-Original-Host: evil.example",
            "X-Original-URL: /evil", "X-Rewrite-URL: /evil", "X-Host: evil.example",
            "Forwarded: for=6.6.6.6;host=evil.example;proto=https", "X-Forwarded-For: 6.6.6.6",
            "Front-End-Https: on");
    /** Beside those of handlers: of filters, files and the actuator. */
    private static final List<String> OTHER_PATHS = List.of("/login", "/logout", "/oauth2/authorize", "/oauth2/token",
            "/oauth2/jwks", "/userinfo", "/connect/logout", "/.well-known/openid-configuration",
            "/login/oauth2/authorization/ates", "/login/oauth2/code/ates", "/actuator",
            "/actuator/info", "/shell/shell.css", "/v3/api-docs", "/swagger-ui.html", "/favicon.ico", "/error",
            "/nowhere");
    private static final List<String> PROBES = List.of("/actuator/health", "/actuator/health/liveness",
            "/actuator/health/readiness");

    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    private RequestMappingHandlerMapping handlers;
    @LocalServerPort
    private int port;

    @Test
    void request_at_a_name_of_somebody_else_is_refused_at_every_path() {
        for (var path : paths()) {
            for (var host : FORGED_HOSTS) {
                var answer = get(path, host.formatted(port));
                assertThat(answer).as("%s at %s", path, host).startsWith("HTTP/1.1 400 ");
                assertThat(answer.toLowerCase()).as("%s at %s", path, host).doesNotContain("evil.example",
                        "set-cookie:");
            }
        }
    }

    @Test
    void headers_of_a_proxy_that_a_stranger_sends_have_no_effect_at_any_path() {
        for (var path : paths()) {
            var plain = head(get(path, "localhost:" + port));
            for (var forged : FORGED_HEADERS) {
                var answer = get(path, "localhost:" + port, forged);
                assertThat(head(answer)).as("%s with %s", path, forged).startsWith(plain.substring(0, 12));
                assertThat(answer.toLowerCase()).as("%s with %s", path, forged)
                        .doesNotContain("evil.example", "/evil/", "localhost:666", "; secure",
                                "strict-transport-security", "https://localhost");
            }
        }
    }

    @Test
    void names_of_the_loopback_address_are_served() {
        for (var host : List.of("localhost", "localhost:%d", "LocalHost:%d", "127.0.0.1:%d", "[::1]:%d")) {
            assertThat(get("/login", host.formatted(port))).as(host).startsWith("HTTP/1.1 ")
                    .doesNotStartWith("HTTP/1.1 400 ");
        }
    }

    @Test
    void probes_and_whoever_may_read_metrics_are_answered_under_any_name() {
        for (var probe : PROBES) {
            assertThat(get(probe, "10.1.2.3:" + port)).as(probe).startsWith("HTTP/1.1 200 ");
        }
        assertThat(get("/actuator/prometheus", "10.1.2.3:" + port)).startsWith("HTTP/1.1 401 ");
    }

    @Test
    void contact_for_reports_is_public_and_not_stale() {
        var answer = get("/.well-known/security.txt", "localhost");
        assertThat(answer).startsWith("HTTP/1.1 200 ")
                .containsIgnoringCase("\r\nContent-Type: text/plain;charset=utf-8")
                .contains("\nContact: mailto:security@uberpopug.example\n", "\nPreferred-Languages: en, ru\n",
                        "max-age=86400");
        var expires = Instant.parse(answer.replaceFirst("(?s).*\nExpires: (\\S+)\n.*", "$1"));
        assertThat(expires).isBetween(Instant.now().plusSeconds(170L * 86_400),
                Instant.now().plusSeconds(364L * 86_400));
    }

    private List<String> paths() {
        var mapped = handlers.getHandlerMethods().keySet().stream()
                .flatMap(mapping -> mapping.getPatternValues().stream())
                .map(pattern -> pattern.replaceAll("\\{[^}]+}", UUID.randomUUID().toString()).replace("/**", "/x"));
        return Stream.concat(mapped, OTHER_PATHS.stream()).distinct().sorted().toList();
    }

    private static String head(String answer) {
        return answer.split("\r\n\r\n", 2)[0];
    }

    private String get(String path, String host, String... headers) {
        var lines = new ArrayList<>(List.of("GET " + path + " HTTP/1.1", "Host: " + host, "Connection: close",
                "Accept: text/html,*/*", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"));
        lines.addAll(List.of(headers));
        try (var socket = new Socket("localhost", port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write((String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(path + " at " + host, e);
        }
    }
}
