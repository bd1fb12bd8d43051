package com.uberpopug.ates.counting;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.RequestLimit;
import com.uberpopug.ates.platform.web.security.Role;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.tomcat.TomcatConnectorCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/** Clients that request public files and do not read them keep nobody else out. */
@ServiceTest(database = "counting", kafka = false)
@Import(SlowReadersTests.SmallBuffers.class)
class SlowReadersTests {

    private static final int SMALLEST_BUFFER = 1;

    /** Between machines, the kernel buffers tens of kilobytes; within one, megabytes. */
    @TestConfiguration(proxyBeanMethods = false)
    static class SmallBuffers {
        @Bean
        TomcatConnectorCustomizer smallBuffers() {
            return connector -> connector.setProperty("socket.txBufSize", "8192");
        }
    }

    @LocalServerPort
    int port;
    private final List<Socket> open = new ArrayList<>();

    @AfterEach
    void leave() throws IOException {
        for (var socket : open) {
            socket.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/swagger-ui/swagger-ui-bundle.js", "/webjars/chart.js/dist/chart.umd.min.js"})
    void large_files_that_nobody_reads_take_no_place_of_a_request(String file) throws Exception {
        for (int i = 0; i < RequestLimit.MAX_REQUESTS + RequestLimit.MAX_FILES; i++) {
            var socket = new Socket();
            open.add(socket);
            socket.setReceiveBufferSize(SMALLEST_BUFFER);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            socket.getOutputStream()
                    .write("GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n".formatted(file).getBytes(UTF_8));
        }
        // Regression: 200 such readers were answered 503 to everybody for as long as they liked.
        await().until(() -> get(file).statusCode() == 503);
        for (int i = 0; i < 20; i++) {
            assertThat(get("/api/counters").statusCode()).isEqualTo(200);
        }
        leave();
        await().until(() -> get(file).statusCode() == 200);
    }

    private HttpResponse<Void> get(String path) throws IOException, InterruptedException {
        try (var http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                    .header("Authorization", "Bearer " + Tokens.of(UUID.randomUUID(), Role.MANAGER,
                            claims -> claims.audience("counting-service")))
                    .build(), BodyHandlers.discarding());
        }
    }
}
