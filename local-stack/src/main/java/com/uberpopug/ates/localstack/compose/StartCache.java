package com.uberpopug.ates.localstack.compose;

import com.uberpopug.ates.localstack.LocalStack;
import com.uberpopug.ates.localstack.parts.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Records the AOT cache of a service's image while it is built: a start on an empty database, without Kafka. */
final class StartCache {

    private StartCache() {
    }

    /** @param arguments the service, and the file of the cache; the program is {@code app.jar} in this directory */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        var service = arguments[0];
        var home = Files.createTempDirectory("start-cache");
        try (var postgres = new PostgresServer(home, 0, false)) {
            postgres.start();
            var database = postgres.createDatabase(LocalStack.database(service));
            var environment = Map.of("SPRING_DATASOURCE_URL", database.jdbcUrl(),
                    "SPRING_DATASOURCE_USERNAME", database.service().user(),
                    "SPRING_DATASOURCE_PASSWORD", database.service().password(),
                    "ATES_DEMO", "true", "ATES_PRICE_SECRET", "only-while-the-image-is-built-only-then");
            var owner = Map.of("SPRING_FLYWAY_USER", database.owner().user(),
                    "SPRING_FLYWAY_PASSWORD", database.owner().password());
            run(List.of("-jar", "app.jar", "migrate"), environment, owner);
            run(List.of("-XX:AOTCacheOutput=" + Path.of(arguments[1]), "-Dspring.context.exit=onRefresh", "-jar",
                    "app.jar"), environment, Map.of());
        }
    }

    private static void run(List<String> arguments, Map<String, String> environment, Map<String, String> more)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("java", "-XX:+UseSerialGC", "-Xmx256m"));
        command.addAll(arguments);
        var builder = new ProcessBuilder(command).inheritIO();
        builder.environment().putAll(environment);
        builder.environment().putAll(more);
        // A start that fails writes a cache, too.
        int code = builder.start().waitFor();
        if (code != 0) {
            throw new IllegalStateException(String.join(" ", command) + " ended with " + code);
        }
    }
}
