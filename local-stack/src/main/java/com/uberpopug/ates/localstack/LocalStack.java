package com.uberpopug.ates.localstack;

import static java.util.stream.Collectors.joining;

import com.uberpopug.ates.localstack.parts.CatalogueSite;
import com.uberpopug.ates.localstack.parts.ChildProcess;
import com.uberpopug.ates.localstack.parts.KafkaServer;
import com.uberpopug.ates.localstack.parts.MailSink;
import com.uberpopug.ates.localstack.parts.LocalStackFiles;
import com.uberpopug.ates.localstack.parts.Part;
import com.uberpopug.ates.localstack.parts.PartFailedException;
import com.uberpopug.ates.localstack.parts.PostgresServer;
import com.uberpopug.ates.localstack.parts.Principals;
import com.uberpopug.ates.localstack.parts.RegistryServer;
import com.uberpopug.ates.localstack.parts.Secrets;
import com.uberpopug.ates.localstack.parts.ServiceProcess;
import com.uberpopug.ates.localstack.parts.StartCaches;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The whole system, each part a process of its own; all of them end when this is closed, or when this JVM is killed.
 */
public final class LocalStack implements AutoCloseable {
    /** The only step of the start without a process: topics and schemas. */
    private static final String SCHEMAS = "schemas";

    /** The names of the services. */
    public static final List<String> SERVICES = List.copyOf(StackPorts.STANDARD.services().keySet());

    private static final String AUTH = "auth-service";
    private static final String ACCOUNTING = "accounting-service";
    /** The client that reads metrics. */
    public static final String PROMETHEUS = "prometheus";

    /** The principal with which consumers outside of this system read topics. */
    public static final String OTHER_TEAMS = "other-teams";
    /** The principal with which admins' tools read the security log. */
    public static final String SECURITY_TOOLS = "security-tools";
    /** Who reads topics without being a service. */
    public static final List<String> READERS = List.of(OTHER_TEAMS, SECURITY_TOOLS);

    private final Path home;
    private final Map<String, String> environment;
    private final Set<String> without = ConcurrentHashMap.newKeySet();
    private final Set<String> restarting = ConcurrentHashMap.newKeySet();
    private volatile Consumer<PartFailedException> onServiceDied = _ -> {
    };
    private final ServiceSecrets secrets;
    private final StackPorts ports;
    private final PostgresServer postgres;
    private final KafkaServer kafka;
    private final RegistryServer registry;
    private final MailSink mail;
    private final CatalogueSite catalogue;
    private final List<ServiceProcess> services;
    private final CompletableFuture<PartFailedException> failure = new CompletableFuture<>();
    private volatile StartCaches caches = StartCaches.NONE;
    private volatile boolean started;
    private volatile boolean closing;

    /** The demo, with its users. */
    public LocalStack(Path home, StackPorts ports) {
        this(home, ports, Map.of("ATES_DEMO", "true"));
    }

    /**
     * @param home the directory of the data, the logs and the key to all secrets, kept between runs
     * @param environment additional variables of each service
     */
    public LocalStack(Path home, StackPorts ports, Map<String, String> environment) {
        this.home = home;
        this.ports = ports;
        this.environment = environment;
        secrets = new ServiceSecrets(Secrets.in(home));
        postgres = new PostgresServer(home, ports.postgres());
        var principals = principals(home);
        kafka = new KafkaServer(home, ports.kafka(), principals);
        registry = new RegistryServer(home, ports.registry(), postgres.database("registry"), principals);
        mail = new MailSink(home, ports.mail());
        catalogue = new CatalogueSite(home, ports.catalogue());
        services = SERVICES.stream().map(this::process).toList();
    }

    /** The name of a service's database. */
    public static String database(String service) {
        return service.replace("-service", "");
    }

    /** The clients of Kafka and of the registry, with the passwords of this directory's secret. */
    public static Principals principals(Path home) {
        return new Principals(home,
                Stream.concat(SERVICES.stream(), READERS.stream()).toList());
    }

    private ServiceProcess process(String name) {
        var store = postgres.database(database(name));
        var settings = new HashMap<>(environment);
        settings.putAll(ofOne(name));
        settings.putAll(kafka.environment(name));
        settings.putAll(registry.environment());
        SERVICES.forEach(each -> settings.put("ATES_SERVICES_" + variable(database(each)), address(each)));
        settings.putAll(Map.of("SPRING_DATASOURCE_URL", store.jdbcUrl(),
                "SPRING_DATASOURCE_USERNAME", store.service().user(),
                "SPRING_DATASOURCE_PASSWORD", store.service().password(),
                "ATES_ISSUER", address(AUTH), "ATES_CLIENT_SECRET", clientSecret(name)));
        var jar = LocalStackFiles.repository().resolve(name).resolve("target").resolve(name + ".jar");
        return new ServiceProcess(name, home, ports.of(name), jar, settings);
    }

    /** The variables that only this service needs. */
    private Map<String, String> ofOne(String name) {
        return switch (name) {
            case AUTH -> {
                var variables = new HashMap<>(mailServer());
                variables.put("ATES_KEY_SECRET", secrets.signingKeys());
                variables.put("ATES_COMMAND_LINE", "true");
                variables.put("ATES_PROMETHEUS_CLIENT_SECRET", secrets.client(PROMETHEUS));
                SERVICES.forEach(each -> variables.put("ATES_" + variable(database(each)) + "_CLIENT_SECRET",
                        clientSecret(each)));
                yield variables;
            }
            case ACCOUNTING -> {
                var variables = new HashMap<>(mailServer());
                variables.put("ATES_PRICE_SECRET", secrets.prices());
                yield variables;
            }
            default -> Map.of();
        };
    }

    private Map<String, String> mailServer() {
        return Map.of("SPRING_MAIL_HOST", "localhost", "SPRING_MAIL_PORT", Integer.toString(mail.port()));
    }

    private static String variable(String name) {
        return name.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    private String address(String service) {
        return "http://localhost:" + ports.of(service);
    }

    private String clientSecret(String service) {
        return secrets.client(service);
    }

    public PostgresServer postgres() {
        return postgres;
    }

    public KafkaServer kafka() {
        return kafka;
    }

    public RegistryServer registry() {
        return registry;
    }

    public MailSink mail() {
        return mail;
    }

    public CatalogueSite catalogue() {
        return catalogue;
    }

    public ServiceProcess auth() {
        return service(AUTH);
    }

    public ServiceProcess tasks() {
        return service("tasks-service");
    }

    public ServiceProcess accounting() {
        return service(ACCOUNTING);
    }

    public ServiceProcess analytics() {
        return service("analytics-service");
    }

    /** All processes in the order of their dependencies. */
    public List<Part> parts() {
        return Stream.concat(Stream.of(postgres, kafka, registry, mail, catalogue), services()).toList();
    }

    /** Excludes services that run elsewhere. */
    void leaveOut(Collection<String> services) {
        without.addAll(services);
    }

    /** Opens a debug port for services, from 5005 on. */
    void debug(List<String> services) {
        for (int i = 0; i < services.size(); i++) {
            service(services.get(i)).with("JAVA_TOOL_OPTIONS",
                    "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:" + (5005 + i));
        }
    }

    /** Lets the services read their templates from the sources, so that a change is seen when a page is loaded. */
    void readTemplatesFromSources() {
        var root = LocalStackFiles.repository();
        services.forEach(service -> service.with("ATES_TEMPLATES", Stream
                .of(root.resolve(service.name()), root.resolve("platform/pages"))
                .map(module -> module.resolve("src/main/resources/templates").toString()).collect(joining(","))));
    }

    /**
     * The environment in which psql opens a service's database as its owner; a password among its arguments would be
     * readable by all users of the machine.
     */
    SortedMap<String, String> psqlEnvironment(String service) {
        var owner = postgres.database(database(service)).owner();
        return new TreeMap<>(Map.of("PGHOST", "localhost", "PGPORT", Integer.toString(postgres.port()), "PGUSER",
                owner.user(), "PGPASSWORD", owner.password(), "PGDATABASE", database(service)));
    }

    /**
     * A Kafka client's settings.
     *
     * @param principal one of {@link #READERS}
     */
    public SortedMap<String, String> kafkaClient(String principal) {
        var settings = new TreeMap<>(kafka.client(principal));
        settings.putAll(registry.client());
        return settings;
    }

    /** The service of a name, started here or not. */
    ServiceProcess service(String name) {
        return services.stream().filter(service -> service.name().equals(name)).findFirst().orElseThrow();
    }

    /**
     * Migrates a service's database, stops the service, if it runs, and starts its current jar.
     *
     * @throws PartFailedException if it does not become healthy
     */
    void restart(String name) {
        var service = service(name);
        migrate(service);
        restarting.add(name);
        try {
            service.stop();
            service.start();
            awaitHealthy(service);
        } finally {
            restarting.remove(name);
        }
        supervise(service);
    }

    /** @param report called for each service that ends unexpectedly after the system has started */
    void reportTo(Consumer<PartFailedException> report) {
        onServiceDied = report;
    }

    /** The steps that {@link #start} reports. */
    public List<String> steps() {
        return Stream.concat(parts().stream().map(Part::name), Stream.of(SCHEMAS)).toList();
    }

    /**
     * Starts every part as soon as its dependencies are healthy, and returns when all are.
     *
     * @param done called with the name of each of {@link #steps()}, on any thread
     * @throws PartFailedException as soon as one step fails; the other parts run until {@link #close}
     */
    public void start(Consumer<String> done) {
        secrets.writeClient(PROMETHEUS, home.resolve("prometheus-secret"));
        var databases = inBackground(() -> {
            postgres.start();
            supervise(postgres);
            done.accept(postgres.name());
            createDatabases();
        });
        var mailbox = inBackground(() -> start(mail, done));
        var site = inBackground(() -> start(catalogue, done));
        var broker = inBackground(() -> start(kafka, done));
        var contract = inBackground(() -> {
            databases.join();
            start(registry, done);
            broker.join();
            registerSchemas();
            done.accept(SCHEMAS);
        });
        // Beside the start of its service, which waits for it; also for a service that runs elsewhere.
        var migrations = this.services.stream().map(service -> inBackground(() -> {
            databases.join();
            migrate(service);
        }));
        var services = services().map(service -> inBackground(() -> {
            databases.join();
            service.start();
            supervise(service);
            contract.join();
            awaitHealthy(service);
            done.accept(service.name());
        }));
        var everything = CompletableFuture
                .allOf(Stream.of(Stream.of(contract, mailbox, site), migrations, services).flatMap(steps -> steps)
                        .toArray(CompletableFuture[]::new));
        CompletableFuture.anyOf(everything, failure).exceptionally(_ -> failure.join()).join();
        if (failure.isDone()) {
            throw failure.join();
        }
        started = true;
    }

    /** Makes the following starts use the start caches. */
    void use(StartCaches caches) {
        this.caches = caches;
        parts().forEach(part -> part.use(caches));
    }

    /** Completes when a step of the start fails, or a part that all others need ends unexpectedly. */
    public CompletableFuture<PartFailedException> failure() {
        return failure;
    }

    /** Ends the services first, while they can still send and store. */
    @Override
    public void close() {
        closing = true;
        services().parallel().forEach(Part::close);
        Stream.of(registry, kafka, mail, catalogue).parallel().forEach(Part::close);
        postgres.close();
    }

    private void start(Part part, Consumer<String> done) {
        part.start();
        supervise(part);
        done.accept(part.name());
    }

    private void supervise(Part part) {
        var process = part.process();
        process.onExit().thenRun(() -> {
            if (closing || restarting.contains(part.name())) {
                return;
            }
            if (part instanceof ServiceProcess && started) {
                // The other parts keep running, and the service can be restarted.
                onServiceDied.accept(process.died());
            } else {
                failure.complete(process.died());
            }
        });
    }

    void createDatabases() {
        Stream.concat(Stream.of("registry"), SERVICES.stream().map(LocalStack::database))
                .forEach(postgres::createDatabase);
    }

    /**
     * Migrates a service's database by its jar, in a process of its own that has the owner's password. The database's
     * comment keeps which program has done it last, so that an unchanged one does not run again.
     *
     * @throws PartFailedException if the migrations fail
     */
    void migrate(ServiceProcess service) {
        var database = database(service.name());
        var program = "migrated by " + service.fingerprint();
        if (!postgres.comment(database).equals(Optional.of(program))) {
            service.migrate(postgres.database(database).owner());
            postgres.comment(database, program);
        }
    }

    /** The same for the service of a name, whatever has migrated its database before. */
    void migrate(String name) {
        postgres.createDatabase(database(name));
        postgres.comment(database(name), "");
        migrate(service(name));
    }

    void registerSchemas() {
        var jar = LocalStackFiles.repository().resolve("schema-registry/target/schema-registry-app.jar");
        var environment = new HashMap<>(kafka.environment(Principals.ADMIN));
        environment.putAll(registry.environment());
        ChildProcess.start(SCHEMAS, home.resolve("log").resolve(SCHEMAS + ".log"), "TERM", environment,
                Part.java(List.of("-jar", jar.toString()))).awaitSuccess(caches.startsWithin());
    }

    void awaitHealthy(ServiceProcess service) {
        service.process().awaitReady(caches.startsWithin(), () -> service.health().equals(Part.HEALTHY));
    }

    private CompletableFuture<Void> inBackground(Runnable step) {
        var result = new CompletableFuture<Void>();
        Thread.startVirtualThread(() -> {
            try {
                step.run();
                result.complete(null);
            } catch (RuntimeException e) {
                // A step that waited for a failed one adds no information: the first failure stays.
                failure.complete(
                        e instanceof PartFailedException failed ? failed : new PartFailedException(e.toString(), e));
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    Stream<ServiceProcess> services() {
        return services.stream().filter(service -> !without.contains(service.name()));
    }
}
