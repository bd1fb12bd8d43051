package com.uberpopug.ates.counting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.platform.test.RealParts;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.security.Role;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** A service that stops takes no further connection, and answers each request that it has taken. */
class GracefulStopTests {

    private static final int REQUESTS = 50;

    @Test
    void requests_in_progress_are_answered_while_the_service_stops() throws Exception {
        var service = start();
        var port = Integer.parseInt(service.getEnvironment().getRequiredProperty("local.server.port"));
        HeldController.released = new CountDownLatch(1);
        try (var http = HttpClient.newHttpClient()) {
            // The first token makes the service fetch the keys.
            http.send(request(port, "/api/counters"), BodyHandlers.discarding());
            var held = IntStream.range(0, REQUESTS)
                    .mapToObj(_ -> http.sendAsync(request(port, "/api/held"), BodyHandlers.ofString()))
                    .toList();
            await().atMost(Duration.ofMinutes(1)).until(() -> HeldController.held.get() == REQUESTS);
            var stopped = CompletableFuture.runAsync(service::close);
            await().atMost(Duration.ofSeconds(30)).until(() -> isRefused(port));
            assertThat(stopped).isNotDone();
            HeldController.released.countDown();
            assertThat(held).extracting(CompletableFuture::join).extracting(HttpResponse::statusCode)
                    .containsOnly(200);
            stopped.join();
        } finally {
            HeldController.released.countDown();
            service.close();
        }
    }

    private static ConfigurableApplicationContext start() {
        var parts = RealParts.shared();
        var properties = new HashMap<>(RealParts.properties(parts.createMigratedDatabase("counting")));
        properties.putAll(parts.pipelineProperties());
        properties.put("server.port", "0");
        properties.put("ates.issuer", Tokens.issuer());
        properties.put("spring.kafka.listener.auto-startup", "false");
        properties.put("spring.lifecycle.timeout-per-shutdown-phase", "1m");
        return new SpringApplicationBuilder(CountingApplication.class).run(properties.entrySet().stream()
                .map(property -> "--" + property.getKey() + "=" + property.getValue()).toArray(String[]::new));
    }

    private static HttpRequest request(int port, String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).header("Authorization",
                "Bearer " + Tokens.of(UUID.randomUUID(), Role.ADMIN, claims -> claims.audience("counting-service")))
                .build();
    }

    private static boolean isRefused(int port) throws Exception {
        try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return false;
        } catch (ConnectException _) {
            return true;
        }
    }
}
