package com.uberpopug.ates.events.serde;

import com.uberpopug.ates.events.RegistryConnection.Answer;
import com.uberpopug.ates.events.RegistryConnection;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Looks up schemas in a registry with Confluent's REST API; it never registers any.
 *
 * <p>Configured by Confluent's own keys; a key that is not supported is rejected: {@code schema.registry.url} (one or
 * more, separated by commas, with or without credentials), {@code basic.auth.*}, {@code bearer.auth.*} with a static
 * token, {@code schema.registry.ssl.*}, {@code proxy.*}, {@code http.connect.timeout.ms} (default 2000) and
 * {@code http.read.timeout.ms} (default 5000).
 *
 * <p>A schema counts as unknown only on the registry's own error code; any other failure means that the registry is
 * away. Ids and schemas are immutable and cached, at most {@code max.schemas.per.subject} (default 1000) of each;
 * failures are not cached.
 */
public final class SchemaRegistryClient implements AutoCloseable {

    /** Counts all schemas that one schema refers to, directly or not. */
    private static final int MOST_REFERENCES = 100;

    private final RegistryConnection connection;
    private final Map<Registered, Integer> ids = new ConcurrentHashMap<>();
    private final Map<Integer, Schema> schemas = new ConcurrentHashMap<>();

    private record Registered(String subject, String schema) {
    }

    /** A schema in the registry's own form. */
    private record Entry(String type, String text, List<Reference> references) {
    }

    private record Reference(String subject, int version) {
    }

    /**
     * Sends no request yet.
     *
     * @param config Confluent's configuration keys; keys of other libraries are ignored
     * @throws ConfigException if a key of Confluent's is not supported or its value is invalid; the message names the
     *     key and holds no secret
     */
    public SchemaRegistryClient(Map<String, ?> config) {
        connection = new RegistryConnection(config);
    }

    /**
     * The id of a registered schema, at least 1.
     *
     * @param subject from the naming strategy
     * @param schema the registered text
     * @throws UnknownSchemaException if the subject lacks this schema
     * @throws RegistryUnavailableException if no URL leads to a working registry
     */
    public int idOf(String subject, String schema) {
        var registered = new Registered(subject, schema);
        var known = ids.get(registered);
        if (known != null) {
            return known;
        }
        int id = call("POST", "/subjects/" + encoded(subject), Map.of("schema", schema),
                "the schema of subject " + subject, RegistryConnection::id);
        keep(ids, registered, id);
        return id;
    }

    /**
     * The schema with an id.
     *
     * @throws UnknownSchemaException if the registry has no schema with this id
     * @throws SerializationException if the schema is of another kind than Avro
     * @throws RegistryUnavailableException if no URL leads to a working registry
     */
    public Schema schema(int id) {
        var known = schemas.get(id);
        if (known != null) {
            return known;
        }
        var what = "schema id " + id;
        var entry = call("GET", "/schemas/ids/" + id, null, what, SchemaRegistryClient::entry);
        if (!entry.type().equals("AVRO")) {
            throw new SerializationException("Schema id %d is not an Avro schema, but %s".formatted(id, entry.type()));
        }
        // Names and defaults were validated by the registry.
        var parser = new Schema.Parser(NameValidator.NO_VALIDATION).setValidateDefaults(false);
        try {
            parseReferences(entry, parser, new ArrayList<>());
            var schema = parser.parse(entry.text());
            keep(schemas, id, schema);
            return schema;
        } catch (AvroRuntimeException e) {
            throw new RegistryUnavailableException("The schema registry at %s returned no valid schema for %s: %s"
                    .formatted(connection, what, e.getMessage()), e);
        }
    }

    private void parseReferences(Entry entry, Schema.Parser parser, List<Reference> seen) {
        for (var reference : entry.references()) {
            if (seen.contains(reference)) {
                continue;
            }
            if (seen.size() >= MOST_REFERENCES) {
                throw new SerializationException("A schema refers to more than %d others".formatted(MOST_REFERENCES));
            }
            seen.add(reference);
            var referred = call("GET", "/subjects/%s/versions/%d".formatted(encoded(reference.subject()),
                    reference.version()), null,
                    "version %d of subject %s".formatted(reference.version(),
                            reference.subject()),
                    SchemaRegistryClient::entry);
            parseReferences(referred, parser, seen);
            parser.parse(referred.text());
        }
    }

    private static @Nullable Entry entry(JsonNode answer) {
        if (!answer.path("schema").isString()) {
            return null;
        }
        var references = new ArrayList<Reference>();
        for (var each : answer.path("references")) {
            if (!each.path("subject").isString() || !each.path("version").canConvertToInt()) {
                return null;
            }
            references.add(new Reference(each.path("subject").asString(), each.path("version").asInt()));
        }
        return new Entry(answer.path("schemaType").asString("AVRO"), answer.path("schema").asString(), references);
    }

    /**
     * Sends a cheap request, as a health check.
     *
     * @throws RegistryUnavailableException if no URL leads to a working registry
     */
    public void ping() {
        call("GET", "/schemas/types", null, "the schema types", answer -> answer.isArray() ? answer : null);
    }

    private <T> T call(String method, String path, @Nullable Object body, String what,
            Function<JsonNode, @Nullable T> read) {
        return switch (connection.call(method, path, body, what, read)) {
            case Answer.Found<T>(var content) -> content;
            case Answer.Unknown<T>(var message) -> throw new UnknownSchemaException(message);
            case Answer.Refused<T>(var message) -> throw new RegistryUnavailableException(message, null);
            case Answer.Unavailable<T>(var message, var cause) ->
                throw new RegistryUnavailableException(message, cause);
        };
    }

    private <K, V> void keep(Map<K, V> answers, K question, V answer) {
        if (answers.size() >= connection.maxCached()) {
            answers.clear();
        }
        answers.put(question, answer);
    }

    private static String encoded(String subject) {
        return URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20");
    }

    int maxCached() {
        return connection.maxCached();
    }

    /** The URLs, without credentials. */
    @Override
    public String toString() {
        return connection.toString();
    }

    @Override
    public void close() {
        connection.close();
    }
}
