package com.uberpopug.ates.platform.test;

import com.uberpopug.ates.events.RegisterSchemas;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.localstack.parts.KafkaServer;
import com.uberpopug.ates.localstack.parts.Part;
import com.uberpopug.ates.localstack.parts.PostgresServer;
import com.uberpopug.ates.localstack.parts.Principals;
import com.uberpopug.ates.localstack.parts.RegistryServer;
import com.uberpopug.ates.platform.events.MigrationStep;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.FileSystemUtils;
import org.springframework.util.function.SingletonSupplier;

/**
 * PostgreSQL, Kafka and the schema registry for tests, with the topics and schemas of the contract. Each is a process
 * of its own that starts at its first use and ends with this JVM at the latest.
 *
 * <p>A test that uses PostgreSQL only starts no other process. With {@code -Dates.containers=true} the shared PostgreSQL
 * and Kafka are {@link Containers} where there is Docker.
 */
public final class RealParts implements AutoCloseable {

    private static final Duration REGISTERED_WITHIN = Duration.ofMinutes(1);
    private static final String CLIENT_SECRET = "secret-of-tests";
    private static final AtomicInteger databases = new AtomicInteger();
    private static final Supplier<RealParts> shared = SingletonSupplier.of(RealParts::toShare);

    private final Path home = temporary();
    private final @Nullable Containers containers;
    private final ConcurrentLinkedDeque<Part> started = new ConcurrentLinkedDeque<>();
    private final Supplier<PostgresServer> postgres;
    private final Supplier<Pipeline> pipeline = SingletonSupplier.of(this::startPipeline);

    private record Pipeline(KafkaServer kafka, RegistryServer registry) {
    }

    /** @param durable whether PostgreSQL survives a power failure, with production's cost of writes */
    public RealParts(boolean durable) {
        this(home -> new PostgresServer(home, 0, durable));
    }

    /** @param buffersMb size in MiB of the shared buffers of a durable PostgreSQL */
    public RealParts(int buffersMb) {
        this(home -> new PostgresServer(home, 0, true, buffersMb));
    }

    private RealParts(Function<Path, PostgresServer> server) {
        this(server, null);
    }

    private RealParts(Function<Path, PostgresServer> server, @Nullable Containers containers) {
        this.containers = containers;
        postgres = SingletonSupplier.of(containers == null
                ? () -> started(server.apply(home))
                : () -> containers.postgres(home));
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
    }

    private static RealParts toShare() {
        return new RealParts(home -> new PostgresServer(home, 0, false), Containers.ifWanted());
    }

    /** Shared by all tests of this JVM; a test that kills a part takes an instance of its own. */
    public static RealParts shared() {
        return shared.get();
    }

    public PostgresServer postgres() {
        return postgres.get();
    }

    public KafkaServer kafka() {
        return pipeline.get().kafka();
    }

    public RegistryServer registry() {
        return pipeline.get().registry();
    }

    /** A new, empty database with a service's two roles; the name gets a unique number. */
    public PostgresServer.Database createDatabase(String name) {
        return postgres().createDatabase(name + "_" + databases.incrementAndGet());
    }

    /** The same, with the migrations on the class path. */
    public PostgresServer.Database createMigratedDatabase(String name) {
        var database = createDatabase(name);
        migrate(database);
        return database;
    }

    /** Migrates a database as its owner, by the migrations on the class path. */
    public static void migrate(PostgresServer.Database database) {
        try (var step = new AnnotationConfigApplicationContext()) {
            step.getEnvironment().getPropertySources()
                    .addFirst(new MapPropertySource("migration", Map.of("spring.flyway.url", database.jdbcUrl(),
                            "spring.flyway.user", database.owner().user(),
                            "spring.flyway.password", database.owner().password(),
                            "spring.flyway.placeholders.runtime_role", database.service().user())));
            step.register(MigrationStep.class);
            step.refresh();
        }
    }

    /** A connection as the owner of the database of a service under test, which does not have the password itself. */
    public static Connection connectAsOwner(Environment service) throws SQLException {
        var url = service.getRequiredProperty("spring.datasource.url");
        var owner = shared().postgres().database(url.substring(url.lastIndexOf('/') + 1)).owner();
        return DriverManager.getConnection(url, owner.user(), owner.password());
    }

    /** The Spring properties of a service's database, with the service's own role only, and the client secret of tests. */
    public static Map<String, String> properties(PostgresServer.Database database) {
        return Map.of("spring.datasource.url", database.jdbcUrl(),
                "spring.datasource.username", database.service().user(),
                "spring.datasource.password", database.service().password(),
                "ates.client-secret", CLIENT_SECRET);
    }

    /** The Spring properties of Kafka and the schema registry, for a service that may do everything in Kafka. */
    public Map<String, String> pipelineProperties() {
        return pipelineProperties(Principals.ADMIN);
    }

    /** The Spring properties of Kafka and the schema registry, with the rights of a principal. */
    public Map<String, String> pipelineProperties(String principal) {
        var properties = new HashMap<String, String>();
        kafka().client(principal, registry().client()).forEach((key, value) -> properties
                .put(key.equals("bootstrap.servers")
                        ? "spring.kafka.bootstrap-servers"
                        : "spring.kafka.properties." + key,
                        value.toString()));
        return properties;
    }

    /** The configuration of a Kafka client that may do everything, with these settings. */
    public Map<String, Object> kafkaClient(Map<String, ?> settings) {
        return kafka().client(Principals.ADMIN, settings);
    }

    /** Creates the topics of the contract and registers its schemas. */
    public void registerSchemas() {
        register(kafka(), registry());
    }

    private static void register(KafkaServer kafka, RegistryServer registry) {
        var client = kafka.client(Principals.ADMIN, registry.client());
        RegisterSchemas.run(client, client, Optional.empty(), REGISTERED_WITHIN);
    }

    private Pipeline startPipeline() {
        var principals = new Principals(home, Topics.principals());
        var kafka = CompletableFuture.supplyAsync(() -> containers == null
                ? started(new KafkaServer(home, 0, principals))
                : containers.kafka(home, principals));
        var registry = started(new RegistryServer(home, 0, postgres().createDatabase("registry"), principals));
        register(kafka.join(), registry);
        return new Pipeline(kafka.join(), registry);
    }

    private <P extends Part> P started(P part) {
        started.push(part);
        part.start();
        return part;
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("ates-test");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the processes, in reverse order of their start, and deletes their data. */
    @Override
    public void close() {
        List.copyOf(started).forEach(Part::close);
        started.clear();
        if (containers != null) {
            containers.close();
        }
        try {
            FileSystemUtils.deleteRecursively(home);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
