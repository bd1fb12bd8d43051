package com.uberpopug.ates.platform.events;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;

/** Explains why the broker refuses this service: as which principal it signs in, and which right that one lacks. */
public final class KafkaRights {

    private static final Pattern USERNAME = Pattern.compile("\\busername=\"?([^\"\\s;]+)");
    private static final long PATIENCE_SECONDS = 5;

    private final Admin admin;
    private final String principal;

    /** @param kafka configuration of a client of this service */
    KafkaRights(Admin admin, Map<String, Object> kafka) {
        this.admin = admin;
        var login = USERNAME.matcher(String.valueOf(kafka.get(SaslConfigs.SASL_JAAS_CONFIG)));
        boolean signsIn = String.valueOf(kafka.get(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG)).startsWith("SASL_");
        principal = signsIn && login.find() ? "User:" + login.group(1) : "a client without credentials";
    }

    /** What a failure says about this service's rights; empty where it is about something else. */
    public Optional<String> explain(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause).limit(Failure.MOST_CAUSES)
                .flatMap(cause -> explained(cause).stream()).findFirst();
    }

    private Optional<String> explained(Throwable cause) {
        return Optional.ofNullable(switch (cause) {
            case TopicAuthorizationException topics -> lacks("WRITE on the topics " + topics.unauthorizedTopics());
            case GroupAuthorizationException group -> lacks("READ on the group " + group.groupId());
            case TransactionalIdAuthorizationException _ -> lacks("WRITE on its transactional id");
            case AuthenticationException refused -> "Kafka refuses %s: %s".formatted(principal, refused.getMessage());
            default -> null;
        });
    }

    /**
     * Asks the broker why a consumer is refused; empty where it is not, or where the broker is away.
     *
     * @param topics the topics that the consumer reads
     */
    Optional<String> ofConsumer(Collection<String> topics, String group) {
        var options = new DescribeTopicsOptions().includeAuthorizedOperations(true);
        for (var topic : topics) {
            try {
                var found = get(admin.describeTopics(Set.of(topic), options).allTopicNames()).get(topic);
                if (found != null && !found.authorizedOperations().contains(AclOperation.READ)) {
                    return Optional.of(lacks("READ on the topics [" + topic + "]"));
                }
            } catch (TopicAuthorizationException _) {
                return Optional.of(lacks("READ on the topics [" + topic + "]"));
            } catch (KafkaException e) {
                return explain(e);
            }
        }
        try {
            get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
            return Optional.empty();
        } catch (GroupAuthorizationException _) {
            return Optional.of(lacks("READ on the group " + group));
        } catch (KafkaException e) {
            return explain(e);
        }
    }

    /** @throws KafkaException if the broker refuses, or is away */
    private static <T> T get(KafkaFuture<T> answer) {
        try {
            return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException refused ? refused : new KafkaException(e.getCause());
        } catch (TimeoutException e) {
            throw new KafkaException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException(e);
        }
    }

    /** With the principal in Kafka's form, such as {@code User:tasks-service}. */
    @Override
    public String toString() {
        return principal;
    }

    private String lacks(String right) {
        return principal + " lacks " + right;
    }
}
