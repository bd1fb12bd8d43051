package com.uberpopug.ates.localstack.parts;

import static java.util.stream.Collectors.toMap;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One Kafka broker that is its own controller, and creates no topics automatically. It knows its clients by name and
 * password, and lets them do only what ACLs allow.
 */
public final class KafkaServer extends Part {
    private final Path data;
    private final Principals principals;
    private int controllerPort;

    public KafkaServer(Path home, int port, Principals principals) {
        super("kafka", home, port);
        this.data = home().resolve("kafka");
        this.principals = principals;
    }

    /** A broker that runs elsewhere on this machine, with the passwords of this directory's secret. */
    public static KafkaServer at(int port, Path home, Principals principals) {
        return new KafkaServer(home, port, principals);
    }

    @Override
    public String address() {
        return bootstrapServers();
    }

    public String bootstrapServers() {
        return "localhost:" + port();
    }

    /** Of the running broker; the broker itself is the controller's only client. */
    int controllerPort() {
        return controllerPort;
    }

    /** A client's configuration as a principal, by Kafka's keys. */
    public Map<String, String> client(String principal) {
        var config = new HashMap<>(principals.client(principal));
        config.put("bootstrap.servers", bootstrapServers());
        return config;
    }

    /** The same with more settings. */
    public Map<String, Object> client(String principal, Map<String, ?> settings) {
        var config = new HashMap<String, Object>(client(principal));
        config.putAll(settings);
        return config;
    }

    /** The same as environment variables of a service, or of {@code RegisterSchemas}. */
    public Map<String, String> environment(String principal) {
        return client(principal).entrySet().stream().collect(toMap(
                setting -> "SPRING_KAFKA_" + (setting.getKey().equals("bootstrap.servers") ? "" : "PROPERTIES_")
                        + setting.getKey().toUpperCase(Locale.ROOT).replace('.', '_'),
                Map.Entry::getValue));
    }

    @Override
    Optional<Path> program() {
        return Optional.of(LocalStackFiles.target("local-stack.jar"));
    }

    @Override
    ChildProcess launch() {
        try {
            Files.createDirectories(data);
            Files.deleteIfExists(KafkaNode.readyFile(data));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var command = java(programStart().options());
        controllerPort = Ports.free();
        command.addAll(List.of("--sun-misc-unsafe-memory-access=allow",
                "-Dlogback.configurationFile=com/uberpopug/ates/localstack/parts/kafka-logback.xml",
                KafkaNode.class.getName(), data.toString(), Integer.toString(port()),
                Integer.toString(controllerPort)));
        var environment = new HashMap<>(Map.of(KafkaNode.CONTROLLER_LOGINS, principals.controllerLogins(),
                KafkaNode.CLIENT_LOGINS, principals.clientLogins()));
        environment.put("CLASSPATH", System.getProperty("java.class.path"));
        return ChildProcess.start(name(), log(), "TERM", environment, command);
    }

    @Override
    boolean isReady() {
        return Files.exists(KafkaNode.readyFile(data)) && Ports.isTaken(port());
    }
}
