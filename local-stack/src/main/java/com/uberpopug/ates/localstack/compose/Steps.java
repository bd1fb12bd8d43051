package com.uberpopug.ates.localstack.compose;

import com.uberpopug.ates.localstack.LocalStack;
import com.uberpopug.ates.localstack.ServiceSecrets;
import com.uberpopug.ates.localstack.parts.PostgresServer;
import com.uberpopug.ates.localstack.parts.Principals;
import com.uberpopug.ates.localstack.parts.Secrets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * The steps of docker-compose.yml that end before the services start: the secrets of all containers, from one random
 * key that is made once, and the databases.
 *
 * <p>Each container reads its own directory only, because each has a user id of its own.
 */
final class Steps {

    /** The user of PostgreSQL's, Kafka's, Apicurio's, Prometheus' and Grafana's own images. */
    private static final int POSTGRES = 999;
    private static final int KAFKA = 1000;
    private static final int REGISTRY = 1001;
    private static final int PROMETHEUS = 65_534;
    private static final int GRAFANA = 472;
    /** The user of the steps, who reads the key; the services follow in their order. */
    private static final int STEPS = 10_000;
    private static final int FIRST_SERVICE = STEPS + 1;
    private static final int SCHEMAS = STEPS + 100;
    private static final int FIRST_MIGRATION = STEPS + 101;

    /** PostgreSQL's first start takes seconds; then it makes its database before it takes connections. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration PAUSE = Duration.ofMillis(250);
    /** PostgreSQL's SQL states: the class of those without a connection, and of a server that is starting. */
    private static final String AWAY = "08";
    private static final String STARTING = "57P03";

    private static final String USAGE = """
            usage: secrets DIRECTORY KAFKA_DIRECTORY   makes what is missing of the secrets
                   databases DIRECTORY HOST            creates the databases that are missing
                   kafka-client DIRECTORY PRINCIPAL    prints the settings of a Kafka client on this machine
            """;

    private final Path directory;
    private final Secrets secrets;
    private final Principals principals;

    private Steps(Path directory) {
        this.directory = directory;
        var key = directory.resolve("key");
        secrets = Secrets.in(key);
        principals = LocalStack.principals(key);
    }

    public static void main(String[] arguments) {
        try {
            if (!run(List.copyOf(Arrays.asList(arguments)))) {
                System.err.print(USAGE);
                System.exit(2);
            }
        } catch (IOException | RuntimeException e) {
            // Such as a directory of another user, or a server that refuses the password.
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            System.err.println("ates: " + cause);
            System.exit(1);
        }
    }

    /** False if there is no such step. */
    private static boolean run(List<String> step) throws IOException {
        switch (step.isEmpty() ? "" : step.getFirst() + " " + step.size()) {
            case "secrets 3" -> new Steps(Path.of(step.get(1))).writeSecrets(Path.of(step.get(2)));
            case "databases 3" -> new Steps(Path.of(step.get(1))).createDatabases(step.get(2));
            case "kafka-client 3" -> {
                if (!LocalStack.READERS.contains(step.get(2))) {
                    return false;
                }
                System.out.print(lines(new Steps(Path.of(step.get(1))).reader(step.get(2))));
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void writeSecrets(Path kafka) throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        try (var files = Files.walk(directory.resolve("key"))) {
            for (var file : files.toList()) {
                Files.setAttribute(file, "unix:uid", STEPS);
            }
        }
        var server = server("postgres");
        write(POSTGRES, directory.resolve("postgres"), "password", server.superuser().password());
        write(POSTGRES, directory.resolve("postgres"), "replication", secrets.of("postgres as replicator"));
        write(KAFKA, kafka, "server.properties", lines(brokerLogins()));
        write(REGISTRY, directory.resolve("registry"), "registry.properties", lines(registry(server)));
        write(PROMETHEUS, directory.resolve("prometheus"), "client-secret",
                new ServiceSecrets(secrets).client(LocalStack.PROMETHEUS));
        write(GRAFANA, directory.resolve("grafana"), "password", secrets.of("grafana"));
        write(SCHEMAS, directory.resolve("schemas"), "client.properties", lines(client(Principals.ADMIN)));
        var names = LocalStack.SERVICES;
        for (int i = 0; i < names.size(); i++) {
            var name = names.get(i);
            var database = server.database(LocalStack.database(name));
            write(FIRST_SERVICE + i, directory.resolve(name), "application.properties",
                    lines(service(name, database)));
            write(FIRST_MIGRATION + i, directory.resolve(LocalStack.database(name) + "-migrations"),
                    "application.properties", lines(Map.of("spring.datasource.username", database.service().user(),
                            "spring.flyway.user", database.owner().user(),
                            "spring.flyway.password", database.owner().password())));
        }
    }

    private Map<String, String> brokerLogins() {
        return Map.of("listener.name.inside.plain.sasl.jaas.config", principals.clientLogins(),
                "listener.name.outside.plain.sasl.jaas.config", principals.clientLogins(),
                "listener.name.controller.plain.sasl.jaas.config", principals.controllerLogins());
    }

    private Map<String, String> registry(PostgresServer server) {
        var settings = new LinkedHashMap<>(principals.registryLogins());
        settings.put("apicurio.datasource.password", server.database("registry").owner().password());
        return settings;
    }

    private Map<String, String> service(String name, PostgresServer.Database database) {
        var settings = new LinkedHashMap<String, String>();
        settings.put("spring.datasource.username", database.service().user());
        settings.put("spring.datasource.password", database.service().password());
        principals.client(name).forEach((key, value) -> settings.put("spring.kafka.properties." + key, value));
        settings.put("spring.kafka.properties.basic.auth.credentials.source", "SASL_INHERIT");
        var own = new ServiceSecrets(secrets);
        settings.put("ates.client-secret", own.client(name));
        switch (name) {
            case "auth-service" -> {
                settings.put("ates.key-secret", own.signingKeys());
                LocalStack.SERVICES.forEach(client -> settings.put("ates.web-clients." + client + ".secret",
                        own.client(client)));
                settings.put("ates.machine-clients." + LocalStack.PROMETHEUS + ".secret",
                        own.client(LocalStack.PROMETHEUS));
            }
            case "accounting-service" -> settings.put("ates.price-secret", own.prices());
            default -> {
                // The others have none.
            }
        }
        return settings;
    }

    private Map<String, String> client(String principal) {
        var settings = new LinkedHashMap<>(principals.client(principal));
        settings.put("basic.auth.credentials.source", "SASL_INHERIT");
        return settings;
    }

    /** At the ports of this machine. */
    private Map<String, String> reader(String principal) {
        var settings = new LinkedHashMap<>(client(principal));
        settings.put("bootstrap.servers", "localhost:9092");
        settings.put("schema.registry.url", "http://localhost:8081/apis/ccompat/v7");
        return settings;
    }

    private void createDatabases(String host) {
        var server = server(host);
        awaitConnections(server);
        Stream.concat(Stream.of("registry"), LocalStack.SERVICES.stream().map(LocalStack::database))
                .forEach(server::createDatabase);
    }

    /** A server that refuses the login is not waited for. */
    private static void awaitConnections(PostgresServer server) {
        for (long end = System.nanoTime() + PATIENCE.toNanos();;) {
            try (var _ = server.connect("postgres")) {
                return;
            } catch (SQLException e) {
                var state = String.valueOf(e.getSQLState());
                if (!state.startsWith(AWAY) && !state.equals(STARTING) || System.nanoTime() > end) {
                    throw new IllegalStateException(e);
                }
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    private PostgresServer server(String host) {
        return PostgresServer.at(host, 5432, directory.resolve("key"));
    }

    private static String lines(Map<String, String> settings) {
        var lines = new StringBuilder();
        settings.forEach((key, value) -> lines.append(key).append('=').append(value).append('\n'));
        return lines.toString();
    }

    /** Replaced in one move, so that a container that starts again never reads half of it. */
    private static void write(int user, Path directory, String name, String text) throws IOException {
        Files.createDirectories(directory);
        var unfinished = Files.writeString(directory.resolve(name + ".new"), text);
        Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rw-------"));
        Files.setAttribute(unfinished, "unix:uid", user);
        Files.move(unfinished, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        Files.setAttribute(directory, "unix:uid", user);
    }
}
