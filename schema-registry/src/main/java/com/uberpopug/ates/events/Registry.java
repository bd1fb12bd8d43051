package com.uberpopug.ates.events;

import com.uberpopug.ates.events.RegisterSchemas.Away;
import com.uberpopug.ates.events.RegisterSchemas.Refused;
import com.uberpopug.ates.events.RegistryConnection.Answer;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** Sets the compatibility rules of a schema registry and registers the contract's schemas. */
final class Registry implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Registry.class);
    private static final Map<String, String> FULL_TRANSITIVE = Map.of("compatibility", "FULL_TRANSITIVE");

    private final RegistryConnection connection;

    /** @param config Confluent's configuration keys */
    Registry(Map<String, ?> config) {
        connection = new RegistryConnection(config);
    }

    void registerSchemas() throws Away {
        call("PUT", "/config", FULL_TRANSITIVE, "to be FULL_TRANSITIVE", Registry::object);
        var known = call("GET", "/subjects", null, "to list its subjects", Registry::subjects);
        for (EventType event : EventType.all()) {
            // An existing subject may have a laxer rule than the registry, so its rule is set before its schema is
            // registered. A new subject inherits the registry's rule; some registries reject a rule for a subject
            // without a schema.
            if (known.contains(event.subject())) {
                restrict(event);
            }
            register(event);
            if (!known.contains(event.subject())) {
                restrict(event);
            }
        }
    }

    private void restrict(EventType event) throws Away {
        call("PUT", "/config/" + event.subject(), FULL_TRANSITIVE,
                "to be FULL_TRANSITIVE for the subject " + event.subject(), Registry::object);
    }

    private void register(EventType event) throws Away {
        int id = call("POST", "/subjects/" + event.subject() + "/versions", Map.of("schema", event.schemaText()),
                "the schema of %s under the subject %s".formatted(event.title(), event.subject()),
                RegistryConnection::id);
        log.info("{} is schema {}", event.title(), id);
    }

    private static @Nullable JsonNode object(JsonNode answer) {
        return answer.isObject() ? answer : null;
    }

    private static @Nullable Set<String> subjects(JsonNode answer) {
        if (!answer.isArray()) {
            return null;
        }
        var subjects = new HashSet<String>();
        answer.forEach(subject -> subjects.add(subject.asString()));
        return subjects;
    }

    private <T> T call(String method, String path, @Nullable Object body, String wanted,
            Function<JsonNode, @Nullable T> read) throws Away {
        return switch (connection.call(method, path, body, wanted, read)) {
            case Answer.Found<T>(var content) -> content;
            case Answer.Refused<T>(var message) -> throw new Refused(message);
            case Answer.Unknown<T>(var message) -> throw new Away(message);
            case Answer.Unavailable<T>(var message, var _) -> {
                if (Thread.currentThread().isInterrupted()) {
                    throw new Refused("Interrupted while waiting for the schema registry");
                }
                throw new Away(message);
            }
        };
    }

    @Override
    public String toString() {
        return connection.toString();
    }

    @Override
    public void close() {
        connection.close();
    }
}
