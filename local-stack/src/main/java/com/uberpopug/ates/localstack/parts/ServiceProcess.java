package com.uberpopug.ates.localstack.parts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.zip.CRC32;

/** One instance of a service, run from its shipped jar. */
public final class ServiceProcess extends Part {
    private static final Duration MIGRATES_WITHIN = Duration.ofMinutes(30);

    private final Path jar;
    private final Map<String, String> environment;

    /** @param environment additional variables, as in {@code application.yml} or in capitals */
    public ServiceProcess(String name, Path home, int port, Path jar, Map<String, String> environment) {
        super(name, home, port);
        this.jar = jar;
        this.environment = new HashMap<>(environment);
        this.environment.putAll(Map.of("SERVER_ADDRESS", "127.0.0.1", "SERVER_PORT", Integer.toString(port())));
    }

    /** One more instance of the same service, on a free port; the caller closes it. */
    public ServiceProcess another(String name) {
        return new ServiceProcess(name, home(), 0, jar, environment);
    }

    /** Sets one more variable of its environment, from the next start on. */
    public void with(String name, String value) {
        environment.put(name, value);
    }

    /** The variables with the addresses and secrets of all other parts. */
    public Map<String, String> environment() {
        return Map.copyOf(environment);
    }

    /**
     * Migrates the database by the same jar, as its owner, and returns when that process has ended. It logs to a file of
     * its own.
     *
     * @throws PartFailedException if it fails
     */
    public void migrate(PostgresServer.Login owner) {
        var variables = new HashMap<>(environment);
        variables.keySet().retainAll(Set.of("SPRING_DATASOURCE_URL", "SPRING_DATASOURCE_USERNAME"));
        variables.put("SPRING_FLYWAY_USER", owner.user());
        variables.put("SPRING_FLYWAY_PASSWORD", owner.password());
        var command = startBeside().command();
        command.add("migrate");
        ChildProcess.start(name() + "'s migrations", log().resolveSibling(name() + "-migrations.log"), "TERM",
                variables, command).awaitSuccess(MIGRATES_WITHIN);
    }

    /** Changes with the jar's migrations, and with its libraries. */
    public String fingerprint() {
        requireJar();
        try (var file = new JarFile(jar.toFile())) {
            var checksum = new CRC32();
            file.stream().filter(entry -> entry.getName().matches("BOOT-INF/(lib/.*|classes/db/.*|classes/.*ml)"))
                    .map(entry -> entry.getName() + " " + entry.getCrc() + "\n").sorted()
                    .forEach(line -> checksum.update(line.getBytes(StandardCharsets.UTF_8)));
            return Long.toHexString(checksum.getValue());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void requireJar() {
        if (!Files.exists(jar)) {
            throw new PartFailedException(jar + " is missing: mvn package builds it");
        }
    }

    @Override
    public String address() {
        return "http://localhost:" + port();
    }

    @Override
    public String health() {
        var health = super.health();
        if (!health.equals(HEALTHY)) {
            return health;
        }
        try {
            return statusOf(address() + "/actuator/health/pipeline") == 503 ? "pipeline down" : HEALTHY;
        } catch (IOException | URISyntaxException _) {
            return "pipeline unknown";
        }
    }

    @Override
    Optional<Path> program() {
        return Optional.of(jar);
    }

    @Override
    ChildProcess launch() {
        requireJar();
        return ChildProcess.start(name(), log(), "TERM", environment, programStart().command());
    }

    @Override
    boolean isReady() throws IOException, URISyntaxException {
        return statusOf(address() + "/actuator/health/readiness") == 200;
    }
}
