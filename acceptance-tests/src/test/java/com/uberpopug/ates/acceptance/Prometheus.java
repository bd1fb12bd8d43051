package com.uberpopug.ates.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.acceptance.ApplicationUnderTest.Service;
import com.uberpopug.ates.localstack.parts.ChildProcess;
import com.uberpopug.ates.localstack.parts.LocalStackFiles;
import com.uberpopug.ates.localstack.parts.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import tools.jackson.databind.JsonNode;

/**
 * The installed Prometheus with the files of {@code deploy/prometheus}, started once for all tests of this JVM. It
 * scrapes every second, its alerts have no {@code for}, and a threshold of a minute is one of five seconds; all else is
 * as delivered. Without Prometheus a test is skipped, or fails with {@code -Dprometheus.required=true}.
 */
final class Prometheus implements ExecutionCondition {

    static final Path FILES = LocalStackFiles.repository().resolve("deploy/prometheus");
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static @Nullable URI address;

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext test) {
        return Browsers.installed("prometheus").isPresent() || Boolean.getBoolean("prometheus.required")
                ? ConditionEvaluationResult.enabled("Prometheus is present, or required")
                : ConditionEvaluationResult.disabled("Prometheus is missing");
    }

    /** Runs Prometheus' tool in its directory, and returns the output. */
    static String tool(String... arguments) throws IOException, InterruptedException {
        var command = new ProcessBuilder("promtool").directory(FILES.toFile()).redirectErrorStream(true);
        command.command().addAll(List.of(arguments));
        var process = command.start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    /** The series that an expression gives now. */
    List<JsonNode> query(String expression) {
        return get("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8)).path("result")
                .values().stream().toList();
    }

    /** The alerts that fire, each with its labels. */
    Eventually<List<String>> firing() {
        return new Eventually<>("the firing alerts", () -> get("/api/v1/alerts").path("alerts").values().stream()
                .filter(alert -> alert.path("state").asString().equals("firing"))
                .map(alert -> alert.path("labels").toString()).toList());
    }

    /** The names of all metrics of the system. */
    List<String> metrics() {
        return get("/api/v1/label/__name__/values").values().stream().map(JsonNode::asString).toList();
    }

    private static synchronized JsonNode get(String path) {
        try {
            if (address == null) {
                address = start();
            }
            var answer = HTTP.send(
                    HttpRequest.newBuilder(address.resolve(path)).timeout(Duration.ofSeconds(20)).build(),
                    BodyHandlers.ofString());
            assertThat(answer.statusCode()).as("%s: %s", path, answer.body()).isEqualTo(200);
            return Answer.JSON.readTree(answer.body()).path("data");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static URI start() throws IOException {
        var home = ApplicationUnderTest.HOME.resolveSibling("prometheus");
        LocalStackFiles.deleteRecursively(home);
        Files.createDirectories(home);
        Files.writeString(home.resolve("prometheus.yml"),
                Files.readString(FILES.resolve("prometheus.yml")).replace("15s", "1s")
                        .replace("../../.ates/", ApplicationUnderTest.HOME + "/")
                        .replace("http://localhost:9000", Service.AUTH.address().toString()));
        Files.writeString(home.resolve("alerts.yml"), Files.readString(FILES.resolve("alerts.yml"))
                .replaceAll("for: \\w+", "for: 0s").replaceAll("seconds\\) > 60", "seconds) > 5"));
        Files.writeString(home.resolve("targets.yml"), Arrays.stream(Service.values())
                .map(service -> "- {targets: [\"localhost:%d\"], labels: {service: %s-service}}%n"
                        .formatted(service.port(), service.name().toLowerCase(Locale.ROOT)))
                .collect(Collectors.joining()));
        int port = Ports.free();
        var started = URI.create("http://127.0.0.1:" + port);
        ChildProcess.start("prometheus", home.resolve("log"), "TERM", Map.of(),
                List.of("prometheus", "--config.file=" + home.resolve("prometheus.yml"),
                        "--storage.tsdb.path=" + home.resolve("data"), "--web.listen-address=127.0.0.1:" + port))
                .awaitReady(Duration.ofMinutes(1),
                        () -> HTTP.send(HttpRequest.newBuilder(started.resolve("/-/ready")).build(),
                                BodyHandlers.discarding()).statusCode() == 200);
        return started;
    }
}
