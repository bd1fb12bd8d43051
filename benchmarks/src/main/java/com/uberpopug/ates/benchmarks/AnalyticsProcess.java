package com.uberpopug.ates.benchmarks;

import com.uberpopug.ates.localstack.parts.PostgresServer;
import com.uberpopug.ates.localstack.parts.ServiceProcess;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.test.RealParts;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.security.Role;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/** The shipped analytics-service with durable real parts, until this JVM ends. */
final class AnalyticsProcess {

    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Pattern HEAP = Pattern.compile("(?m)^jvm_memory_used_bytes\\{.*area=\"heap\".*} (\\S+)");
    private static final JsonMapper JSON = new JsonMapper();

    private final RealParts parts = new RealParts(true);
    private final PostgresServer.Database database = parts.createDatabase("analytics");
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ServiceProcess service;
    private String token = "";
    private long tokenNanos;

    AnalyticsProcess() throws IOException, InterruptedException {
        service = BenchedService.migrated("analytics-service", parts, database, Map.of());
        service.start();
    }

    RealParts parts() {
        return parts;
    }

    Rows rows() throws SQLException {
        return new Rows(parts.postgres(), database.jdbcUrl().substring(database.jdbcUrl().lastIndexOf('/') + 1));
    }

    /** Requests a rebuild, and returns after its switch. */
    void rebuild() throws Exception {
        send(HttpRequest.newBuilder(URI.create(service.address() + "/api/projections/rebuild"))
                .POST(BodyPublishers.noBody()), 202);
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            var rebuild = JSON.readTree(get("/api/projections")).path("rebuild");
            if (rebuild.path("state").asString().equals("SWITCHED")) {
                return;
            }
            if (rebuild.path("problem").isString() || System.nanoTime() > end) {
                throw new IllegalStateException("The rebuild has not ended: " + rebuild);
            }
            Thread.sleep(100);
        }
    }

    double heapMegabytes() throws IOException, InterruptedException {
        return HEAP.matcher(get("/actuator/prometheus")).results()
                .mapToDouble(space -> Double.parseDouble(space.group(1))).sum() / (1 << 20);
    }

    /** A request as an admin. */
    String get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(service.address() + path)), 200);
    }

    private String send(HttpRequest.Builder request, int expected) throws IOException, InterruptedException {
        var answer = http.send(request.header("Authorization", "Bearer " + token()).timeout(Duration.ofMinutes(1))
                .build(), BodyHandlers.ofString());
        if (answer.statusCode() != expected) {
            throw new IllegalStateException(answer + ": " + answer.body());
        }
        return answer.body();
    }

    /** Tokens live five minutes. */
    private synchronized String token() {
        if (token.isEmpty() || System.nanoTime() - tokenNanos > Duration.ofMinutes(4).toNanos()) {
            token = Tokens.of(Ids.next(), Role.ADMIN);
            tokenNanos = System.nanoTime();
        }
        return token;
    }
}
