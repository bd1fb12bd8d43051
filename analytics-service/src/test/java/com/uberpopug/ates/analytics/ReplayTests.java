package com.uberpopug.ates.analytics;

import static com.uberpopug.ates.analytics.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.events.Amounts;
import com.uberpopug.ates.events.managers.v1.BusinessDayClosed;
import com.uberpopug.ates.events.managers.v1.ManagersBalanceChanged;
import com.uberpopug.ates.events.tasks.v1.TaskCompleted;
import com.uberpopug.ates.events.tasks.v1.TaskCreated;
import com.uberpopug.ates.events.users.v1.UserCreated;
import com.uberpopug.ates.events.users.v1.UserUpdated;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.outbox.Fact;
import com.uberpopug.ates.platform.test.Events;
import com.uberpopug.ates.platform.test.RealParts;
import com.uberpopug.ates.platform.test.ServiceTest;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.listener.MessageListenerContainer;

/** In a context of its own, because other tests store users that no record is about. */
@ServiceTest(database = "analytics", properties = "spring.jmx.default-domain=replay")
class ReplayTests {

    private static final List<String> PROJECTIONS = List.of("users", "closed_days", "earnings", "tasks",
            "corrected_transfers", "balances", "daily_balances", "below_zero_changes");
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final LocalDate DATE = LocalDate.of(1999, 12, 31);

    @Autowired
    private Events events;

    @Autowired
    private JdbcClient db;

    @Autowired
    private KafkaListenerEndpointRegistry listeners;

    private Admin admin;

    @BeforeEach
    void everything_has_happened() throws Exception {
        admin = Admin.create(RealParts.shared().kafkaClient(Map.of()));
        // What other contexts have sent is a part of each later replay.
        replay(List.of());
        var user = Ids.next();
        var task = Ids.next();
        var anna = new WorkerLog();
        var fee = anna.fee(DATE, 1_500);
        var reward = anna.reward(task, DATE, 2_400);
        events.send(fee, reward, anna.correction(fee, DATE), anna.payout(DATE), anna.fee(DATE.plusDays(1), 1_000),
                anna.correction(reward, DATE), anna.fee(DATE.plusDays(2), 1_100));
        events.send(
                Fact.of(Ids.next(), user, 1, NOW,
                        new UserCreated(user, "vera", "Vera", null, "ru", "popug", true, Instant.EPOCH)),
                Fact.of(Ids.next(), user, 2, NOW,
                        new UserUpdated(user, "vera", "Vera", null, "ru", "admin", true, Instant.EPOCH)),
                Fact.of(Ids.next(), task, 1, NOW, new TaskCreated(task, "Feed the cat", null, user, NOW)),
                Fact.of(Ids.next(), task, 2, NOW,
                        new TaskCompleted(task, anna.workerId(), 1, 2_400L, NOW, Amounts.CURRENCY)),
                Fact.of(Ids.next(), DATE, 1, NOW,
                        new ManagersBalanceChanged(DATE, 1_500L, 1_500L, 1, Instant.EPOCH, Amounts.CURRENCY)),
                Fact.of(Ids.next(), DATE, 4, NOW,
                        new ManagersBalanceChanged(DATE, -2_400L, -900L, 3, Instant.EPOCH, Amounts.CURRENCY)),
                Fact.of(Ids.next(), DATE, 4, NOW,
                        new BusinessDayClosed(DATE, -900L, 1, 2_400L, NOW, NOW, Amounts.CURRENCY)));
        awaitAllRead();
    }

    @AfterEach
    void close() {
        admin.close(Duration.ZERO);
    }

    @Test
    void replay_without_an_inbox_changes_nothing() throws Exception {
        var before = projections();
        var known = facts();

        replay(List.of("inbox"));

        assertThat(facts()).isEqualTo(known);
        assertThat(projections()).isEqualTo(before);
    }

    @Test
    void emptied_projections_are_rebuilt() throws Exception {
        var before = projections();

        replay(Stream.concat(Stream.of("inbox"), PROJECTIONS.stream()).toList());

        assertThat(projections()).isEqualTo(before);
    }

    /** Re-reads all topics from the beginning, after some tables were emptied. */
    private void replay(List<String> emptied) throws Exception {
        listeners.stop();
        emptied.forEach(table -> db.sql("delete from " + table).update());
        admin.deleteConsumerGroups(groups()).all().get();
        listeners.start();
        awaitAllRead();
    }

    private Map<String, List<String>> projections() {
        return PROJECTIONS.stream().collect(Collectors.toMap(Function.identity(),
                table -> db.sql("select t::text from " + table + " as t order by 1").query(String.class).list()));
    }

    private Set<String> facts() {
        return db.sql("select consumer || ' ' || fact_id from inbox").query(String.class).set();
    }

    private Set<String> groups() {
        return listeners.getListenerContainers().stream().map(MessageListenerContainer::getGroupId)
                .collect(Collectors.toSet());
    }

    private void awaitAllRead() {
        eventually(() -> {
            for (var listener : listeners.getListenerContainers()) {
                var topics = List.of(listener.getContainerProperties().getTopics());
                assertThat(read(listener.getGroupId())).containsAllEntriesOf(written(topics));
            }
        });
    }

    private Map<String, Long> read(String group) throws InterruptedException, ExecutionException {
        return admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().entrySet().stream()
                .collect(Collectors.toMap(entry -> entry.getKey().toString(), entry -> entry.getValue().offset()));
    }

    private Map<String, Long> written(List<String> topics) throws InterruptedException, ExecutionException {
        var partitions = admin.describeTopics(topics).allTopicNames().get().values().stream()
                .flatMap(topic -> topic.partitions().stream()
                        .map(partition -> new TopicPartition(topic.name(),
                                partition.partition())))
                .collect(Collectors.toMap(Function.identity(), _ -> OffsetSpec.latest()));
        return admin.listOffsets(partitions).all().get().entrySet().stream()
                .filter(entry -> entry.getValue().offset() > 0)
                .collect(Collectors.toMap(entry -> entry.getKey().toString(), entry -> entry.getValue().offset()));
    }
}
