package com.uberpopug.ates.counting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.events.RegisterSchemas;
import com.uberpopug.ates.localstack.parts.Ports;
import com.uberpopug.ates.localstack.parts.Principals;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.test.RealParts;
import com.uberpopug.ates.platform.test.SelfSigned;
import com.uberpopug.ates.platform.test.ServiceTest;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** A broker that speaks TLS only, with a certificate of its own authority, and a service that trusts it. */
@ServiceTest(database = "counting", properties = "ates.unknown-schema-patience=2s")
class KafkaOverTlsTests {

    private static final SelfSigned BROKER = SelfSigned.create();
    private static final int PORT = Ports.free();
    private static final String PASSWORD = "of-the-service";
    private static final KafkaRaftServer SERVER = start();

    @Autowired
    Counters counters;
    @Autowired
    Tallies tallies;

    /** As environment variables would, such as SPRING_KAFKA_PROPERTIES_SSL_TRUSTSTORE_LOCATION. */
    @DynamicPropertySource
    static void trustTheBroker(DynamicPropertyRegistry properties) {
        RegisterSchemas.run(client("PLAIN", BROKER), RealParts.shared().kafka().client(Principals.ADMIN,
                RealParts.shared().registry().client()), Optional.empty(), Duration.ofMinutes(1));
        client("PLAIN", BROKER).forEach((key, value) -> properties.add(key.equals("bootstrap.servers")
                ? "spring.kafka.bootstrap-servers"
                : "spring.kafka.properties." + key, () -> value));
        // The registry's login is another one here.
        var registry = RealParts.shared().pipelineProperties();
        properties.add("spring.kafka.properties.basic.auth.credentials.source", () -> "USER_INFO");
        properties.add("spring.kafka.properties.basic.auth.user.info",
                () -> Objects.requireNonNull(registry.get("spring.kafka.properties.sasl.jaas.config"))
                        .replaceFirst(".*username=\"(.*?)\" password=\"(.*?)\".*", "$1:$2"));
    }

    @AfterAll
    static void stop() {
        SERVER.shutdown();
        SERVER.awaitShutdown();
    }

    @Test
    void service_publishes_and_consumes_over_tls() {
        var counter = Ids.next();
        counters.step(counter);
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(tallies.appliedCents(counter)).containsExactly(1L));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PLAIN", "SCRAM-SHA-256"})
    void each_mechanism_signs_in(String mechanism) throws Exception {
        try (var admin = Admin.create(client("PLAIN", BROKER))) {
            admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion("admin",
                    new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096), PASSWORD))).all().get();
        }
        try (var admin = Admin.create(client(mechanism, BROKER))) {
            assertThat(admin.describeCluster().nodes().get()).hasSize(1);
        }
    }

    @Test
    void certificate_of_an_unknown_authority_is_named_as_the_reason() {
        assertThatThrownBy(() -> {
            try (var admin = Admin.create(client("PLAIN", SelfSigned.create()))) {
                admin.describeCluster().nodes().get();
            }
        }).isInstanceOf(ExecutionException.class).cause().isInstanceOf(SslAuthenticationException.class)
                .rootCause().hasMessageContaining("unable to find valid certification path");
        assertThatThrownBy(() -> RegisterSchemas.run(client("PLAIN", SelfSigned.create()),
                RealParts.shared().kafka().client(Principals.ADMIN, RealParts.shared().registry().client()),
                Optional.empty(), Duration.ofSeconds(1)))
                .isInstanceOf(RegisterSchemas.Refused.class).hasMessageContaining("SSL handshake failed");
    }

    private static Map<String, Object> client(String mechanism, SelfSigned trusted) {
        var module = mechanism.equals("PLAIN") ? "plain.PlainLoginModule" : "scram.ScramLoginModule";
        return Map.of("bootstrap.servers", "localhost:" + PORT, "security.protocol", "SASL_SSL",
                "ssl.truststore.type", "PEM", "ssl.truststore.location", trusted.certificate().toString(),
                "sasl.mechanism", mechanism, "sasl.jaas.config",
                "org.apache.kafka.common.security.%s required username=\"admin\" password=\"%s\";".formatted(module,
                        PASSWORD));
    }

    private static KafkaRaftServer start() {
        try {
            var log = Files.createTempDirectory("kafka-tls").toString();
            new Formatter().setClusterId(new Uuid(0, 2).toString()).setNodeId(1).addDirectory(log)
                    .setMetadataLogDirectory(log).setControllerListenerName("CONTROLLER").setPrintStream(System.out)
                    .run();
            int controller = Ports.free();
            var users = "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"node\""
                    + " password=\"%1$s\" user_node=\"%1$s\" user_admin=\"%1$s\";".formatted(PASSWORD);
            var config = new HashMap<String, String>();
            config.putAll(Map.of("process.roles", "broker,controller", "node.id", "1", "log.dirs", log,
                    "controller.listener.names", "CONTROLLER", "controller.quorum.voters", "1@127.0.0.1:" + controller,
                    "listeners", "CLIENT://127.0.0.1:" + PORT + ",CONTROLLER://127.0.0.1:" + controller,
                    "advertised.listeners", "CLIENT://localhost:" + PORT, "listener.security.protocol.map",
                    "CLIENT:SASL_SSL,CONTROLLER:SASL_SSL", "inter.broker.listener.name", "CLIENT"));
            config.putAll(Map.of("sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-256",
                    "sasl.mechanism.inter.broker.protocol", "PLAIN", "sasl.mechanism.controller.protocol", "PLAIN",
                    "listener.name.client.plain.sasl.jaas.config", users,
                    "listener.name.client.scram-sha-256.sasl.jaas.config",
                    "org.apache.kafka.common.security.scram.ScramLoginModule required;",
                    "listener.name.controller.plain.sasl.jaas.config", users,
                    "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                    "super.users", "User:admin;User:node"));
            config.putAll(Map.of("listener.name.client.sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-256",
                    "listener.name.controller.sasl.enabled.mechanisms", "PLAIN"));
            config.putAll(Map.of("ssl.keystore.type", "PKCS12", "ssl.keystore.location", BROKER.keyStore().toString(),
                    "ssl.keystore.password", SelfSigned.PASSWORD, "ssl.key.password", SelfSigned.PASSWORD,
                    "ssl.truststore.type", "PEM", "ssl.truststore.location", BROKER.certificate().toString()));
            config.putAll(Map.of("offsets.topic.replication.factor", "1", "offsets.topic.num.partitions", "1",
                    "transaction.state.log.replication.factor", "1", "transaction.state.log.min.isr", "1",
                    "transaction.state.log.num.partitions", "1", "group.initial.rebalance.delay.ms", "0",
                    "share.coordinator.state.topic.replication.factor", "1",
                    "share.coordinator.state.topic.min.isr", "1", "log.cleaner.dedupe.buffer.size", "4194304"));
            var server = new KafkaRaftServer(new KafkaConfig(config, false), Time.SYSTEM);
            server.startup();
            return server;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
