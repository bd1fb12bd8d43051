package com.uberpopug.ates.events;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings Kafka and the schema registry to what the contract says; where they are there already, it changes nothing. */
public final class RegisterSchemas {

    private static final Logger log = LoggerFactory.getLogger(RegisterSchemas.class);
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final String USAGE = """
            %s
            usage: java -jar schema-registry-app.jar [--wait-seconds SECONDS]
              --wait-seconds             how long to wait for Kafka and the registry together (default 120)
            environment:
              KAFKA_BOOTSTRAP_SERVERS    or SPRING_KAFKA_BOOTSTRAP_SERVERS (default localhost:9092)
              SCHEMA_REGISTRY_URL        Confluent's API (default http://localhost:8081/apis/ccompat/v7)
              SCHEMA_REGISTRY_...        any other of Confluent's keys, such as SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO for
                                         schema.registry.basic.auth.user.info; SPRING_KAFKA_PROPERTIES_... as the services do
              KAFKA_REPLICATION_FACTOR   of topics to be created (default: what the broker is set to)
            """;

    private RegisterSchemas() {
    }

    /** Exits with 0 when all is as the contract says, 1 where that cannot be had, 2 where it was called wrongly. */
    public static void main(String[] arguments) {
        try {
            var environment = System.getenv();
            run(environment.getOrDefault("KAFKA_BOOTSTRAP_SERVERS",
                    environment.getOrDefault("SPRING_KAFKA_BOOTSTRAP_SERVERS", "localhost:9092")),
                    registry(environment), replicationFactor(environment), patience(List.of(arguments)));
        } catch (IllegalArgumentException | ConfigException wrongCall) {
            System.err.print(USAGE.formatted(wrongCall.getMessage()));
            System.exit(2);
        } catch (Refused refused) {
            log.error(refused.getMessage());
            System.exit(1);
        }
    }

    /**
     * Creates the topics, or corrects how long they keep their records; makes FULL_TRANSITIVE the rule of the registry
     * and of each subject; registers every schema. A broker or registry that does not answer yet is waited for.
     *
     * @param registryUrl       where Confluent's REST API is, for example {@code http://localhost:8081/apis/ccompat/v7}
     * @param replicationFactor of the topics to be created; empty for the broker's own setting
     * @param patience          for how long to wait for both together
     * @throws Refused where broker or registry hold what contradicts the contract, or did not answer in time
     */
    public static void run(String bootstrapServers, String registryUrl, Optional<Short> replicationFactor,
            Duration patience) {
        run(bootstrapServers, Map.of("schema.registry.url", registryUrl), replicationFactor, patience);
    }

    /**
     * The same.
     *
     * @param registry Confluent's configuration keys
     * @throws ConfigException where one of them cannot be obeyed
     */
    public static void run(String bootstrapServers, Map<String, ?> registry, Optional<Short> replicationFactor,
            Duration patience) {
        try (var contract = new Registry(registry)) {
            run(bootstrapServers, contract, replicationFactor, patience);
        }
    }

    private static void run(String bootstrapServers, Registry registry, Optional<Short> replicationFactor,
            Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        await("Kafka at " + bootstrapServers, deadline,
                () -> KafkaTopics.bringAbout(bootstrapServers, replicationFactor));
        await("the schema registry at " + registry, deadline, registry::bringAbout);
        log.info("{} topics and {} schemas are as the contract says", Topics.all().size(), EventType.all().size());
    }

    /** Each attempt does its whole work again, which is harmless because all of it is idempotent. */
    private static void await(String whom, long deadline, Attempt attempt) {
        String lastReason = null;
        while (true) {
            try {
                attempt.run();
                return;
            } catch (Away away) {
                if (System.nanoTime() - deadline > 0) {
                    throw new Refused("Gave up waiting for %s: %s".formatted(whom, away.reason));
                }
                if (!away.reason.equals(lastReason)) {
                    log.info("Waiting for {}: {}", whom, away.reason);
                    lastReason = away.reason;
                }
            }
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                throw new Refused("Interrupted while waiting for " + whom);
            }
        }
    }

    /** What environment variables say in the way of Confluent's keys; what Kubernetes adds for a service is none of it. */
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

    private static Duration patience(List<String> arguments) {
        if (arguments.isEmpty()) {
            return Duration.ofMinutes(2);
        }
        if (arguments.size() != 2 || !arguments.getFirst().equals("--wait-seconds")) {
            throw new IllegalArgumentException("Do not know what to do with " + String.join(" ", arguments));
        }
        return Duration.ofSeconds(positive("--wait-seconds", arguments.getLast(), Integer.MAX_VALUE));
    }

    private static int positive(String name, String text, int highest) {
        try {
            int number = Integer.parseInt(text.strip());
            if (number >= 1 && number <= highest) {
                return number;
            }
        } catch (NumberFormatException _) {
            // Said below.
        }
        throw new IllegalArgumentException("%s must be a number from 1 to %d, not '%s'".formatted(name, highest, text));
    }

    private interface Attempt {
        void run() throws Away;
    }

    /** Whom we need does not answer, or not yet properly; it may a moment later. */
    static final class Away extends Exception {
        private final String reason;

        Away(String reason) {
            super(reason);
            this.reason = reason;
        }
    }

    /** What the contract wants cannot be had, and waiting will not help; the message says what and why. */
    public static final class Refused extends RuntimeException {
        Refused(String message) {
            super(message);
        }
    }
}
