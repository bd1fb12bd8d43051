package com.uberpopug.ates.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.tasks.v1.TaskCompleted;
import com.uberpopug.ates.localstack.ConsumerGroups;
import com.uberpopug.ates.localstack.parts.PartFailedException;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.test.Events;
import com.uberpopug.ates.platform.test.RealParts;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/** {@code ./ates consumer-groups}, beside consumers of other teams. */
class ConsumerGroupsTests {

    private static final RealParts parts = RealParts.shared();

    @Test
    void group_of_another_team_is_listed_with_its_lag_and_its_members() {
        var group = "billing-" + UUID.randomUUID();
        // A client may call itself anything; a terminal would interpret the escape.
        var settings = parts.kafka().client(Topics.OTHER_TEAMS,
                Map.of("group.id", group, "client.id", "bill\u001b[31m", "enable.auto.commit", false));
        try (var events = new Events(parts)) {
            try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(),
                    new ByteArrayDeserializer())) {
                consumer.subscribe(List.of(Topics.TASKS));
                long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
                while (consumer.assignment().size() < Topics.PARTITIONS && System.nanoTime() < deadline) {
                    consumer.poll(Duration.ofMillis(100));
                }
                consumer.commitSync(consumer.endOffsets(consumer.assignment()).entrySet().stream().collect(
                        Collectors.toMap(Map.Entry::getKey, end -> new OffsetAndMetadata(end.getValue()))));
                for (int i = 0; i < 3; i++) {
                    var task = Ids.next();
                    events.send(Fact.of(Ids.next(), task, 1, Instant.EPOCH,
                            new TaskCompleted(task, Ids.next(), 1, 1000L, Instant.EPOCH, "USD")));
                }
                assertThat(listed(parts.kafka().client(Topics.OTHER_TEAMS)))
                        .containsPattern(group + " +Stable +ates\\.tasks +3  bill \\[31m at 127\\.0\\.0\\.1: 12\n");
            }
            assertThat(listed(parts.kafka().client(Topics.OTHER_TEAMS)))
                    .containsPattern(group + " +Empty +ates\\.tasks +3  \n");
        }
    }

    /** As a client that commits nothing before its first record, and only where it has read some. */
    @Test
    void partition_without_a_commit_lags_from_its_beginning() throws Exception {
        var group = "billing-" + UUID.randomUUID();
        try (var admin = Admin.create(parts.kafkaClient(Map.of()));
                var producer = new KafkaProducer<>(parts.kafkaClient(Map.of()), new StringSerializer(),
                        new StringSerializer())) {
            producer.send(new ProducerRecord<>(Topics.MANAGERS, 0, "2026-11-22", "read")).get();
            producer.send(new ProducerRecord<>(Topics.MANAGERS, 1, "2026-11-22", "unread")).get();
            admin.alterConsumerGroupOffsets(group, Map.of(
                    new TopicPartition(Topics.MANAGERS, 0), new OffsetAndMetadata(1),
                    // None that the principal reads.
                    new TopicPartition(Topics.SESSIONS, 0), new OffsetAndMetadata(0))).all().get();
        }
        assertThat(listed(parts.kafka().client(Topics.OTHER_TEAMS)))
                .containsPattern(group + " +Empty +ates\\.managers +1  \n").doesNotContain(Topics.SESSIONS);
    }

    @Test
    void groups_of_ours_are_not_listed() throws Exception {
        try (var admin = Admin.create(parts.kafkaClient(Map.of()))) {
            for (var ours : List.of("tasks.users", "analytics.balances", "security-tools.me")) {
                admin.alterConsumerGroupOffsets(ours,
                        Map.of(new TopicPartition(Topics.USERS, 0), new OffsetAndMetadata(0))).all().get();
            }
        }
        assertThat(listed(parts.kafkaClient(Map.of()))).contains("tasks.users", "security-tools.me");
        assertThat(listed(parts.kafka().client(Topics.OTHER_TEAMS)))
                .doesNotContain("tasks.users", "analytics.balances", "security-tools.me");
    }

    @Test
    void kafka_that_does_not_answer_is_reported_in_one_line() {
        var settings = new HashMap<String, Object>(parts.kafka().client(Topics.OTHER_TEAMS));
        settings.put("bootstrap.servers", "localhost:1");
        assertThatThrownBy(() -> listed(settings)).isInstanceOf(PartFailedException.class)
                .hasMessage("Kafka does not answer at localhost:1: is it up?");
    }

    @Test
    void wrong_password_is_reported_in_one_line() {
        var settings = parts.kafka().client(Topics.OTHER_TEAMS, Map.of("sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"other-teams\" password=\"x\";"));
        assertThatThrownBy(() -> listed(settings)).isInstanceOf(PartFailedException.class)
                .hasMessageMatching("Kafka at localhost:\\d+ refuses: SaslAuthenticationException: .+");
    }

    private static String listed(Map<String, ?> settings) {
        var out = new ByteArrayOutputStream();
        assertThat(new ConsumerGroups(settings, new PrintStream(out, true, StandardCharsets.UTF_8)).list()).isZero();
        return out.toString(StandardCharsets.UTF_8);
    }
}
