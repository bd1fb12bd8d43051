package com.uberpopug.ates.counting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertAll;

import com.uberpopug.ates.events.EventType;
import com.uberpopug.ates.localstack.parts.Principals;
import com.uberpopug.ates.localstack.parts.RegistryServer;
import com.uberpopug.ates.platform.test.RealParts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import tools.jackson.databind.json.JsonMapper;

/** What each client of the schema registry may do, by Confluent's API and by Apicurio's own. */
class RegistryAccessTests {

    private static final RegistryServer REGISTRY = RealParts.shared().registry();
    private static final HttpClient http = HttpClient.newHttpClient();
    private static final String SCHEMA = """
            {"schema": "{\\"type\\": \\"record\\", \\"name\\": \\"Forged\\", \\"fields\\": []}"}
            """;
    private static final String SUBJECT = EventType.all().getFirst().subject();

    /** A request; the path is one of Confluent's API, or begins with two slashes. */
    private record Request(String method, String path, String body) {
    }

    private static final List<Request> READS = List.of(new Request("GET", "/subjects", ""),
            new Request("GET", "/schemas/ids/1", ""), new Request("GET", "/config", ""),
            new Request("GET", "/subjects/" + SUBJECT + "/versions/latest", ""),
            new Request("GET", "//apis/registry/v3/search/artifacts", ""));

    private static final List<Request> WRITES = List.of(new Request("POST", "/subjects/forged/versions", SCHEMA),
            new Request("POST", "/subjects/" + SUBJECT + "/versions", SCHEMA),
            new Request("PUT", "/config", "{\"compatibility\": \"NONE\"}"),
            new Request("PUT", "/config/" + SUBJECT, "{\"compatibility\": \"NONE\"}"),
            new Request("DELETE", "/subjects/" + SUBJECT, ""),
            new Request("POST", "//apis/registry/v3/groups/default/artifacts", """
                    {"artifactId": "forged", "artifactType": "AVRO", "firstVersion": {"content": {"content": "{}",
                     "contentType": "application/json"}}}"""),
            new Request("DELETE", "//apis/registry/v3/groups/default/artifacts", ""),
            new Request("POST", "//apis/registry/v3/admin/rules",
                    "{\"ruleType\": \"COMPATIBILITY\", \"config\": \"NONE\"}"),
            new Request("PUT", "//apis/registry/v3/admin/config/properties/apicurio.storage.read-only.enabled",
                    "{\"value\": \"true\"}"),
            new Request("GET", "//apis/registry/v3/admin/export", ""));

    @Test
    void nobody_reads_or_writes_without_a_name_and_its_password() {
        var strangers = new LinkedHashMap<String, @Nullable String>();
        strangers.put("anonymous", null);
        strangers.put("guessed", "Basic dGFza3Mtc2VydmljZTpndWVzc2Vk");
        strangers.put("broken", "Basic !");
        strangers.put("bearer", "Bearer admin");
        assertAll(strangers.entrySet().stream().flatMap(stranger -> Stream.concat(READS.stream(), WRITES.stream())
                .map(request -> () -> assertThat(status(request, stranger.getValue()))
                        .as("%s as %s", request, stranger.getKey()).isIn(400, 401))));
    }

    @Test
    void principals_read_and_only_the_administrator_writes() {
        assertAll(Stream.of("tasks-service", "other-teams").flatMap(principal -> {
            var login = REGISTRY.authorization(principal);
            return Stream.<Executable>concat(READS.stream().map(request -> () -> assertThat(status(request, login))
                    .as("%s as %s", request, principal).isEqualTo(200)),
                    WRITES.stream().map(request -> () -> assertThat(status(request, login))
                            .as("%s as %s", request, principal).isEqualTo(403)));
        }));
    }

    @Test
    void damaged_registry_is_repaired_with_the_ids_it_had() throws Exception {
        var before = ids();
        var admin = REGISTRY.authorization(Principals.ADMIN);
        for (var type : EventType.all().subList(0, 3)) {
            assertThat(status(new Request("DELETE", "/subjects/" + type.subject(), ""), admin)).isEqualTo(200);
            assertThat(status(new Request("DELETE", "/subjects/" + type.subject() + "?permanent=true", ""), admin))
                    .isEqualTo(200);
        }
        assertThat(status(new Request("PUT", "/config", "{\"compatibility\": \"NONE\"}"), admin)).isEqualTo(200);

        RealParts.shared().registerSchemas();

        assertThat(ids()).isEqualTo(before);
        assertThat(send(new Request("GET", "/config", ""), admin).body()).contains("FULL_TRANSITIVE");
    }

    private static Map<String, Integer> ids() throws Exception {
        var ids = new LinkedHashMap<String, Integer>();
        for (var type : EventType.all()) {
            var latest = send(new Request("GET", "/subjects/" + type.subject() + "/versions/latest", ""),
                    REGISTRY.authorization("tasks-service"));
            assertThat(latest.statusCode()).as(type.subject()).isEqualTo(200);
            ids.put(type.subject(), JsonMapper.shared().readTree(latest.body()).path("id").asInt());
        }
        return ids;
    }

    private static int status(Request request, @Nullable String authorization) throws Exception {
        return send(request, authorization).statusCode();
    }

    private static HttpResponse<String> send(Request request, @Nullable String authorization)
            throws IOException, InterruptedException {
        var url = request.path().startsWith("//")
                ? URI.create(REGISTRY.url()).resolve(request.path().substring(1))
                : URI.create(REGISTRY.url() + request.path());
        var sent = HttpRequest.newBuilder(url).header("Content-Type", "application/json").method(request.method(),
                request.body().isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(request.body()));
        if (authorization != null) {
            sent.header("Authorization", authorization);
        }
        return http.send(sent.build(), BodyHandlers.ofString());
    }
}
