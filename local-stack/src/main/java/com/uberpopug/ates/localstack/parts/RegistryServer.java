package com.uberpopug.ates.localstack.parts;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Apicurio Registry, used only by Confluent's REST API; its data is in PostgreSQL. */
public final class RegistryServer extends Part {
    private final PostgresServer.Database database;

    /** @param database the database of the schemas; the registry creates its tables as the owner */
    public RegistryServer(Path home, int port, PostgresServer.Database database) {
        super("registry", home, port);
        this.database = database;
    }

    @Override
    public String address() {
        return url();
    }

    /** The value of {@code schema.registry.url}. */
    public String url() {
        return "http://localhost:" + port() + "/apis/ccompat/v7";
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
        return statusOf(url() + "/subjects") == 200;
    }
}
