package com.uberpopug.ates.localstack;

import static java.util.stream.Collectors.joining;

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
    static final List<String> SERVICES = List.copyOf(StackPorts.STANDARD.services().keySet());

    private static final String AUTH = "auth-service";
    private static final String ACCOUNTING = "accounting-service";

    /** The principal with which consumers outside of this system read topics. */
    static final String OTHER_TEAMS = "other-teams";

    private final Path home;
    private final Map<String, String> environment;
    private final Set<String> without = ConcurrentHashMap.newKeySet();
    private final Set<String> restarting = ConcurrentHashMap.newKeySet();
    private volatile Consumer<PartFailedException> onServiceDied = _ -> {
    };
    private final Secrets secrets;
    private final StackPorts ports;
    private final PostgresServer postgres;
    private final KafkaServer kafka;
    private final RegistryServer registry;
    private final MailSink mail;
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
        secrets = Secrets.in(home);
        postgres = new PostgresServer(home, ports.postgres());
        var principals = new Principals(home, Stream.concat(SERVICES.stream(), Stream.of(OTHER_TEAMS)).toList());
        kafka = new KafkaServer(home, ports.kafka(), principals);
        registry = new RegistryServer(home, ports.registry(), postgres.database("registry"), principals);
        mail = new MailSink(home, ports.mail());
        services = SERVICES.stream().map(this::process).toList();
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
                "SPRING_FLYWAY_USER", store.owner().user(),
                "SPRING_FLYWAY_PASSWORD", store.owner().password(),
                "ATES_ISSUER", address(AUTH), "ATES_CLIENT_SECRET", clientSecret(name)));
        var jar = LocalStackFiles.repository().resolve(name).resolve("target").resolve(name + ".jar");
        return new ServiceProcess(name, home, ports.of(name), jar, settings);
    }

    /** The variables that only this service needs. */
    private Map<String, String> ofOne(String name) {
        return switch (name) {
            case AUTH -> {
                var variables = new HashMap<>(
                        Map.of("ATES_KEY_SECRET", secrets.of("signing key"), "ATES_COMMAND_LINE", "true"));
                SERVICES.forEach(each -> variables.put("ATES_" + variable(database(each)) + "_CLIENT_SECRET",
                        clientSecret(each)));
                yield variables;
            }
            case ACCOUNTING -> Map.of("ATES_PRICE_SECRET", secrets.of("prices"), "SPRING_MAIL_HOST", "localhost",
                    "SPRING_MAIL_PORT", Integer.toString(mail.port()));
            default -> Map.of();
        };
    }

    private static String database(String service) {
        return service.replace("-service", "");
    }

    private static String variable(String name) {
        return name.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    private String address(String service) {
        return "http://localhost:" + ports.of(service);
    }

    private String clientSecret(String service) {
        return secrets.of(service + " as a client");
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
        return Stream.concat(Stream.of(postgres, kafka, registry, mail), services()).toList();
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

    /** The address of a service's database with its owner's credentials, in psql's form. */
    String databaseAddress(String service) {
        var owner = postgres.database(database(service)).owner();
        return "postgresql://%s:%s@localhost:%d/%s".formatted(owner.user(), owner.password(), postgres.port(),
                database(service));
    }

    /** A Kafka client's settings with which other teams read the topics. */
    public SortedMap<String, String> clientOfOtherTeams() {
        var settings = new TreeMap<>(kafka.client(OTHER_TEAMS));
        settings.putAll(registry.client());
        return settings;
    }

    /** The service of a name, started here or not. */
    ServiceProcess service(String name) {
        return services.stream().filter(service -> service.name().equals(name)).findFirst().orElseThrow();
    }

    /**
     * Stops a service, if it runs, and starts its current jar.
     *
     * @throws PartFailedException if it does not become healthy
     */
    void restart(String name) {
        var service = service(name);
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
        var databases = inBackground(() -> {
            postgres.start();
            supervise(postgres);
            done.accept(postgres.name());
            createDatabases();
        });
        var mailbox = inBackground(() -> start(mail, done));
        var broker = inBackground(() -> start(kafka, done));
        var contract = inBackground(() -> {
            databases.join();
            start(registry, done);
            broker.join();
            registerSchemas();
            done.accept(SCHEMAS);
        });
        var services = services().map(service -> inBackground(() -> {
            databases.join();
            service.start();
            supervise(service);
            contract.join();
            awaitHealthy(service);
            done.accept(service.name());
        }));
        var everything = CompletableFuture
                .allOf(Stream.concat(Stream.of(contract, mailbox), services).toArray(CompletableFuture[]::new));
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
        Stream.of(registry, kafka, mail).parallel().forEach(Part::close);
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
