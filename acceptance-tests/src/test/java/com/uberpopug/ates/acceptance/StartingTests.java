package com.uberpopug.ates.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.acceptance.DatabaseLink.Moment;
import com.uberpopug.ates.localstack.parts.ChildProcess;
import com.uberpopug.ates.localstack.parts.KafkaServer;
import com.uberpopug.ates.localstack.parts.LocalStackFiles;
import com.uberpopug.ates.localstack.parts.Part;
import com.uberpopug.ates.localstack.parts.PostgresServer;
import com.uberpopug.ates.localstack.parts.PostgresServer.Database;
import com.uberpopug.ates.localstack.parts.Principals;
import com.uberpopug.ates.localstack.parts.RegistryServer;
import com.uberpopug.ates.localstack.parts.ServiceProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Each service starts although its database goes away at some moment of the start, or of the migrations beside it: the
 * process stays alive, becomes healthy, and completes its set-up. The parts are its own, so that no other service
 * shares the consumer groups.
 */
@OfLocalStack
@Execution(ExecutionMode.CONCURRENT)
class StartingTests {

    private static final Logger log = LoggerFactory.getLogger(StartingTests.class);
    private static final Path HOME = LocalStackFiles.repository().resolve("acceptance-tests/target/starts");
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    /**
     * The long form: the number of moments in a start, half of them during migrations, and the length of each outage.
     */
    private static final int MOMENTS = Integer.getInteger("ates.starts.moments", 10);
    private static final List<Duration> AWAY = Stream.of(System.getProperty("ates.starts.seconds", "2,6,20").split(","))
            .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds))).toList();
    private static final List<String> JOBS_OF_ALL = List.of("forget-old-facts", "forget-old-idempotency-keys");

    private static final PostgresServer POSTGRES = new PostgresServer(HOME, 0, false);
    private static final Principals PRINCIPALS = new Principals(HOME,
            Arrays.stream(Service.values()).map(Service::principal).toList());
    private static final KafkaServer KAFKA = new KafkaServer(HOME, 0, PRINCIPALS);
    private static final RegistryServer REGISTRY = new RegistryServer(HOME, 0, POSTGRES.database("registry"),
            PRINCIPALS);
    private static final AtomicInteger STARTS = new AtomicInteger();

    /** A service, the moment of its start right behind its migrations, and its jobs beside the platform's. */
    private enum Service {

        AUTH("insert into oauth2_registered_client", "delete-expired-authorizations", "forget-old-sessions",
                "forget-old-sign-in-attempts", "rotate-signing-keys"),
        TASKS("_service\0"), ACCOUNTING("from scheduled_tasks", "send-emails", "close-business-days", "check-ledger"),
        ANALYTICS("_service\0");

        private final String behindMigrations;
        private final List<String> jobs;

        Service(String behindMigrations, String... jobs) {
            this.behindMigrations = behindMigrations;
            this.jobs = Stream.concat(JOBS_OF_ALL.stream(), Arrays.stream(jobs)).sorted().toList();
        }

        String database() {
            return name().toLowerCase(Locale.ROOT);
        }

        String principal() {
            return database() + "-service";
        }

        Database newDatabase() {
            return POSTGRES.createDatabase(database() + "_" + STARTS.incrementAndGet());
        }
    }

    @BeforeAll
    static void start() throws IOException {
        LocalStackFiles.deleteRecursively(HOME);
        Files.createDirectories(HOME);
        Runtime.getRuntime().addShutdownHook(new Thread(StartingTests::stop));
        POSTGRES.start();
        POSTGRES.createDatabase("registry");
        KAFKA.start();
        REGISTRY.start();
        var schemas = LocalStackFiles.repository().resolve("schema-registry/target/schema-registry-app.jar");
        var environment = new HashMap<>(KAFKA.environment(Principals.ADMIN));
        environment.putAll(REGISTRY.environment());
        ChildProcess.start("schemas", HOME.resolve("log/schemas.log"), "TERM",
                environment,
                Part.java(List.of("-jar", schemas.toString()))).awaitSuccess(PATIENCE);
    }

    @AfterAll
    static void stop() {
        Stream.of(REGISTRY, KAFKA, POSTGRES).forEach(Part::close);
    }

    @Test
    void each_service_starts_after_a_database_outage_behind_its_migrations() throws Exception {
        inParallel(2, Arrays.stream(Service.values()).<Callable<List<String>>>map(service -> () -> starts(service,
                service.newDatabase(), "behind its migrations", (_, message) -> message.contains(
                        service.behindMigrations),
                Duration.ofSeconds(6))).toList());
    }

    /** The four services side by side: an hour and more. */
    @Test
    @Tag("long")
    void each_service_starts_after_a_database_outage_at_any_moment() throws Exception {
        inParallel(Service.values().length, Arrays.stream(Service.values()).<Callable<List<String>>>map(
                service -> () -> startsWhenever(service)).toList());
    }

    private static List<String> startsWhenever(Service service) throws Exception {
        var wrong = new ArrayList<String>();
        var kept = service.newDatabase();
        for (boolean first : new boolean[]{true, false}) {
            int[] messages = undisturbed(service, kept);
            for (int number = 0; number < MOMENTS; number++) {
                int moment = moment(number, messages[0], messages[1]);
                for (var away : AWAY) {
                    wrong.addAll(starts(service, first ? service.newDatabase() : kept,
                            "%s start, message %d of %d (%d are the migrations')".formatted(first ? "first" : "later",
                                    moment, messages[1], messages[0]),
                            (sent, _) -> sent >= moment, away));
                }
            }
        }
        return wrong;
    }

    /** One half is spread over the migrations, the other over the rest. */
    private static int moment(int number, int migrations, int all) {
        int half = (MOMENTS + 1) / 2;
        return 1 + (number < half
                ? migrations * number / half
                : migrations + (all - migrations) * (number - half) / Math.max(1, MOMENTS - half));
    }

    /** The number of messages of a start to the database: those of its migrations, and all. */
    private static int[] undisturbed(Service service, Database database) throws Exception {
        try (var link = new DatabaseLink(POSTGRES.port()); var process = process(service, database, link)) {
            process.migrate(database.owner());
            process.start();
            assertThat(link.sentByMigrations()).isPositive();
            return new int[]{link.sentByMigrations(), link.sent()};
        }
    }

    /** Returns the differences from a healthy start. */
    private static List<String> starts(Service service, Database database, String when, Moment moment, Duration away) {
        var what = "%s, %s, away for %d s".formatted(service, when, away.toSeconds());
        var began = System.nanoTime();
        try (var link = new DatabaseLink(POSTGRES.port()); var process = process(service, database, link)) {
            link.cutsAt(moment, away);
            // Beside the start, as in ./ates up.
            var migrated = CompletableFuture.runAsync(() -> process.migrate(database.owner()));
            process.start();
            migrated.join();
            await(what).atMost(PATIENCE).until(() -> !process.process().isAlive()
                    || link.wasCut() && process.health().equals(Part.HEALTHY)
                            && missing(service, database).isEmpty());
            assertThat(process.process().isAlive()).as("the process is alive").isTrue();
            log.info("{}: healthy after {} ms", what, Duration.ofNanos(System.nanoTime() - began).toMillis());
            return List.of();
        } catch (Exception | AssertionError e) {
            var found = what + ": " + e.getMessage() + "; missing: " + missing(service, database);
            log.error("{}", found);
            return List.of(found);
        }
    }

    /** Parts of the set-up that are missing. */
    private static List<String> missing(Service service, Database database) {
        var missing = new ArrayList<>(service.jobs);
        try (var connection = DriverManager.getConnection(database.jdbcUrl(), database.owner().user(),
                database.owner().password()); var statement = connection.createStatement()) {
            try (var rows = statement
                    .executeQuery("select task_name from scheduled_tasks where task_instance = 'recurring'")) {
                while (rows.next()) {
                    missing.remove(rows.getString(1));
                }
            }
            if (service == Service.AUTH) {
                try (var rows = statement.executeQuery("""
                        select (select count(*) from users), (select count(*) from oauth2_registered_client),
                               (select count(*) from signing_keys)
                        """)) {
                    rows.next();
                    if (rows.getInt(1) != 8 || rows.getInt(2) != 5 || rows.getInt(3) != 1) {
                        missing.add("users %d, clients %d, keys %d".formatted(rows.getInt(1), rows.getInt(2),
                                rows.getInt(3)));
                    }
                }
            }
        } catch (SQLException e) {
            missing.add(e.getMessage());
        }
        return missing;
    }

    private static ServiceProcess process(Service service, Database database, DatabaseLink link) {
        var jar = service.principal();
        var name = jar + "-" + STARTS.incrementAndGet();
        var settings = new HashMap<>(Map.of("SPRING_DATASOURCE_URL", link.through(database.jdbcUrl()),
                "SPRING_DATASOURCE_USERNAME", database.service().user(),
                "SPRING_DATASOURCE_PASSWORD", database.service().password(),
                // Each start is a deployment of its own: its relay must not fence another's.
                "SPRING_KAFKA_PRODUCER_PROPERTIES_TRANSACTIONAL_ID", name, "ATES_DEMO", "true"));
        settings.putAll(KAFKA.environment(service.principal()));
        settings.putAll(REGISTRY.environment());
        settings.put("ATES_PRICE_SECRET", "a secret of the tests, long enough");
        settings.put("ATES_KEY_SECRET", "a secret of the tests, long enough");
        return new ServiceProcess(name, HOME, 0,
                LocalStackFiles.repository().resolve(jar).resolve("target").resolve(jar + ".jar"), settings);
    }

    private static void inParallel(int threads, List<Callable<List<String>>> starts) throws Exception {
        var wrong = new ArrayList<String>();
        try (var executor = Executors.newFixedThreadPool(threads)) {
            for (var each : executor.invokeAll(starts)) {
                wrong.addAll(each.get());
            }
        }
        assertThat(wrong).isEmpty();
    }
}
