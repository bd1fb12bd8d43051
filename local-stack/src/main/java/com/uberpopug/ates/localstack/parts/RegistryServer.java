package com.uberpopug.ates.localstack.parts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Apicurio Registry, used only by Confluent's REST API; its data is in PostgreSQL. All principals read, and only the
 * administrator writes; a request without a password is refused. Apicurio does not check the {@code Host} header, but a
 * web page under a foreign name (DNS rebinding) has no password.
 */
public final class RegistryServer extends Part {
    private static final String USERS = "quarkus.security.users.embedded.";

    private final PostgresServer.Database database;
    private final Principals principals;

    /** @param database the database of the schemas; the registry creates its tables as the owner */
    public RegistryServer(Path home, int port, PostgresServer.Database database, Principals principals) {
        super("registry", home, port);
        this.database = database;
        this.principals = principals;
    }

    @Override
    public String address() {
        return url();
    }

    /** The value of {@code schema.registry.url}. */
    public String url() {
        return "http://localhost:" + port() + "/apis/ccompat/v7";
    }

    /** A client's configuration by Confluent's keys, to be added to {@link KafkaServer#client}: the login is the same. */
    public Map<String, String> client() {
        return Map.of("schema.registry.url", url(), "basic.auth.credentials.source", "SASL_INHERIT");
    }

    /** The same as environment variables of a service, or of {@code RegisterSchemas}. */
    public Map<String, String> environment() {
        return Map.of("SCHEMA_REGISTRY_URL", url(),
                "SPRING_KAFKA_PROPERTIES_BASIC_AUTH_CREDENTIALS_SOURCE", "SASL_INHERIT");
    }

    /** The value of an {@code Authorization} header. */
    public String authorization(String principal) {
        return "Basic " + Base64.getEncoder().encodeToString(
                (principal + ":" + principals.password(principal)).getBytes(StandardCharsets.UTF_8));
    }

    /** Not in the environment, whose names cannot tell tasks-service from tasks.service. */
    private Path writeLogins() {
        var file = home().resolve("registry.properties");
        var lines = principals.registryLogins().entrySet().stream()
                .map(login -> login.getKey() + "=" + login.getValue()).toList();
        try {
            Files.deleteIfExists(file);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            return Files.write(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    Optional<Path> program() {
        return Optional.of(LocalStackFiles.target("apicurio/quarkus-run.jar"));
    }

    @Override
    ChildProcess launch() {
        var program = program().orElseThrow();
        if (!Files.exists(program)) {
            throw new PartFailedException(
                    program + " is missing: mvn generate-resources -pl local-stack -am unpacks it");
        }
        var options = Map.ofEntries(Map.entry("quarkus.http.host", "127.0.0.1"),
                Map.entry("quarkus.http.port", Integer.toString(port())),
                Map.entry("quarkus.http.access-log.enabled", "false"),
                // By default the management interface listens on every address of the machine.
                Map.entry("quarkus.management.host", "127.0.0.1"),
                Map.entry("quarkus.management.port", Integer.toString(Ports.free())),
                Map.entry("quarkus.config.locations", writeLogins().toString()),
                Map.entry("quarkus.http.auth.basic", "true"), Map.entry(USERS + "enabled", "true"),
                Map.entry(USERS + "plain-text", "true"), Map.entry("apicurio.auth.role-based-authorization", "true"),
                // Otherwise it logs a stack trace for each schema that it does not know.
                Map.entry("quarkus.log.category.\"io.apicurio.registry.auth.AuthorizedInterceptor\".level", "OFF"),
                Map.entry("apicurio.storage.kind", "sql"), Map.entry("apicurio.storage.sql.kind", "postgresql"),
                Map.entry("apicurio.datasource.url", database.jdbcUrl()),
                Map.entry("apicurio.datasource.username", database.owner().user()),
                Map.entry("apicurio.datasource.jdbc.initial-size", "2"),
                Map.entry("apicurio.datasource.jdbc.min-size", "2"),
                Map.entry("apicurio.datasource.jdbc.max-size", "10"));
        var command = java(programStart().options());
        options.forEach((option, value) -> command.add("-D" + option + "=" + value));
        command.addAll(List.of("-jar", program.toString()));
        // In the environment, which other users of the machine cannot read.
        return ChildProcess.start(name(), log(), "TERM",
                Map.of("APICURIO_DATASOURCE_PASSWORD", database.owner().password()),
                command);
    }

    @Override
    boolean isReady() throws IOException, URISyntaxException {
        // This answer comes from the database, unlike the management interface's readiness.
        return statusOf(url() + "/subjects", Map.of("Authorization", authorization(Principals.ADMIN))) == 200;
    }
}
