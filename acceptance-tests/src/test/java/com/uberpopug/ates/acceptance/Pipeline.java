package com.uberpopug.ates.acceptance;

import com.uberpopug.ates.localstack.parts.Principals;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The topics and consumer groups in Kafka, in the operators' view. */
final class Pipeline implements AutoCloseable {

    private final Admin admin = Admin.create(client(Map.of()));

    /** The configuration of a Kafka client that may do everything, with these settings. */
    static Map<String, Object> client(Map<String, ?> settings) {
        return ApplicationUnderTest.stack().kafka().client(Principals.ADMIN, settings);
    }

    /** A consumer that reads committed records only. */
    static KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(client(Map.of("isolation.level", "read_committed",
                "reconnect.backoff.max.ms", 500, "fetch.max.wait.ms", 50)), new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    static List<TopicPartition> partitions(KafkaConsumer<?, ?> consumer, Collection<String> topics) {
        return topics.stream().flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(partition -> new TopicPartition(partition.topic(), partition.partition())).toList();
    }

    /** Whether a consumer has read everything, as of its last poll. */
    static boolean isAtTheEnd(KafkaConsumer<?, ?> consumer) {
        return consumer.assignment().stream().allMatch(partition -> consumer.currentLag(partition).orElse(1) == 0);
    }

    /** The topics of events, such as {@code ates.tasks}. */
    Set<String> topics() {
        return get(() -> admin.listTopics().names().get()).stream().filter(topic -> topic.startsWith("ates."))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The dead letters of all services. */
    List<String> deadLetters() {
        var found = new ArrayList<String>();
        for (var service : List.of("auth", "tasks", "accounting", "analytics")) {
            try (var connection = ApplicationUnderTest.database(service);
                    var statement = connection.createStatement();
                    var rows = statement.executeQuery("select concat_ws(' ', consumer, cause) from dead_letters")) {
                while (rows.next()) {
                    found.add(rows.getString(1));
                }
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        }
        return found;
    }

    /**
     * Each partition with a lag, and the lag in records; without a committed offset, the lag is the whole partition. A
     * group's name is that of its service and the last part of its topic.
     */
    List<String> lags() {
        var lags = new ArrayList<String>();
        var begins = offsets(topics(), OffsetSpec.earliest());
        var ends = ends(topics());
        for (var group : groups()) {
            var topic = "ates." + group.substring(group.indexOf('.') + 1);
            var kept = get(() -> admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get());
            ends.forEach((partition, end) -> {
                var place = kept.get(partition);
                long lag = end - (place == null ? begins.get(partition) : place.offset());
                if (partition.topic().equals(topic) && lag > 0) {
                    lags.add("%s is %d behind in %s".formatted(group, lag, partition));
                }
            });
        }
        return lags;
    }

    /** The number of partitions of each member of a consumer group. */
    List<Integer> shares(String group) {
        return get(() -> admin.describeConsumerGroups(List.of(group)).all().get()).get(group).members().stream()
                .map(member -> member.assignment().topicPartitions().size()).toList();
    }

    Set<String> groups() {
        return get(() -> admin.listGroups().all().get()).stream().map(group -> group.groupId())
                .filter(group -> group.matches("(auth|tasks|accounting|analytics)[.].*"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Map<TopicPartition, Long> ends(Set<String> topics) {
        return offsets(topics, OffsetSpec.latest());
    }

    private Map<TopicPartition, Long> offsets(Set<String> topics, OffsetSpec which) {
        var partitions = get(() -> admin.describeTopics(topics).allTopicNames().get()).values().stream()
                .flatMap(topic -> topic.partitions().stream()
                        .map(partition -> new TopicPartition(topic.name(), partition.partition())))
                .collect(Collectors.toMap(partition -> partition, _ -> which));
        var offsets = new HashMap<TopicPartition, Long>();
        get(() -> admin.listOffsets(partitions, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED)).all().get())
                .forEach((partition, found) -> offsets.put(partition, found.offset()));
        return offsets;
    }

    private interface Question<T> {
        T ask() throws InterruptedException, ExecutionException;
    }

    private static <T> T get(Question<T> question) {
        try {
            return question.ask();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError("Kafka's administration failed", e);
        }
    }

    @Override
    public void close() {
        admin.close();
    }
}
