package com.uberpopug.ates.counting;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.test.ServiceTest;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.web.server.LocalServerPort;

/** A service with a public address of https, and a name for other services. */
@ServiceTest(database = "counting", kafka = false, properties = {
        "ates.services.counting=https://counting.example", "ates.hosts=counting.intern, counting"})
class PublicAddressTests {

    @LocalServerPort
    int port;

    @ParameterizedTest
    @ValueSource(strings = {"counting.example", "COUNTING.example", "counting.example:443", "counting.intern:8080",
            "counting"})
    void redirects_lead_to_the_public_address_under_each_of_its_names(String host) throws IOException {
        var answer = get("/pipeline", host);
        assertThat(answer).as(host).contains("\r\nStrict-Transport-Security: max-age=31536000");
        var start = answer.replaceFirst("(?s).*\r\nLocation: (\\S+)\r\n.*", "$1");
        assertThat(start).startsWith("/login/oauth2/authorization/ates");
        var begun = get(start, host);
        assertThat(begun).contains("redirect_uri=https://counting.example/login/oauth2/code/ates");
        assertThat(begun).containsPattern("\r\nSet-Cookie: __Secure-ATES_COUNTING_[^\r]*; Secure");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1", "evil.example", "counting.example.evil.example", "10.0.0.1"})
    void other_names_are_refused(String host) throws IOException {
        assertThat(get("/pipeline", host)).startsWith("HTTP/1.1 400 ");
    }

    @Test
    void probes_are_answered_by_number() throws IOException {
        assertThat(get("/actuator/health/liveness", "10.0.0.1:8080")).startsWith("HTTP/1.1 200 ");
    }

    private String get(String path, String host) throws IOException {
        try (var socket = new Socket("localhost", port)) {
            socket.getOutputStream().write("""
                    GET %s HTTP/1.1\r
                    Host: %s\r
                    Accept: text/html, */*\r
                    Sec-Fetch-Mode: navigate\r
                    Sec-Fetch-Dest: document\r
                    Connection: close\r
                    \r
                    """.formatted(path, host).getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
