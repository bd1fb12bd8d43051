package com.uberpopug.ates.counting;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertAll;

import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.localstack.parts.KafkaServer;
import com.uberpopug.ates.platform.test.RealParts;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What each client of the broker may do, by name, and without one. */
class BrokerAccessTests {

    private static final KafkaServer KAFKA = RealParts.shared().kafka();
    private static final String OTHER_TEAMS = "other-teams";
    private static final String SECURITY_TOOLS = "security-tools";
    private static final Set<String> SERVICES = Set.of("auth-service", "tasks-service", "accounting-service",
            "analytics-service");

    private record Access(Set<String> writers, Set<String> readers) {

        /** The only writer reads its topic, too. */
        static Access of(String writer, String... readers) {
            return new Access(Set.of(writer), Stream.concat(Stream.of(writer), Stream.of(readers)).collect(toSet()));
        }
    }

    /** By topic, its writers and readers. A topic that is missing here fails the tests. */
    private static final Map<String, Access> ACCESS = Map.of(
            "ates.users", Access.of("auth-service", "tasks-service", "accounting-service", "analytics-service",
                    OTHER_TEAMS),
            "ates.sessions", Access.of("auth-service", "tasks-service", "accounting-service", "analytics-service"),
            "ates.tasks", Access.of("tasks-service", "accounting-service", "analytics-service", OTHER_TEAMS),
            "ates.prices", Access.of("accounting-service", "tasks-service", OTHER_TEAMS),
            "ates.balances", Access.of("accounting-service", "analytics-service", OTHER_TEAMS),
            "ates.managers", Access.of("accounting-service", "analytics-service", OTHER_TEAMS),
            "ates.security", new Access(SERVICES, Set.of("auth-service", SECURITY_TOOLS)));

    @Test
    void each_principal_has_the_rights_of_its_role_and_no_others() throws Exception {
        var options = new DescribeTopicsOptions().includeAuthorizedOperations(true);
        var expected = new TreeMap<String, Set<AclOperation>>();
        var found = new TreeMap<String, Set<AclOperation>>();
        for (var principal : principals().toList()) {
            try (var admin = Admin.create(KAFKA.client(principal, Map.of()))) {
                for (var topic : topics()) {
                    var rights = operations(principal, topic);
                    expected.put(principal + " " + topic, rights);
                    found.put(principal + " " + topic, refusal(admin.describeTopics(List.of(topic), options)
                            .allTopicNames()).isPresent()
                                    ? Set.of()
                                    : new TreeSet<>(Objects.requireNonNull(admin.describeTopics(List.of(topic), options)
                                            .allTopicNames().get().get(topic)).authorizedOperations()));
                }
            }
        }
        assertThat(found).isEqualTo(expected);
    }

    @Test
    void nobody_but_its_writers_writes_a_topic() {
        assertAll(principals().flatMap(principal -> topics().stream()
                .filter(topic -> !operations(principal, topic).contains(AclOperation.WRITE))
                .map(topic -> () -> {
                    // A record without a value erases a user.
                    try (var producer = producer(KAFKA.client(principal, Map.of()))) {
                        // From the call or its result, depending on what the broker refuses first.
                        assertThatThrownBy(() -> producer.send(new ProducerRecord<>(topic, new byte[]{1}, null)).get())
                                .as("%s writes %s", principal, topic).hasCauseInstanceOf(AuthorizationException.class);
                    }
                })));
    }

    @Test
    void nobody_reads_a_topic_that_is_not_for_them() {
        assertAll(principals().flatMap(principal -> topics().stream()
                .filter(topic -> !operations(principal, topic).contains(AclOperation.READ))
                .map(topic -> () -> {
                    try (var consumer = consumer(principal, "")) {
                        consumer.assign(List.of(new TopicPartition(topic, 0)));
                        assertThatThrownBy(() -> consumer.poll(Duration.ofSeconds(20)))
                                .as("%s reads %s", principal, topic).isInstanceOf(AuthorizationException.class);
                    }
                })));
    }

    @Test
    void service_s_transactions_and_groups_are_its_own() {
        assertAll(principals().flatMap(principal -> SERVICES.stream().flatMap(service -> Stream.<Executable>of(() -> {
            var config = KAFKA.client(principal, Map.of("transactional.id", service + "-test-of-access"));
            try (var producer = producer(config)) {
                if (principal.equals(service)) {
                    producer.initTransactions();
                } else {
                    assertThatThrownBy(producer::initTransactions).as("%s fences %s", principal, service)
                            .isInstanceOf(AuthorizationException.class);
                }
            }
        }, () -> {
            var group = service.replace("service", "").replace('-', '.') + "test-of-access";
            assertThat(isGroupOpen(principal, group)).as("%s in the group %s", principal, group)
                    .isEqualTo(principal.equals(service));
        }))));
        assertThat(isGroupOpen(OTHER_TEAMS, "billing")).isTrue();
        assertThat(isGroupOpen(SECURITY_TOOLS, "security-tools.siem")).isTrue();
        assertThat(isGroupOpen(SECURITY_TOOLS, "billing")).isFalse();
        assertThat(isGroupOpen(OTHER_TEAMS, "security-tools.siem")).isFalse();
    }

    @Test
    void topics_and_rights_are_the_administrator_s_affair() {
        assertAll(principals().flatMap(principal -> {
            var topic = new ConfigResource(ConfigResource.Type.TOPIC, Topics.USERS);
            var retention = new AlterConfigOp(new ConfigEntry("retention.ms", "1"), OpType.SET);
            var records = Map.of(new TopicPartition(Topics.USERS, 0), RecordsToDelete.beforeOffset(0));
            var everything = new AclBinding(new ResourcePattern(ResourceType.TOPIC, "*", PatternType.LITERAL),
                    new AccessControlEntry("User:" + principal, "*", AclOperation.ALL, AclPermissionType.ALLOW));
            return Stream.<Question>of(
                    admin -> admin.createTopics(List.of(new NewTopic("ates.more", 1, (short) 1))).all(),
                    admin -> admin.deleteTopics(List.of(Topics.USERS)).all(),
                    admin -> admin.deleteRecords(records).all(),
                    admin -> admin.incrementalAlterConfigs(Map.of(topic, List.of(retention))).all(),
                    admin -> admin.createAcls(List.of(everything)).all(),
                    admin -> admin.deleteAcls(List.of(AclBindingFilter.ANY)).all(),
                    admin -> admin.describeAcls(AclBindingFilter.ANY).values()).map(question -> () -> {
                        try (var admin = Admin.create(KAFKA.client(principal, Map.of()))) {
                            assertThat(refusal(question.ask(admin))).as(principal).get()
                                    .isInstanceOf(AuthorizationException.class);
                        }
                    });
        }));
    }

    private interface Question {
        KafkaFuture<?> ask(Admin admin);
    }

    @Test
    void nobody_gets_in_without_a_name_and_its_password() {
        var anonymous = Map.<String, Object>of("bootstrap.servers", KAFKA.bootstrapServers(),
                "request.timeout.ms", 2_000, "default.api.timeout.ms", 2_000);
        try (var admin = Admin.create(anonymous)) {
            assertThat(refusal(admin.describeCluster().nodes())).get().isInstanceOf(TimeoutException.class);
        }
        try (var producer = producer(Map.of("bootstrap.servers", KAFKA.bootstrapServers(), "max.block.ms", 2_000))) {
            assertThatThrownBy(() -> producer.send(new ProducerRecord<>(Topics.USERS, new byte[]{1}, null)).get())
                    .hasCauseInstanceOf(TimeoutException.class);
        }
        for (var login : List.of("tasks-service:guessed", "admin:", "nobody:nobody", "node:admin")) {
            var parts = login.split(":", -1);
            var config = KAFKA.client("tasks-service", Map.of("sasl.jaas.config",
                    "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\";"
                            .formatted(parts[0], parts[1])));
            try (var admin = Admin.create(config)) {
                assertThat(refusal(admin.describeCluster().nodes())).as(login).get()
                        .isInstanceOf(AuthenticationException.class);
            }
        }
    }

    private static Stream<String> principals() {
        return Stream.concat(SERVICES.stream().sorted(), Stream.of(OTHER_TEAMS, SECURITY_TOOLS));
    }

    private static List<String> topics() {
        return Topics.all().stream().map(Topics.Topic::name).toList();
    }

    private static Set<AclOperation> operations(String principal, String topic) {
        var access = Objects.requireNonNull(ACCESS.get(topic), topic);
        var operations = new TreeSet<AclOperation>();
        if (access.readers().contains(principal)) {
            operations.addAll(Set.of(AclOperation.READ, AclOperation.DESCRIBE));
        }
        if (access.writers().contains(principal)) {
            operations.addAll(Set.of(AclOperation.WRITE, AclOperation.DESCRIBE));
        }
        return operations;
    }

    private static boolean isGroupOpen(String principal, String group) {
        try (var consumer = consumer(principal, group)) {
            var read = principal.equals(SECURITY_TOOLS) ? Topics.SECURITY : Topics.USERS;
            consumer.committed(Set.of(new TopicPartition(read, 0)), Duration.ofSeconds(20));
            return true;
        } catch (AuthorizationException _) {
            return false;
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(Map<String, Object> config) {
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String principal, String group) {
        var config = new HashMap<>(KAFKA.client(principal, Map.of("auto.offset.reset", "earliest")));
        if (!group.isEmpty()) {
            config.put("group.id", group);
        }
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static Optional<Throwable> refusal(KafkaFuture<?> answer) {
        try {
            answer.get();
            return Optional.empty();
        } catch (ExecutionException e) {
            return Optional.ofNullable(e.getCause());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
