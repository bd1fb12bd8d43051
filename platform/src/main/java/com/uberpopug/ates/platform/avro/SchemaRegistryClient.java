package com.uberpopug.ates.platform.avro;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Looks schemas up in a registry that speaks Confluent's REST API; it never registers any.
 *
 * <p>Configured by Confluent's own keys: {@code schema.registry.url} (one or more, separated by commas, tried in
 * turn), {@code basic.auth.credentials.source=USER_INFO} with {@code basic.auth.user.info},
 * {@code bearer.auth.credentials.source=STATIC_TOKEN} with {@code bearer.auth.token},
 * {@code http.connect.timeout.ms} (default 2000) and {@code http.read.timeout.ms} (default 5000).
 *
 * <p>Answers are kept for ever, since ids and schemas never change; failures are not kept.
 *
 * @see <a href="https://docs.confluent.io/platform/current/schema-registry/develop/api.html">Schema Registry API</a>
 */
public final class SchemaRegistryClient implements AutoCloseable {

    private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";
    private static final JsonMapper JSON = new JsonMapper();

    private final List<String> urls;
    private final @Nullable String authorization;
    private final Duration readTimeout;
    private final HttpClient http;
    private final Map<Registered, Integer> ids = new ConcurrentHashMap<>();
    private final Map<Integer, Schema> schemas = new ConcurrentHashMap<>();

    private record Registered(String subject, String schema) {
    }

    /**
     * @param config Confluent's configuration keys; others are ignored
     * @throws ConfigException where no URL is given or a value cannot be used
     */
    public SchemaRegistryClient(Map<String, ?> config) {
        urls = Stream.of(text(config, "schema.registry.url", "").split(","))
                .map(String::strip).filter(url -> !url.isEmpty()).map(url -> url.replaceAll("/+$", "")).toList();
        if (urls.isEmpty()) {
            throw new ConfigException("schema.registry.url is not set");
        }
        authorization = authorization(config);
        readTimeout = millis(config, "http.read.timeout.ms", 5_000);
        http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(millis(config, "http.connect.timeout.ms", 2_000)).build();
    }

    /**
     * The id that a schema was registered under.
     *
     * @param subject as the naming strategy gives it
     * @param schema  the text that was registered
     * @throws UnknownSchemaException       where the subject does not have this schema
     * @throws RegistryUnavailableException where no registry answers
     */
    public int idOf(String subject, String schema) {
        var registered = new Registered(subject, schema);
        var known = ids.get(registered);
        if (known != null) {
            return known;
        }
        var body = JSON.writeValueAsString(Map.of("schema", schema));
        var path = "/subjects/" + URLEncoder.encode(subject, StandardCharsets.UTF_8);
        int id = call(path, "the schema of subject " + subject,
                request -> request.POST(HttpRequest.BodyPublishers.ofString(body))).path("id").asInt();
        ids.put(registered, id);
        return id;
    }

    /**
     * The schema with an id.
     *
     * @throws UnknownSchemaException       where nobody was given this id
     * @throws RegistryUnavailableException where no registry answers
     */
    public Schema schema(int id) {
        var known = schemas.get(id);
        if (known != null) {
            return known;
        }
        var text = call("/schemas/ids/" + id, "schema id " + id, HttpRequest.Builder::GET).path("schema").asString();
        try {
            var schema = new Schema.Parser().parse(text);
            schemas.put(id, schema);
            return schema;
        } catch (SchemaParseException e) {
            throw new UnknownSchemaException("Schema id " + id + " is not an Avro schema: " + e.getMessage());
        }
    }

    /**
     * Asks for a trifle.
     *
     * @throws RegistryUnavailableException where no registry answers
     */
    public void ping() {
        call("/schemas/types", "the schema types", HttpRequest.Builder::GET);
    }

    private interface Method {
        HttpRequest.Builder on(HttpRequest.Builder request);
    }

    private JsonNode call(String path, String what, Method method) {
        RegistryUnavailableException away = null;
        for (var url : urls) {
            try {
                var request = method.on(HttpRequest.newBuilder(URI.create(url + path)))
                        .timeout(readTimeout).header("Accept", CONTENT_TYPE).header("Content-Type", CONTENT_TYPE);
                if (authorization != null) {
                    request.header("Authorization", authorization);
                }
                var response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
                if (response.statusCode() == 200) {
                    return JSON.readTree(response.body());
                }
                if (response.statusCode() == 404) {
                    throw new UnknownSchemaException("The schema registry at " + url + " does not know " + what);
                }
                away = new RegistryUnavailableException("The schema registry at " + url + " answered "
                        + response.statusCode() + " when asked for " + what, null);
            } catch (IOException | JacksonException e) {
                away = new RegistryUnavailableException("The schema registry at " + url + " is away: " + e, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new RegistryUnavailableException("Interrupted while asking for " + what, e);
            }
        }
        throw away == null ? new RegistryUnavailableException("No schema registry is configured", null) : away;
    }

    private static @Nullable String authorization(Map<String, ?> config) {
        if (text(config, "basic.auth.credentials.source", "").equals("USER_INFO")) {
            var userInfo = text(config, "basic.auth.user.info", "").getBytes(StandardCharsets.UTF_8);
            return "Basic " + Base64.getEncoder().encodeToString(userInfo);
        }
        if (text(config, "bearer.auth.credentials.source", "").equals("STATIC_TOKEN")) {
            return "Bearer " + text(config, "bearer.auth.token", "");
        }
        return null;
    }

    private static Duration millis(Map<String, ?> config, String key, long otherwise) {
        try {
            return Duration.ofMillis(Long.parseLong(text(config, key, Long.toString(otherwise))));
        } catch (NumberFormatException e) {
            throw new ConfigException(key, config.get(key), "is not a number of milliseconds");
        }
    }

    private static String text(Map<String, ?> config, String key, String otherwise) {
        var value = config.get(key);
        if (value instanceof List<?> list) {
            return String.join(",", list.stream().map(Object::toString).toList());
        }
        return value == null ? otherwise : value.toString();
    }

    @Override
    public void close() {
        http.close();
    }
}
