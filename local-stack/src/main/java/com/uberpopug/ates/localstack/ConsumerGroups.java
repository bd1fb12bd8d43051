package com.uberpopug.ates.localstack;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toMap;

import com.uberpopug.ates.localstack.parts.PartFailedException;
import java.io.PrintStream;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * {@code ./ates consumer-groups}: who else reads the topics, and how far. Its principal may see the groups that are
 * listed, and no others, so the broker's rights leave out the services' own.
 */
public final class ConsumerGroups {
    private static final String ROW = "%-50s %-20s %-15s %10s  %s%n";
    /** A group whose members have no partition yet. */
    private static final String NO_TOPIC = "-";
    private static final Map<String, Object> PATIENCE = Map.of("request.timeout.ms", 5_000,
            "default.api.timeout.ms", 10_000);

    private final Map<String, ?> kafka;
    private final PrintStream out;

    /**
     * @param kafka the settings of a Kafka client with the principal of other teams
     * @param out receives the output
     */
    public ConsumerGroups(Map<String, ?> kafka, PrintStream out) {
        this.kafka = kafka;
        this.out = out;
    }

    /**
     * Prints a row for each topic of each group.
     *
     * @throws PartFailedException if Kafka does not answer or refuses
     */
    public int list() {
        var settings = new HashMap<String, Object>(kafka);
        settings.putAll(PATIENCE);
        try (var admin = Admin.create(settings)) {
            // Unlike the list of groups, it says why it fails.
            admin.describeCluster().nodes().get();
            var groups = admin.listGroups(ListGroupsOptions.forConsumerGroups()).all().get().stream()
                    .map(GroupListing::groupId).collect(toCollection(TreeSet::new));
            if (groups.isEmpty()) {
                out.println("There are no consumer groups but our own");
                return 0;
            }
            out.printf(ROW, "group", "state", "topic", "lag", "members, with their partitions");
            for (var described : new TreeMap<>(admin.describeConsumerGroups(groups).describedGroups()).entrySet()) {
                print(admin, described.getKey(), described.getValue());
            }
            return 0;
        } catch (ExecutionException e) {
            var servers = kafka.get("bootstrap.servers");
            throw new PartFailedException(e.getCause() instanceof TimeoutException
                    ? "Kafka does not answer at %s: is it up?".formatted(servers)
                    : "Kafka at %s refuses: %s".formatted(servers, PlainText.of(cause(e))), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PartFailedException("interrupted", e);
        }
    }

    private void print(Admin admin, String name, KafkaFuture<ConsumerGroupDescription> described)
            throws InterruptedException {
        try {
            var group = described.get();
            var committed = admin.listConsumerGroupOffsets(name).partitionsToOffsetAndMetadata().get();
            var topics = Stream
                    .concat(committed.keySet().stream(), group.members().stream().flatMap(ConsumerGroups::partitions))
                    .map(TopicPartition::topic).collect(toCollection(TreeSet::new));
            if (topics.isEmpty()) {
                topics.add(NO_TOPIC);
            }
            for (var topic : topics) {
                var members = group.members().stream()
                        .filter(member -> topic.equals(NO_TOPIC) || partitionsOf(member, topic) > 0)
                        .map(member -> "%s at %s: %d".formatted(member.clientId(),
                                member.host().replaceFirst("^/", ""), partitionsOf(member, topic)))
                        .sorted().collect(joining(", "));
                print(name, group.groupState().toString(), topic, lag(admin, topic, committed), members);
            }
        } catch (ExecutionException e) {
            print(name, "not readable", NO_TOPIC, "-", cause(e));
        }
    }

    /** Group and client ids are the clients' own choice. */
    private void print(String group, String state, String topic, String lag, String members) {
        out.printf(ROW, PlainText.of(group), state, PlainText.of(topic), lag, PlainText.of(members));
    }

    /** From the committed offset to the end; from the beginning where there is none. */
    private static String lag(Admin admin, String topic, Map<TopicPartition, OffsetAndMetadata> committed)
            throws InterruptedException {
        if (topic.equals(NO_TOPIC)) {
            return "-";
        }
        try {
            var partitions = admin.describeTopics(List.of(topic)).allTopicNames().get().values().stream()
                    .flatMap(described -> described.partitions().stream())
                    .map(partition -> new TopicPartition(topic, partition.partition())).toList();
            long end = offsets(admin, partitions, OffsetSpec.latest()).values().stream().mapToLong(at -> at).sum();
            long done = offsets(admin, partitions, OffsetSpec.earliest()).entrySet().stream().mapToLong(beginning -> {
                var offset = committed.get(beginning.getKey());
                return offset == null ? beginning.getValue() : offset.offset();
            }).sum();
            return Long.toString(end - done);
        } catch (ExecutionException _) {
            // The topic was deleted, or is none that this principal reads.
            return "-";
        }
    }

    private static Map<TopicPartition, Long> offsets(Admin admin, Collection<TopicPartition> partitions,
            OffsetSpec which)
            throws ExecutionException, InterruptedException {
        var found = admin.listOffsets(partitions.stream().collect(toMap(Function.identity(), _ -> which))).all().get();
        return found.entrySet().stream().collect(toMap(Map.Entry::getKey, each -> each.getValue().offset()));
    }

    private static Stream<TopicPartition> partitions(MemberDescription member) {
        return member.assignment().topicPartitions().stream();
    }

    private static long partitionsOf(MemberDescription member, String topic) {
        return partitions(member).filter(partition -> partition.topic().equals(topic)).count();
    }

    /** Without the package of the exception's class. */
    private static String cause(ExecutionException e) {
        return String.valueOf(e.getMessage()).replaceFirst("^[a-z0-9_.]+\\.(?=[A-Z])", "");
    }
}
