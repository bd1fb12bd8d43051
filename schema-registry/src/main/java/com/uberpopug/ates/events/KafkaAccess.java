package com.uberpopug.ates.events;

import static java.util.stream.Collectors.toCollection;

import com.uberpopug.ates.events.Topics.Topic;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * The rights in Kafka of the contract's principals, as ACLs: a service writes its own topics, by transactional ids that
 * begin with its name, and reads what it hears, in groups that begin with its name without "-service"; admins' tools read
 * the security log, in groups that begin with their name; other teams read, in any other group.
 */
final class KafkaAccess {

    private static final String ANY_HOST = "*";

    private KafkaAccess() {
    }

    /** Every right of every principal of the contract. */
    static Set<AclBinding> bindings() {
        var bindings = new LinkedHashSet<AclBinding>();
        for (var topic : Topics.all()) {
            topic.writers().forEach(writer -> bindings.add(allow(writer, AclOperation.WRITE, topic(topic))));
            topic.readers().forEach(reader -> bindings.add(allow(reader, AclOperation.READ, topic(topic))));
        }
        for (var service : services()) {
            bindings.add(allow(service, AclOperation.WRITE,
                    new ResourcePattern(ResourceType.TRANSACTIONAL_ID, service + "-", PatternType.PREFIXED)));
        }
        for (var principal : withGroupsOfTheirOwn()) {
            bindings.add(allow(principal, AclOperation.READ, groups(principal)));
            bindings.add(binding(Topics.OTHER_TEAMS, AclOperation.ALL, AclPermissionType.DENY, groups(principal)));
        }
        bindings.add(allow(Topics.OTHER_TEAMS, AclOperation.READ,
                new ResourcePattern(ResourceType.GROUP, ResourcePattern.WILDCARD_RESOURCE, PatternType.LITERAL)));
        return bindings;
    }

    /** What the contract's principals have beyond it, such as what an earlier contract gave them. */
    static Set<AclBinding> beyond(Collection<AclBinding> found) {
        var wanted = bindings();
        var principals = wanted.stream().map(binding -> binding.entry().principal()).toList();
        return found.stream()
                .filter(binding -> principals.contains(binding.entry().principal()) && !wanted.contains(binding))
                .collect(toCollection(LinkedHashSet::new));
    }

    private static Set<String> services() {
        var services = new TreeSet<>(withGroupsOfTheirOwn());
        services.remove(Topics.SECURITY_TOOLS);
        return services;
    }

    private static Set<String> withGroupsOfTheirOwn() {
        var principals = new TreeSet<>(Topics.principals());
        principals.remove(Topics.OTHER_TEAMS);
        return principals;
    }

    private static ResourcePattern topic(Topic topic) {
        return new ResourcePattern(ResourceType.TOPIC, topic.name(), PatternType.LITERAL);
    }

    private static ResourcePattern groups(String principal) {
        return new ResourcePattern(ResourceType.GROUP, principal.replaceFirst("-service$", "."), PatternType.PREFIXED);
    }

    private static AclBinding allow(String principal, AclOperation operation, ResourcePattern resource) {
        return binding(principal, operation, AclPermissionType.ALLOW, resource);
    }

    private static AclBinding binding(String principal, AclOperation operation, AclPermissionType permission,
            ResourcePattern resource) {
        return new AclBinding(resource,
                new AccessControlEntry("User:" + principal, ANY_HOST, operation, permission));
    }
}
