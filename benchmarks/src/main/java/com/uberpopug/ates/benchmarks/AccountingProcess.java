package com.uberpopug.ates.benchmarks;

import com.uberpopug.ates.localstack.parts.PostgresServer;
import com.uberpopug.ates.localstack.parts.ServiceProcess;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.test.RealParts;
import com.uberpopug.ates.platform.test.Tokens;
import com.uberpopug.ates.platform.web.security.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The shipped accounting-service with durable real parts, until this JVM ends. Its relay sends only while the benchmark
 * allows it.
 */
final class AccountingProcess {

    /** The relay's advisory lock: while the benchmark holds it, no instance sends the outbox. */
    private static final long RELAY_LOCK = 0x61746573_6f757462L;

    /** A ledger of ten million transfers belongs on a machine of its own. */
    private static final int BUFFERS_MB = 1_024;

    private final RealParts parts = new RealParts(BUFFERS_MB);
    private final PostgresServer.Database database = parts.createDatabase("accounting");
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ServiceProcess service;
    private @Nullable Connection relayLock;

    AccountingProcess() throws IOException, SQLException, InterruptedException {
        service = BenchedService.migrated("accounting-service", parts, database,
                Map.of("ates.close-delay", "36500d", "ates.price-secret", TaskMoney.PRICE_SECRET));
        holdRelay();
        service.start();
        // Otherwise recorded emails would be sent during a measurement.
        try (var rows = rows()) {
            rows.hold("send-emails");
        }
    }

    RealParts parts() {
        return parts;
    }

    PostgresServer.Database database() {
        return database;
    }

    LedgerRows rows() throws SQLException {
        return new LedgerRows(parts.postgres(), database.jdbcUrl().substring(database.jdbcUrl().lastIndexOf('/') + 1));
    }

    /**
     * Returns when no instance sends: a sending instance loses its connection, and the benchmark takes the lock before
     * it reconnects.
     */
    void holdRelay() throws SQLException {
        try (var rows = rows()) {
            rows.run("""
                    select pg_terminate_backend(pid) from pg_stat_activity
                     where application_name = 'accounting-service-relay'
                    """);
        }
        relayLock = DriverManager.getConnection(database.jdbcUrl(), database.service().user(),
                database.service().password());
        try (var statement = relayLock.createStatement()) {
            statement.execute("select pg_advisory_lock(" + RELAY_LOCK + ")");
        }
    }

    void letRelaySend() throws SQLException {
        if (relayLock != null) {
            relayLock.close();
        }
    }

    /** A request as a popug for their own data, or as an accountant for anyone's. */
    String get(String token, String path) {
        return send(token, HttpRequest.newBuilder(URI.create(service.address() + path)), 200);
    }

    String post(String token, String path) {
        return send(token, HttpRequest.newBuilder(URI.create(service.address() + path)).POST(BodyPublishers.noBody()),
                202);
    }

    /** Valid for five minutes. */
    static String popug(UUID id) {
        return Tokens.of(id, Role.POPUG);
    }

    static String accountant() {
        return Tokens.of(Ids.next(), Role.ACCOUNTANT);
    }

    private String send(String token, HttpRequest.Builder request, int expected) {
        try {
            var answer = http.send(request.header("Authorization", "Bearer " + token).timeout(Duration.ofMinutes(5))
                    .build(), BodyHandlers.ofString());
            if (answer.statusCode() != expected) {
                throw new IllegalStateException(answer + ": " + answer.body());
            }
            return answer.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
