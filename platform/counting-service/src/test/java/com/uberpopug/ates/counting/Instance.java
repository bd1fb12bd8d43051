package com.uberpopug.ates.counting;

import com.uberpopug.ates.localstack.parts.ChildProcess;
import com.uberpopug.ates.localstack.parts.PostgresServer.Database;
import com.uberpopug.ates.platform.test.RealParts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An instance of the service as a process, which a test can kill or pause. */
final class Instance implements AutoCloseable {

    private final Path log;
    private final ChildProcess process;

    Instance(RealParts parts, Database database, Path log, Map<String, String> more, String... flags) {
        this.log = log;
        var properties = new HashMap<>(RealParts.properties(database));
        properties.putAll(parts.pipelineProperties());
        properties.put("server.port", "0");
        properties.putAll(more);
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC", "-Xmx256m", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of(flags));
        command.add(CountingApplication.class.getName());
        properties.forEach((name, value) -> command.add("--" + name + "=" + value));
        process = ChildProcess.start("counting-service", log, "TERM",
                Map.of("CLASSPATH", System.getProperty("java.class.path")), command);
    }

    ChildProcess process() {
        return process;
    }

    boolean isUp() {
        return logged("Started CountingApplication");
    }

    boolean leads() {
        return logged("This instance sends the outbox");
    }

    private boolean logged(String text) {
        if (!process.isAlive()) {
            throw process.died();
        }
        try {
            // The file comes with the first line.
            return Files.exists(log) && Files.readString(log).contains(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.kill();
    }
}
