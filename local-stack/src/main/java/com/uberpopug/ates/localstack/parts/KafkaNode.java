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
                        "PLAINTEXT://127.0.0.1:" + port + "," + CONTROLLER + "://127.0.0.1:" + controllerPort),
                Map.entry("advertised.listeners", "PLAINTEXT://localhost:" + port),
                Map.entry("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT," + CONTROLLER + ":PLAINTEXT"),
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
