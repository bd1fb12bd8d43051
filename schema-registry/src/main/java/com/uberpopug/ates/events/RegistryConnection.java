package com.uberpopug.ates.events;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends requests to a schema registry with Confluent's REST API, and tells the registry's answers from those of any
 * other server at its address, such as a gateway or a sign-in page.
 *
 * <p>Tries the URLs in turn, starting with the one that answered last. A request to one URL takes at most the sum of
 * the connect and the read timeout; an answer has at most {@value #MAX_ANSWER_BYTES} bytes; redirects are not followed.
 * A request whose connection ends without an answer is sent once more, on another connection: a server may close one
 * that was kept just as the request leaves. All requests of this API may be repeated.
 *
 * @see <a href="https://docs.confluent.io/platform/current/schema-registry/develop/api.html">Schema Registry API</a>
 */
public final class RegistryConnection implements AutoCloseable {

    static final int MAX_ANSWER_BYTES = 16 << 20;

    private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";
    private static final Set<Integer> UNKNOWN = Set.of(40401, 40402, 40403);
    private static final int MAX_MESSAGE_LENGTH = 500;
    private static final JsonMapper JSON = JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final RegistryConfig config;
    private final HttpClient http;
    private volatile int first;

    /**
     * @param config Confluent's configuration keys; keys of other libraries are ignored
     * @throws ConfigException if a key of Confluent's is not supported or its value is invalid; the message names the
     *     key and holds no secret
     */
    public RegistryConnection(Map<String, ?> config) {
        this.config = new RegistryConfig(config);
        var builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(this.config.connectTimeout).followRedirects(HttpClient.Redirect.NEVER)
                .sslParameters(this.config.sslParameters);
        this.config.proxy.ifPresent(builder::proxy);
        this.config.sslContext.ifPresent(builder::sslContext);
        http = builder.build();
        try {
            this.config.headers.forEach((name, value) -> HttpRequest.newBuilder().header(name, value));
        } catch (IllegalArgumentException e) {
            throw new ConfigException("request.header.*: a header has an invalid name or value");
        }
    }

    /** The number of answers that a cache may keep, from {@code max.schemas.per.subject}. */
    public int maxCached() {
        return config.maxCached;
    }

    /** The outcome of a request. */
    public sealed interface Answer<T> {

        /** The registry returned the requested content. */
        record Found<T>(T content) implements Answer<T> {
        }

        /** The registry reports an unknown subject, version or schema. */
        record Unknown<T>(String message) implements Answer<T> {
        }

        /** The registry rejects the request or the credentials. */
        record Refused<T>(String message) implements Answer<T> {
        }

        /** No URL leads to a working registry. */
        record Unavailable<T>(String message, @Nullable Throwable cause) implements Answer<T> {
        }
    }

    /**
     * Sends a request to the first URL with a registry's answer.
     *
     * @param path below the URL, beginning with a slash
     * @param body written as JSON; null for none
     * @param what the requested content, for messages such as "does not know schema id 7"
     * @param read extracts the content from an answer; null if the answer does not hold it
     */
    public <T> Answer<T> call(String method, String path, @Nullable Object body, String what,
            Function<JsonNode, @Nullable T> read) {
        Answer<T> away = new Answer.Unavailable<>("No schema registry is configured", null);
        for (int n = 0; n < config.registries.size(); n++) {
            int at = (first + n) % config.registries.size();
            var answer = call(config.registries.get(at), method, path, body, what, read);
            if (!(answer instanceof Answer.Unavailable)) {
                first = at;
                return answer;
            }
            away = answer;
            if (Thread.currentThread().isInterrupted()) {
                break;
            }
        }
        return away;
    }

    private <T> Answer<T> call(RegistryConfig.Registry registry, String method, String path, @Nullable Object body,
            String what, Function<JsonNode, @Nullable T> read) {
        var who = "The schema registry at " + registry.url();
        try {
            var response = send(registry, method, path, body);
            var json = json(response);
            int status = response.statusCode();
            if (status == 200) {
                var content = json == null ? null : read.apply(json);
                return content == null
                        ? unavailable("%s did not answer as a schema registry to a request for %s: 200 with %s", who,
                                what, body(response))
                        : new Answer.Found<>(content);
            }
            // No registry uses zero as an error code.
            int code = json == null || !json.path("error_code").canConvertToInt() ? 0 : json.path("error_code").asInt();
            boolean isItsOwn = code != 0;
            if (status == 404 && UNKNOWN.contains(code)) {
                return new Answer.Unknown<>("%s does not know %s".formatted(who, what));
            }
            if (status == 401 || status == 403) {
                return new Answer.Refused<>("%s rejected the credentials (%d) of a request for %s"
                        .formatted(who, status, what));
            }
            if (isItsOwn && (status == 409 || status == 422 || status == 400)) {
                return new Answer.Refused<>("%s refuses %s: %d %s".formatted(who, what, status, body(response)));
            }
            return unavailable("%s answered %d to a request for %s" + (status == 404 && !isItsOwn
                    ? ", without a registry's error code: check the path of its URL"
                    : ""), who, status, what);
        } catch (ExecutionException e) {
            return new Answer.Unavailable<>("%s is away: %s".formatted(who, e.getCause()), e.getCause());
        } catch (TimeoutException e) {
            return new Answer.Unavailable<>("%s did not answer within %d ms to a request for %s".formatted(who,
                    config.connectTimeout.plus(config.readTimeout).toMillis(), what), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Answer.Unavailable<>("Interrupted during a request for " + what, e);
        }
    }

    private static <T> Answer<T> unavailable(String message, Object... parts) {
        return new Answer.Unavailable<>(message.formatted(parts), null);
    }

    private HttpResponse<String> send(RegistryConfig.Registry registry, String method, String path,
            @Nullable Object body) throws ExecutionException, TimeoutException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(registry.url() + path)).timeout(config.readTimeout)
                .header("Accept", CONTENT_TYPE + ", application/vnd.schemaregistry+json, application/json")
                .header("Content-Type", CONTENT_TYPE)
                .method(method, body == null
                        ? BodyPublishers.noBody()
                        : BodyPublishers.ofString(JSON.writeValueAsString(body)));
        config.headers.forEach(request::setHeader);
        registry.authorization().ifPresent(credentials -> request.setHeader("Authorization", credentials.header()));
        long end = System.nanoTime() + config.connectTimeout.plus(config.readTimeout).toNanos();
        try {
            return send(request.build(), end);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException && !(e.getCause() instanceof ConnectException
                    || e.getCause() instanceof HttpTimeoutException)) {
                return send(request.build(), end);
            }
            throw e;
        }
    }

    private HttpResponse<String> send(HttpRequest request, long end)
            throws ExecutionException, TimeoutException, InterruptedException {
        var sent = http.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofString(), MAX_ANSWER_BYTES));
        try {
            // The request's own timeout covers only the headers of the answer.
            return sent.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | InterruptedException e) {
            sent.cancel(true);
            throw e;
        }
    }

    private static @Nullable JsonNode json(HttpResponse<String> response) {
        var type = response.headers().firstValue("Content-Type").orElse("").toLowerCase(Locale.ROOT);
        if (!type.matches("application/([a-z0-9.-]+\\+)?json *(;.*)?")) {
            return null;
        }
        try {
            var json = JSON.readTree(response.body());
            return json.isMissingNode() || json.isNull() ? null : json;
        } catch (JacksonException e) {
            return null;
        }
    }

    private static String body(HttpResponse<String> response) {
        var body = response.body().replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\s]+", " ").strip();
        return body.isEmpty()
                ? "nothing"
                : body.substring(0, Math.min(body.length(), MAX_MESSAGE_LENGTH));
    }

    /** Reads a schema id, at least 1, from an answer; null if it holds none. */
    public static @Nullable Integer id(JsonNode answer) {
        var id = answer.path("id");
        return id.isIntegralNumber() && id.canConvertToInt() && id.asInt() > 0 ? id.asInt() : null;
    }

    /** The URLs, without credentials. */
    public List<String> urls() {
        return config.registries.stream().map(RegistryConfig.Registry::url).toList();
    }

    @Override
    public String toString() {
        return urls().stream().collect(Collectors.joining(", "));
    }

    @Override
    public void close() {
        // Requests under way are dropped.
        http.shutdownNow();
        http.close();
    }
}
