package com.uberpopug.ates.auth;

import com.uberpopug.ates.localstack.parts.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The whole service on a free port, on a real PostgreSQL, with the demo's users. Kafka is away, so what is announced stays in the outbox. */
public final class RunningService implements AutoCloseable {

    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static final PostgresServer POSTGRES = start();

    private final ConfigurableApplicationContext context;

    private RunningService(ConfigurableApplicationContext context) {
        this.context = context;
    }

    private static PostgresServer start() {
        try {
            var server = new PostgresServer(Files.createTempDirectory("auth"), 0, false);
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static PostgresServer.Database emptyDatabase() {
        return POSTGRES.createDatabase("auth" + DATABASES.incrementAndGet());
    }

    public static RunningService onEmptyDatabase(String... properties) {
        return on(emptyDatabase(), properties);
    }

    static RunningService on(PostgresServer.Database database, String... properties) {
        var settings = Stream.concat(Stream.of("--server.port=0", "--ates.demo=true",
                "--ates.client-secret=secret-of-the-test", "--spring.kafka.bootstrap-servers=localhost:1",
                "--spring.datasource.url=" + database.jdbcUrl(),
                "--spring.datasource.username=" + database.service().user(),
                "--spring.datasource.password=" + database.service().password(),
                "--spring.flyway.user=" + database.owner().user(),
                "--spring.flyway.password=" + database.owner().password()),
                Stream.of(properties).map(property -> "--" + property)).toArray(String[]::new);
        return new RunningService(new SpringApplicationBuilder(AuthServiceApplication.class).run(settings));
    }

    public String address() {
        return "http://localhost:" + context.getEnvironment().getRequiredProperty("local.server.port");
    }

    public JdbcClient database() {
        return context.getBean(JdbcClient.class);
    }

    @Override
    public void close() {
        context.close();
    }
}
