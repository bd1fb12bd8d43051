package com.uberpopug.ates.localstack.parts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * The main class of Kafka's process: a single node that keeps its data, with settings for a machine that runs
 * everything at once.
 */
final class KafkaNode {
    private static final String CLUSTER_ID = new Uuid(0, 1).toString();
    private static final String CONTROLLER = "CONTROLLER";
    private static final String CLIENT = "CLIENT";
    private static final String PLAIN = "PLAIN";

    /** The broker's principal: one node talks to itself, too, to end transactions and to reach its controller. */
    static final String PRINCIPAL = "node";
    /** Environment variables with the JAAS configuration of each listener, which no other user of the machine sees. */
    static final String CLIENT_LOGINS = "KAFKA_CLIENT_LOGINS";
    static final String CONTROLLER_LOGINS = "KAFKA_CONTROLLER_LOGINS";

    private KafkaNode() {
    }

    /** Arguments: data directory, port of the broker, port of the controller (any port, at each start). */
    public static void main(String[] arguments) throws Exception {
        var directory = Path.of(arguments[0]);
        format(directory);
        var config = config(directory, Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
        var server = new KafkaRaftServer(new KafkaConfig(config, false), Time.SYSTEM);
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown));
        server.startup();
        Files.createFile(readyFile(directory));
        server.awaitShutdown();
    }

    /** Created as soon as the broker serves requests; an open port appears earlier. */
    static Path readyFile(Path directory) {
        return directory.resolve("ready");
    }

    private static void format(Path directory) throws IOException {
        // The cluster id is fixed: formatting then skips finished directories and resumes interrupted ones.
        var log = directory.resolve("log").toString();
        try {
            new Formatter().setClusterId(CLUSTER_ID).setNodeId(1).addDirectory(log)
                    .setMetadataLogDirectory(log).setControllerListenerName(CONTROLLER).setIgnoreFormatted(true)
                    .setPrintStream(System.out).run();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    private static Map<String, String> config(Path directory, int port, int controllerPort) {
        return Map.ofEntries(Map.entry("process.roles", "broker,controller"), Map.entry("node.id", "1"),
                Map.entry("log.dirs", directory.resolve("log").toString()),
                Map.entry("controller.listener.names", CONTROLLER),
                Map.entry("controller.quorum.voters", "1@127.0.0.1:" + controllerPort),
                Map.entry("listeners",
                        CLIENT + "://127.0.0.1:" + port + "," + CONTROLLER + "://127.0.0.1:" + controllerPort),
                Map.entry("advertised.listeners", CLIENT + "://localhost:" + port),
                Map.entry("listener.security.protocol.map",
                        CLIENT + ":SASL_PLAINTEXT," + CONTROLLER + ":SASL_PLAINTEXT"),
                Map.entry("inter.broker.listener.name", CLIENT),
                // PLAIN, because Debian's librdkafka cannot sign in to this broker by SCRAM.
                Map.entry("sasl.enabled.mechanisms", PLAIN), Map.entry("sasl.mechanism.inter.broker.protocol", PLAIN),
                Map.entry("sasl.mechanism.controller.protocol", PLAIN),
                Map.entry("listener.name.client.sasl.enabled.mechanisms", PLAIN),
                Map.entry("listener.name.client.plain.sasl.jaas.config", System.getenv(CLIENT_LOGINS)),
                Map.entry("listener.name.controller.sasl.enabled.mechanisms", PLAIN),
                Map.entry("listener.name.controller.plain.sasl.jaas.config", System.getenv(CONTROLLER_LOGINS)),
                Map.entry("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer"),
                Map.entry("super.users", "User:" + Principals.ADMIN + ";User:" + PRINCIPAL),
                Map.entry("allow.everyone.if.no.acl.found", "false"),
                Map.entry("auto.create.topics.enable", "false"), Map.entry("min.insync.replicas", "1"),
                Map.entry("offsets.topic.replication.factor", "1"), Map.entry("offsets.topic.num.partitions", "1"),
                Map.entry("transaction.state.log.replication.factor", "1"),
                Map.entry("transaction.state.log.min.isr", "1"), Map.entry("transaction.state.log.num.partitions", "1"),
                Map.entry("share.coordinator.state.topic.replication.factor", "1"),
                Map.entry("share.coordinator.state.topic.min.isr", "1"),
                Map.entry("group.initial.rebalance.delay.ms", "0"),
                // The broker re-registers a killed node after this time; three times the default heartbeat would be 9
                // s.
                Map.entry("broker.session.timeout.ms", "3000"), Map.entry("broker.heartbeat.interval.ms", "500"),
                // Threads and buffers for the load of one machine instead of a cluster.
                Map.entry("num.network.threads", "1"), Map.entry("num.io.threads", "2"),
                Map.entry("background.threads", "2"), Map.entry("num.recovery.threads.per.data.dir", "1"),
                Map.entry("log.cleaner.threads", "1"), Map.entry("log.cleaner.dedupe.buffer.size", "4194304"));
    }
}
