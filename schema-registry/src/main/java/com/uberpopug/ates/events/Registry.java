package com.uberpopug.ates.events;

import com.uberpopug.ates.events.RegisterSchemas.Away;
import com.uberpopug.ates.events.RegisterSchemas.Refused;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The schema registry as Confluent's REST API shows it
 * (<a href="https://docs.confluent.io/platform/current/schema-registry/develop/api.html">its reference</a>).
 */
final class Registry implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Registry.class);
    private static final Map<String, String> FULL_TRANSITIVE = Map.of("compatibility", "FULL_TRANSITIVE");
    private static final JsonMapper json = JsonMapper.shared();

    private final String url;
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5)).build();

    Registry(String url) {
        this.url = url.replaceFirst("/+$", "");
    }

    void bringAbout() throws Away {
        call("PUT", "/config", FULL_TRANSITIVE, "to be FULL_TRANSITIVE");
        var known = new HashSet<String>();
        call("GET", "/subjects", null, "to list its subjects").forEach(subject -> known.add(subject.asString()));
        for (EventType event : EventType.all()) {
            // A subject that exists may have a laxer rule than the registry, so its rule comes before its schema. A new
            // one falls under the registry's rule, and not every registry takes a rule for a subject without a schema.
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
                "to be FULL_TRANSITIVE for the subject " + event.subject());
    }

    private void register(EventType event) throws Away {
        var answer = call("POST", "/subjects/" + event.subject() + "/versions", Map.of("schema", event.schemaText()),
                "the schema of %s under the subject %s".formatted(event.dataSchema(), event.subject()));
        log.info("{} is schema {}", event.dataSchema(), answer.path("id").asInt());
    }

    private JsonNode call(String method, String path, @Nullable Object body, String wanted) throws Away {
        var request = HttpRequest.newBuilder(URI.create(url + path)).timeout(Duration.ofSeconds(10))
                .header("Content-Type", "application/vnd.schemaregistry.v1+json").method(method,
                        body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(json.writeValueAsString(body)))
                .build();
        try {
            var answer = http.send(request, BodyHandlers.ofString());
            String said = "%d %s".formatted(answer.statusCode(), answer.body());
            if (answer.statusCode() >= 500) {
                throw new Away(said);
            }
            if (answer.statusCode() >= 300) {
                throw new Refused("The schema registry at %s refuses %s: %s".formatted(url, wanted, said));
            }
            return json.readTree(answer.body());
        } catch (IOException noAnswer) {
            throw new Away(noAnswer.toString());
        } catch (JacksonException noJson) {
            throw new Refused(
                    "What answers at %s is no schema registry: %s".formatted(url, noJson.getOriginalMessage()));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new Refused("Interrupted while talking to the schema registry");
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
