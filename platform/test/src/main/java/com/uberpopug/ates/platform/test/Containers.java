package com.uberpopug.ates.platform.test;

import com.uberpopug.ates.localstack.parts.KafkaServer;
import com.uberpopug.ates.localstack.parts.Ports;
import com.uberpopug.ates.localstack.parts.PostgresServer;
import com.uberpopug.ates.localstack.parts.Principals;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/**
 * PostgreSQL and Kafka of the vendors' images, as in docker-compose.yml, instead of the local parts: the same versions,
 * passwords and rights.
 */
final class Containers implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Containers.class);
    private static final String WANTED = "ates.containers";
    private static final String POSTGRES = "postgres:18";
    private static final String KAFKA = "apache/kafka:4.3.1";
    private static final int POSTGRES_PORT = 5432;
    private static final int KAFKA_PORT = 9092;

    private final ConcurrentLinkedDeque<GenericContainer<?>> started = new ConcurrentLinkedDeque<>();

    private Containers() {
    }

    /** Null without {@code -Dates.containers=true}, and without Docker. */
    static @Nullable Containers ifWanted() {
        if (!Boolean.getBoolean(WANTED)) {
            return null;
        }
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            log.warn("There is no Docker, so {} has no effect: the tests use the local parts", WANTED);
            return null;
        }
        return new Containers();
    }

    /** @param home with the secret from which the passwords follow */
    PostgresServer postgres(Path home) {
        var server = started(new GenericContainer<>(POSTGRES).withExposedPorts(POSTGRES_PORT)
                .withEnv("POSTGRES_PASSWORD", PostgresServer.at("localhost", 0, home).superuser().password())
                .withEnv("POSTGRES_INITDB_ARGS",
                        "--encoding=UTF8 --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8")
                .withCommand("postgres", "-c", "max_connections=200", "-c", "fsync=off", "-c", "synchronous_commit=off",
                        "-c", "full_page_writes=off", "-c", "timezone=UTC", "-c", "log_timezone=UTC")
                // Before that, it listens to itself only.
                .waitingFor(Wait.forLogMessage(".*database system is ready to accept connections.*", 2)));
        return PostgresServer.at("localhost", server.getMappedPort(POSTGRES_PORT), home);
    }

    KafkaServer kafka(Path home, Principals principals) {
        // The broker gives clients its address, so the port must be chosen first.
        int port = Ports.free();
        var broker = new GenericContainer<>(KAFKA)
                .withEnv("KAFKA_HEAP_OPTS", "-XX:+UseSerialGC -Xms48m -Xmx256m")
                .withEnv("KAFKA_NODE_ID", "1")
                .withEnv("KAFKA_PROCESS_ROLES", "broker,controller")
                .withEnv("KAFKA_CONTROLLER_QUORUM_VOTERS", "1@localhost:9093")
                .withEnv("KAFKA_LISTENERS", "INSIDE://:19092,OUTSIDE://:" + KAFKA_PORT + ",CONTROLLER://:9093")
                .withEnv("KAFKA_ADVERTISED_LISTENERS", "INSIDE://localhost:19092,OUTSIDE://localhost:" + port)
                .withEnv("KAFKA_LISTENER_SECURITY_PROTOCOL_MAP",
                        "INSIDE:SASL_PLAINTEXT,OUTSIDE:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT")
                .withEnv("KAFKA_INTER_BROKER_LISTENER_NAME", "INSIDE")
                .withEnv("KAFKA_CONTROLLER_LISTENER_NAMES", "CONTROLLER")
                .withEnv("KAFKA_SASL_ENABLED_MECHANISMS", "PLAIN")
                .withEnv("KAFKA_SASL_MECHANISM_INTER_BROKER_PROTOCOL", "PLAIN")
                .withEnv("KAFKA_SASL_MECHANISM_CONTROLLER_PROTOCOL", "PLAIN")
                .withEnv("KAFKA_LISTENER_NAME_INSIDE_PLAIN_SASL_JAAS_CONFIG", principals.clientLogins())
                .withEnv("KAFKA_LISTENER_NAME_OUTSIDE_PLAIN_SASL_JAAS_CONFIG", principals.clientLogins())
                .withEnv("KAFKA_LISTENER_NAME_CONTROLLER_PLAIN_SASL_JAAS_CONFIG", principals.controllerLogins())
                .withEnv("KAFKA_AUTHORIZER_CLASS_NAME", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
                .withEnv("KAFKA_SUPER_USERS", "User:admin;User:node")
                .withEnv("KAFKA_ALLOW_EVERYONE_IF_NO_ACL_FOUND", "false")
                .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
                .withEnv("KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR", "1")
                .withEnv("KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS", "1")
                .withEnv("KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR", "1")
                .withEnv("KAFKA_TRANSACTION_STATE_LOG_MIN_ISR", "1")
                .withEnv("KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS", "1")
                .withEnv("KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR", "1")
                .withEnv("KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR", "1")
                .withEnv("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0")
                .withEnv("KAFKA_LOG_CLEANER_DEDUPE_BUFFER_SIZE", "4194304")
                .waitingFor(Wait.forLogMessage(".*Kafka Server started.*", 1));
        broker.setPortBindings(List.of("127.0.0.1:" + port + ":" + KAFKA_PORT));
        started(broker);
        return KafkaServer.at(port, home, principals);
    }

    private GenericContainer<?> started(GenericContainer<?> container) {
        started.push(container);
        container.start();
        return container;
    }

    /** Removes them with their data. */
    @Override
    public void close() {
        started.forEach(GenericContainer::stop);
        started.clear();
    }
}
