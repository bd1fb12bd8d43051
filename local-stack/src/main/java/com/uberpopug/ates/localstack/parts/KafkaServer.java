package com.uberpopug.ates.localstack.parts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** One Kafka broker, its own controller, that creates no topics by itself. */
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
    ChildProcess launch() {
        try {
            Files.createDirectories(data);
            Files.deleteIfExists(KafkaNode.readyFile(data));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ChildProcess.start(name(), log(), "TERM", Map.of("CLASSPATH", System.getProperty("java.class.path")),
                java("--sun-misc-unsafe-memory-access=allow",
                        "-Dlogback.configurationFile=com/uberpopug/ates/localstack/parts/kafka-logback.xml",
                        KafkaNode.class.getName(), data.toString(), Integer.toString(port()),
                        Integer.toString(Ports.free())));
    }

    @Override
    boolean isReady() {
        return Files.exists(KafkaNode.readyFile(data)) && Ports.isTaken(port());
    }
}
