package com.uberpopug.ates.localstack.parts;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** One instance of a service, run from its shipped jar. */
public final class ServiceProcess extends Part {
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
        if (!Files.exists(jar)) {
            throw new PartFailedException(jar + " is missing: mvn package builds it");
        }
        return ChildProcess.start(name(), log(), "TERM", environment, programStart().command());
    }

    @Override
    boolean isReady() throws IOException, URISyntaxException {
        return statusOf(address() + "/actuator/health/readiness") == 200;
    }
}
