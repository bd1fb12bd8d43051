package com.uberpopug.ates.events;

import com.uberpopug.ates.events.RegisterSchemas.Away;
import com.uberpopug.ates.events.RegisterSchemas.Refused;
import com.uberpopug.ates.events.Topics.Topic;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SecurityDisabledException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates the contract's topics in a Kafka cluster, corrects their settings, and sets who may use them. */
final class KafkaTopics {

    private static final Logger log = LoggerFactory.getLogger(KafkaTopics.class);

    private final Admin admin;

    private KafkaTopics(Admin admin) {
        this.admin = admin;
    }

    /** @param kafka configuration of a client, by Kafka's keys */
    static void create(Map<String, ?> kafka, Optional<Short> replicationFactor) throws Away {
        var config = new HashMap<String, Object>(kafka);
        config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
        config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 5_000);
        try (var admin = Admin.create(config)) {
            var topics = new KafkaTopics(admin);
            topics.createMissing(replicationFactor);
            topics.checkPartitions();
            topics.correctSettings();
            topics.correctAccess();
        } catch (KafkaException unusable) {
            // An unknown host name may belong to a container that has not started yet.
            throw new Away(String.valueOf(unusable.getCause()));
        }
    }

    private void createMissing(Optional<Short> replicationFactor) throws Away {
        var existing = get(admin.listTopics().names());
        var missing = Topics.all().stream().filter(topic -> !existing.contains(topic.name())).toList();
        get(admin.createTopics(missing.stream().map(topic -> new NewTopic(topic.name(),
                Optional.of(Topics.PARTITIONS), replicationFactor).configs(topic.settings())).toList()).all());
        missing.forEach(topic -> log.info("Created topic {}: {}", topic.name(), topic.settings()));
    }

    private void checkPartitions() throws Away {
        var names = Topics.all().stream().map(Topic::name).toList();
        for (var found : get(admin.describeTopics(names).allTopicNames()).values()) {
            if (found.partitions().size() != Topics.PARTITIONS) {
                // A change in place would split the facts of one key over two partitions, and they would lose their
                // order.
                throw new Refused("Topic %s has %d partitions instead of %d: copy its records into a new topic"
                        .formatted(found.name(), found.partitions().size(), Topics.PARTITIONS));
            }
        }
    }

    private void correctSettings() throws Away {
        var resources = Topics.all().stream().map(KafkaTopics::resource).toList();
        var found = get(admin.describeConfigs(resources).all());
        var corrections = new HashMap<ConfigResource, Collection<AlterConfigOp>>();
        for (Topic topic : Topics.all()) {
            var actual = Objects.requireNonNull(found.get(resource(topic)));
            topic.settings().forEach((name, value) -> {
                if (!value.equals(actual.get(name).value())) {
                    log.warn("Topic {} has {}={}: changing it to {}", topic.name(), name, actual.get(name).value(),
                            value);
                    corrections.computeIfAbsent(resource(topic), _ -> new ArrayList<>())
                            .add(new AlterConfigOp(new ConfigEntry(name, value), OpType.SET));
                }
            });
        }
        get(admin.incrementalAlterConfigs(corrections).all());
    }

    /** Grants first: at no time does a service lack what the contract gives it. */
    private void correctAccess() throws Away {
        try {
            get(admin.createAcls(KafkaAccess.bindings()).all());
            var beyond = KafkaAccess.beyond(get(admin.describeAcls(AclBindingFilter.ANY).values()));
            beyond.forEach(binding -> log.warn("Not in the contract, and taken away: {}", binding));
            get(admin.deleteAcls(beyond.stream().map(AclBinding::toFilter).toList()).all());
        } catch (Open _) {
            log.warn("This broker has no authorizer: whoever reaches it may write every topic");
        }
    }

    private static ConfigResource resource(Topic topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
    }

    private static <T> T get(KafkaFuture<T> answer) throws Away {
        try {
            return answer.get();
        } catch (ExecutionException failed) {
            var cause = failed.getCause();
            // Temporary errors: another instance creates the same topics, brokers have not joined yet, or Kafka marks
            // the error as retriable.
            if (cause instanceof RetriableException || cause instanceof TopicExistsException
                    || cause instanceof InvalidReplicationFactorException) {
                throw new Away(cause.toString());
            }
            if (cause instanceof SecurityDisabledException) {
                throw new Open();
            }
            throw new Refused("Kafka refused: " + cause);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new Refused("Interrupted while waiting for Kafka");
        }
    }

    /** The broker keeps no ACLs. */
    private static final class Open extends RuntimeException {
    }
}
