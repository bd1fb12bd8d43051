package com.uberpopug.ates.events;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates the contract's topics in Kafka and registers its schemas; running it again changes nothing. */
public final class RegisterSchemas {

    private static final Logger log = LoggerFactory.getLogger(RegisterSchemas.class);
    private static final Duration PAUSE = Duration.ofMillis(500);
    /** Kafka's keys that the connection needs. */
    private static final String CLIENT_KEYS = "bootstrap\\.servers|security\\.protocol|(sasl|ssl)\\..+";
    private static final String USAGE = """
            %s
            usage: java -jar schema-registry-app.jar [--wait-seconds SECONDS] [--command-config FILE]
              --wait-seconds             how long to wait for Kafka and the registry together (default 120)
              --command-config           properties of Kafka's client and of the registry's, such as sasl.jaas.config; they
                                         come before the environment's
            environment:
              KAFKA_BOOTSTRAP_SERVERS    or SPRING_KAFKA_BOOTSTRAP_SERVERS (default localhost:9092)
              SCHEMA_REGISTRY_URL        Confluent's API (default http://localhost:8081/apis/ccompat/v7)
              SCHEMA_REGISTRY_...        any other of Confluent's keys, such as SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO for
                                         schema.registry.basic.auth.user.info; SPRING_KAFKA_PROPERTIES_... as the services do
              KAFKA_SECURITY_PROTOCOL    and KAFKA_SASL_..., KAFKA_SSL_...: Kafka's keys, such as KAFKA_SASL_JAAS_CONFIG for
                                         sasl.jaas.config; or SPRING_KAFKA_PROPERTIES_... as the services do
              KAFKA_REPLICATION_FACTOR   of topics to be created (default: what the broker is set to)
            """;

    private RegisterSchemas() {
    }

    /**
     * Exits with 0 on success, 1 if Kafka or the registry contradicts the contract or stays away, 2 for a wrong call.
     */
    public static void main(String[] arguments) {
        try {
            var environment = System.getenv();
            var options = Options.of(List.of(arguments));
            var kafka = kafka(environment);
            options.config.forEach((key, value) -> {
                if (key.matches(CLIENT_KEYS)) {
                    kafka.put(key, value);
                }
            });
            var registry = registry(environment);
            registry.putAll(options.config);
            run(kafka, registry, replicationFactor(environment), options.patience);
        } catch (IllegalArgumentException | ConfigException wrongCall) {
            System.err.print(USAGE.formatted(wrongCall.getMessage()));
            System.exit(2);
        } catch (Refused refused) {
            log.error(refused.getMessage());
            System.exit(1);
        }
    }

    /**
     * Creates missing topics, corrects their retention and the rights of the contract's principals; sets
     * FULL_TRANSITIVE for the registry and for each subject; registers every schema. Retries while the broker or the
     * registry is away.
     *
     * @param kafka configuration of a client that may do all this, by Kafka's keys
     * @param registry Confluent's configuration keys; {@code schema.registry.url} is the base URL of its REST API, for
     *     example {@code http://localhost:8081/apis/ccompat/v7}
     * @param replicationFactor of new topics; empty for the broker's default
     * @param patience the longest time to wait for Kafka and the registry together
     * @throws Refused if the broker or the registry contradicts the contract, or did not answer in time
     * @throws ConfigException if a key is not supported or its value is invalid
     */
    public static void run(Map<String, ?> kafka, Map<String, ?> registry, Optional<Short> replicationFactor,
            Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        try (var contract = new Registry(registry)) {
            await("Kafka at " + kafka.get("bootstrap.servers"), deadline,
                    () -> KafkaTopics.create(kafka, replicationFactor));
            await("the schema registry at " + contract, deadline, contract::registerSchemas);
        }
        log.info("{} topics and {} schemas match the contract", Topics.all().size(), EventType.all().size());
    }

    /** Each attempt repeats all of the work, which is idempotent. */
    private static void await(String target, long deadline, Attempt attempt) {
        String lastReason = null;
        while (true) {
            try {
                attempt.run();
                return;
            } catch (Away away) {
                if (System.nanoTime() - deadline > 0) {
                    throw new Refused("Gave up waiting for %s: %s".formatted(target, away.reason));
                }
                if (!away.reason.equals(lastReason)) {
                    log.info("Waiting for {}: {}", target, away.reason);
                    lastReason = away.reason;
                }
            }
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                throw new Refused("Interrupted while waiting for " + target);
            }
        }
    }

    /** Kafka's keys from environment variables. */
    static Map<String, String> kafka(Map<String, String> environment) {
        var config = new HashMap<>(Map.of("bootstrap.servers", "localhost:9092"));
        Stream.of("SPRING_KAFKA_PROPERTIES_", "SPRING_KAFKA_", "KAFKA_").forEach(prefix -> environment
                .forEach((name, value) -> {
                    if (name.matches(prefix + "(BOOTSTRAP_SERVERS|SECURITY_PROTOCOL|(SASL|SSL)_.+)")) {
                        config.put(key(name.substring(prefix.length())), value);
                    }
                }));
        return config;
    }

    /** Confluent's keys from environment variables. Variables that Kubernetes sets for a service are skipped. */
    static Map<String, String> registry(Map<String, String> environment) {
        var config = new HashMap<>(Map.of("schema.registry.url", "http://localhost:8081/apis/ccompat/v7"));
        environment.forEach((name, value) -> {
            if (name.startsWith("SPRING_KAFKA_PROPERTIES_")) {
                config.put(key(name.substring("SPRING_KAFKA_PROPERTIES_".length())), value);
            }
        });
        environment.forEach((name, value) -> {
            if (name.startsWith("SCHEMA_REGISTRY_") && !name.matches("SCHEMA_REGISTRY_(SERVICE|PORT)(_.*)?")) {
                config.put(key(name), value);
            }
        });
        return config;
    }

    private static String key(String variable) {
        return variable.toLowerCase(Locale.ROOT).replace('_', '.');
    }

    private static Optional<Short> replicationFactor(Map<String, String> environment) {
        return Optional.ofNullable(environment.get("KAFKA_REPLICATION_FACTOR")).filter(text -> !text.isBlank())
                .map(text -> (short) positive("KAFKA_REPLICATION_FACTOR", text, Short.MAX_VALUE));
    }

    /** @param config what {@code --command-config} holds */
    record Options(Duration patience, Map<String, String> config) {

        static Options of(List<String> arguments) {
            var patience = Duration.ofMinutes(2);
            var config = Map.<String, String>of();
            for (int i = 0; i < arguments.size(); i += 2) {
                var option = arguments.get(i);
                if (i + 1 == arguments.size() || arguments.subList(0, i).contains(option)) {
                    throw new IllegalArgumentException("Unknown arguments: " + String.join(" ", arguments));
                }
                switch (option) {
                    case "--wait-seconds" -> patience = Duration
                            .ofSeconds(positive(option, arguments.get(i + 1), Integer.MAX_VALUE));
                    case "--command-config" -> config = read(Path.of(arguments.get(i + 1)));
                    default ->
                        throw new IllegalArgumentException("Unknown arguments: " + String.join(" ", arguments));
                }
            }
            return new Options(patience, config);
        }

        private static Map<String, String> read(Path file) {
            try (var text = Files.newBufferedReader(file)) {
                var properties = new Properties();
                properties.load(text);
                return properties.stringPropertyNames().stream()
                        .collect(Collectors.toMap(key -> key, properties::getProperty));
            } catch (IOException e) {
                throw new IllegalArgumentException("Cannot read " + file + ": " + e, e);
            }
        }
    }

    private static int positive(String name, String text, int highest) {
        try {
            int number = Integer.parseInt(text.strip());
            if (number >= 1 && number <= highest) {
                return number;
            }
        } catch (NumberFormatException _) {
            // Reported below.
        }
        throw new IllegalArgumentException("%s must be a number from 1 to %d, not '%s'".formatted(name, highest, text));
    }

    private interface Attempt {
        void run() throws Away;
    }

    /** Kafka or the registry is away or not ready yet: a retry may succeed. */
    static final class Away extends Exception {
        private final String reason;

        Away(String reason) {
            super(reason);
            this.reason = reason;
        }
    }

    /** Kafka or the registry contradicts the contract, and a retry will not help; the message says what and why. */
    public static final class Refused extends RuntimeException {
        Refused(String message) {
            super(message);
        }
    }
}
