package com.uberpopug.ates.localstack.parts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One Kafka broker that is its own controller, and creates no topics automatically. */
public final class KafkaServer extends Part {
    private final Path data;

    public KafkaServer(Path home, int port) {
        super("kafka", home, port);
        this.data = home().resolve("kafka");
    }

    @Override
    public String address() {
        return bootstrapServers();
    }

    public String bootstrapServers() {
        return "localhost:" + port();
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
        command.addAll(List.of("--sun-misc-unsafe-memory-access=allow",
                "-Dlogback.configurationFile=com/uberpopug/ates/localstack/parts/kafka-logback.xml",
                KafkaNode.class.getName(), data.toString(), Integer.toString(port()), Integer.toString(Ports.free())));
        return ChildProcess.start(name(), log(), "TERM", Map.of("CLASSPATH", System.getProperty("java.class.path")),
                command);
    }

    @Override
    boolean isReady() {
        return Files.exists(KafkaNode.readyFile(data)) && Ports.isTaken(port());
    }
}
