package com.uberpopug.ates.benchmarks;

import com.uberpopug.ates.localstack.parts.LocalStackFiles;
import com.uberpopug.ates.localstack.parts.PostgresServer.Database;
import com.uberpopug.ates.localstack.parts.ServiceProcess;
import com.uberpopug.ates.platform.test.RealParts;
import com.uberpopug.ates.platform.test.Tokens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Makes a shipped service ready on real parts. */
final class BenchedService {

    private BenchedService() {
    }

    /** The service, whose database is migrated; it is still to be started, and ends with its files when this JVM does. */
    static ServiceProcess migrated(String name, RealParts parts, Database database, Map<String, String> more)
            throws IOException {
        var home = Files.createTempDirectory("ates-bench");
        var settings = new HashMap<String, String>();
        Stream.of(RealParts.properties(database), parts.pipelineProperties(name),
                Map.of("ates.issuer", Tokens.issuer(), "ates.client-secret", "none"), more)
                .forEach(properties -> properties.forEach((property, value) -> settings
                        .put(property.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_"), value)));
        var service = new ServiceProcess(name, home, 0,
                LocalStackFiles.repository().resolve("%1$s/target/%1$s.jar".formatted(name)), settings);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            service.close();
            try {
                LocalStackFiles.deleteRecursively(home);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }));
        service.migrate(database.owner());
        return service;
    }
}
