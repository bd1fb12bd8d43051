package com.uberpopug.ates.localstack.parts;

import static java.util.stream.Collectors.joining;

import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Who may sign in to Kafka and to the schema registry, each with one password for both. */
public final class Principals {
    /** May do everything: creates topics, sets rights, registers schemas. */
    public static final String ADMIN = "admin";

    private final Secrets secrets;
    private final List<String> names;

    /** @param names of clients beside {@link #ADMIN}: each reads schemas, and has no right in Kafka without an ACL */
    public Principals(Path home, Collection<String> names) {
        this.secrets = Secrets.in(home);
        this.names = Stream.concat(Stream.of(ADMIN), names.stream()).toList();
    }

    String password(String name) {
        return secrets.of("kafka as " + name);
    }

    /** A Kafka client's configuration as a principal, by Kafka's keys, without the broker's address. */
    public Map<String, String> client(String name) {
        return Map.of("security.protocol", "SASL_PLAINTEXT", "sasl.mechanism", "PLAIN",
                "sasl.jaas.config", login(name) + ";");
    }

    /** The broker's own login at the controller's listener, and the only one that this accepts. */
    public String controllerLogins() {
        return login(KafkaNode.PRINCIPAL) + user(KafkaNode.PRINCIPAL) + ";";
    }

    /** The broker's own login at a listener for clients, and all that this accepts. */
    public String clientLogins() {
        return login(KafkaNode.PRINCIPAL) + user(KafkaNode.PRINCIPAL)
                + names.stream().map(this::user).collect(joining()) + ";";
    }

    /** The logins and roles of Apicurio Registry, by its configuration's keys. */
    public Map<String, String> registryLogins() {
        var logins = new LinkedHashMap<String, String>();
        for (var name : names) {
            logins.put("quarkus.security.users.embedded.users." + name, password(name));
            logins.put("quarkus.security.users.embedded.roles." + name,
                    name.equals(ADMIN) ? "sr-admin" : "sr-readonly");
        }
        return logins;
    }

    private String login(String name) {
        return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\""
                .formatted(name, password(name));
    }

    private String user(String name) {
        return " user_%s=\"%s\"".formatted(name, password(name));
    }
}
