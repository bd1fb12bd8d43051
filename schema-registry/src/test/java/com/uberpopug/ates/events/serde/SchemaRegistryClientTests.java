package com.uberpopug.ates.events.serde;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Interpretation of a registry's answers, and support of Confluent's keys. */
class SchemaRegistryClientTests {

    private static final String SECRET = "p4r:r@t/ß,x";
    private static final String ENCODED = "p4r%3Ar%40t%2F%C3%9F%2Cx";
    private static final String SCHEMA = """
            {"schema": "{\\"type\\": \\"record\\", \\"name\\": \\"a.B\\", \\"fields\\": []}"}""";
    private static final String ID = "{\"subject\": \"s\", \"version\": 1, \"id\": 7, \"schema\": \"\\\"long\\\"\"}";

    static Stream<Arguments> noAnswersOfARegistry() {
        return Stream.of(
                Arguments.of("404 of a gateway",
                        StandIn.answer(404, "text/html", "<html><body>404 Not Found</body></html>")),
                Arguments.of("404 of a wrong path",
                        StandIn.json(404, "{\"error_code\": 404, \"message\": \"HTTP 404\"}")),
                Arguments.of("404 without a body", StandIn.json(404, "")),
                Arguments.of("404 without a code", StandIn.json(404, "{\"message\": \"not found\"}")),
                Arguments.of("404 with a code of text", StandIn.json(404, "{\"error_code\": \"40403\"}")),
                Arguments.of("404 with another code", StandIn.json(404, "{\"error_code\": 40499}")),
                Arguments.of("404 with the code in HTML", StandIn.answer(404, "text/html", "{\"error_code\": 40403}")),
                Arguments.of("500 with the code", StandIn.json(500, "{\"error_code\": 40403}")),
                Arguments.of("200 with nothing", StandIn.json(200, "")),
                Arguments.of("200 {}", StandIn.json(200, "{}")),
                Arguments.of("200 null", StandIn.json(200, "null")),
                Arguments.of("200 []", StandIn.json(200, "[]")),
                Arguments.of("200 with id 0 and an empty schema", StandIn.json(200, "{\"id\": 0, \"schema\": \"\"}")),
                Arguments.of("200 with a negative id", StandIn.json(200, "{\"id\": -7, \"schema\": \"{\"}")),
                Arguments.of("200 with an id beyond 31 bits", StandIn.json(200, "{\"id\": 4294967303, \"schema\": 1}")),
                Arguments.of("200 with a fraction", StandIn.json(200, "{\"id\": 7.5, \"schema\": null}")),
                Arguments.of("200 with an id of text", StandIn.json(200, "{\"id\": \"7\", \"schema\": {}}")),
                Arguments.of("200 with a schema that is none",
                        StandIn.json(200, "{\"id\": false, \"schema\": \"{\\\"type\\\": \\\"wish\\\"}\"}")),
                Arguments.of("200 of a sign-in page", StandIn.answer(200, "text/html", "<form>Sign in</form>")),
                Arguments.of("200 of another type",
                        StandIn.answer(200, "text/plain", "{\"id\": 7, " + SCHEMA.substring(1))),
                Arguments.of("200 of garbage", StandIn.json(200, "{\"id\": 7,, \"schema\"")),
                Arguments.of("200 with more behind it", StandIn.json(200, "{\"id\": 7} " + SCHEMA)),
                Arguments.of("204", StandIn.json(204, "")),
                Arguments.of("redirect",
                        "HTTP/1.1 302 X\r\nLocation: http://localhost:1/login\r\nContent-Length: 0\r\n"
                                + "Connection: close\r\n\r\n"),
                Arguments.of("401", StandIn.json(401, "{\"error_code\": 40101, \"message\": \"Unauthorized\"}")),
                Arguments.of("403", StandIn.answer(403, "text/html", "Forbidden")),
                Arguments.of("429", StandIn.json(429, "{\"error_code\": 429}")),
                Arguments.of("502", StandIn.answer(502, "text/html", "Bad gateway")),
                Arguments.of("cut off", StandIn.json(200, SCHEMA + " ".repeat(100)).strip()),
                Arguments.of("stopped in the middle", StandIn.json(200, "{\"id\": 7, \"sch" + " ".repeat(999))
                        .replace("Connection: close", "Hangs: yes").strip()),
                Arguments.of("no HTTP", "SSH-2.0-OpenSSH_9.2\r\n\r\n"),
                Arguments.of("none", null));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("noAnswersOfARegistry")
    void foreign_server_counts_as_unavailable_and_is_requested_again(String what, String answer)
            throws Exception {
        boolean isSilent = answer == null || answer.contains("Hangs:");
        try (var registry = new StandIn(answer);
                var client = client(Map.of("schema.registry.url", registry.url(),
                        "http.read.timeout.ms", isSilent ? 500 : 30_000, "http.connect.timeout.ms",
                        isSilent ? 500 : 30_000));
                var patient = client(Map.of("schema.registry.url", registry.url()))) {
            // Regression: a body that stalled was once awaited without end.
            assertThat(failure(() -> client.idOf("s", "\"long\""))).isInstanceOf(RegistryUnavailableException.class);
            assertThat(failure(() -> client.schema(7))).isInstanceOf(RegistryUnavailableException.class);
            assertThat(failure(client::ping)).satisfiesAnyOf(
                    away -> assertThat(away).isInstanceOf(RegistryUnavailableException.class),
                    // Any list is a valid answer to this request.
                    none -> assertThat(what).isEqualTo("200 []"));
            registry.answers(StandIn.json(200, ID));
            var again = isSilent ? patient : client;
            assertThat(again.idOf("s", "\"long\"")).isEqualTo(7);
            registry.answers(StandIn.json(200, SCHEMA));
            assertThat(again.schema(7).getFullName()).isEqualTo("a.B");
        }
    }

    @Test
    void request_on_a_kept_connection_that_the_registry_ends_is_sent_again() {
        // Regression: only requests by GET were.
        try (var registry = new StandIn(StandIn.json(200, ID));
                var client = client(Map.of("schema.registry.url", registry.url()))) {
            registry.endsUsedConnections();
            assertThat(client.idOf("s", "\"long\"")).isEqualTo(7);
            assertThat(client.idOf("t", "\"long\"")).isEqualTo(7);
            registry.answers(StandIn.json(200, SCHEMA));
            assertThat(client.schema(7).getFullName()).isEqualTo("a.B");
            assertThat(registry.requests).as("each but the first is received twice").hasSize(5);
        }
    }

    private static Throwable failure(Runnable call) throws Exception {
        return CompletableFuture.runAsync(call)
                .handle((_, failure) -> failure == null ? new Error() : failure.getCause())
                .get(20, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(ints = {40401, 40402, 40403})
    void schema_is_unknown_only_by_the_registrys_own_error_code(int code) {
        try (var registry = new StandIn(StandIn.json(404, "{\"error_code\": %d}".formatted(code)));
                var client = client(Map.of("schema.registry.url", registry.url()))) {
            assertThatThrownBy(() -> client.idOf("s", "\"long\"")).isInstanceOf(UnknownSchemaException.class);
            assertThatThrownBy(() -> client.schema(7)).isInstanceOf(UnknownSchemaException.class);
        }
    }

    @Test
    void schema_of_another_kind_is_rejected_and_a_name_outside_avros_rules_is_accepted() {
        try (var registry = new StandIn(StandIn.json(200, "{\"schemaType\": \"PROTOBUF\", \"schema\": \"syntax;\"}"));
                var client = client(Map.of("schema.registry.url", registry.url()))) {
            assertThatThrownBy(() -> client.schema(7)).isInstanceOf(SerializationException.class)
                    .hasMessageContaining("PROTOBUF");
            registry.answers(StandIn.json(200, SCHEMA.replace("a.B", "a-b.1")));
            assertThat(client.schema(7).getName()).isEqualTo("1");
        }
    }

    @Test
    void next_url_is_used_where_one_does_not_answer_as_a_registry() {
        try (var gateway = new StandIn(StandIn.answer(404, "text/html", "<html/>"));
                var half = new StandIn(StandIn.json(200, "{}"));
                var registry = new StandIn(StandIn.json(200, ID));
                var client = client(Map.of("schema.registry.url",
                        List.of("http://localhost:1", gateway.url(), half.url() + "/", registry.url() + "/")))) {
            assertThat(client.idOf("s", "\"long\"")).isEqualTo(7);
            assertThat(registry.requests).singleElement().asString().startsWith("POST /subjects/s HTTP");
            registry.answers(StandIn.json(404, "{\"error_code\": 40403}"));
            assertThatThrownBy(() -> client.idOf("t", "\"long\"")).isInstanceOf(UnknownSchemaException.class);
            assertThat(gateway.requests).as("the URL that answered last comes first").hasSize(1);
        }
    }

    static Stream<Arguments> credentials() {
        var basic = "Basic " + Base64.getEncoder().encodeToString(("anna:" + SECRET).getBytes(UTF_8));
        var jaas = "org.apache.kafka.common.security.plain.PlainLoginModule required username='anna' password='%s';"
                .formatted(SECRET);
        return Stream.of(
                Arguments.of(basic, Map.of("schema.registry.url", "http://anna:" + ENCODED + "@HOST")),
                Arguments.of(basic, Map.of("schema.registry.url", "http://anna:" + ENCODED + "@HOST",
                        "basic.auth.credentials.source", "URL")),
                Arguments.of(basic, Map.of("schema.registry.url", "http://HOST", "basic.auth.credentials.source",
                        "USER_INFO", "basic.auth.user.info", "anna:" + SECRET)),
                Arguments.of(basic, Map.of("schema.registry.url", "http://HOST", "basic.auth.credentials.source",
                        "USER_INFO", "schema.registry.basic.auth.user.info", new Password("anna:" + SECRET))),
                Arguments.of(basic, Map.of("schema.registry.url", "http://HOST",
                        "schema.registry.basic.auth.credentials.source", "SASL_INHERIT", "sasl.jaas.config", jaas)),
                Arguments.of(basic, Map.of("schema.registry.url", "http://HOST",
                        "basic.auth.credentials.source", "SASL_INHERIT", "sasl.jaas.config", new Password(jaas))),
                Arguments.of("Bearer a.b-c", Map.of("schema.registry.url", "http://HOST",
                        "bearer.auth.credentials.source", "STATIC_TOKEN", "bearer.auth.token", "a.b-c")),
                Arguments.of("Bearer a.b-c",
                        Map.of("schema.registry.url", "http://HOST", "bearer.auth.token", "a.b-c")),
                Arguments.of("Token t", Map.of("schema.registry.url", "http://HOST", "request.header.Authorization",
                        "Token t")));
    }

    @ParameterizedTest
    @MethodSource("credentials")
    void credentials_of_every_source_are_sent_and_never_printed(String header, Map<String, Object> config) {
        try (var registry = new StandIn(StandIn.json(200, ID))) {
            var filled = new HashMap<>(config);
            filled.compute("schema.registry.url",
                    (_, url) -> String.valueOf(url).replace("HOST", "localhost:" + registry.port()));
            try (var client = client(filled)) {
                client.idOf("s", "\"long\"");
                assertThat(registry.requests.getFirst().lines()).contains("Authorization: " + header);
                assertThat(client.toString()).doesNotContain("p4r", "a.b-c");
                for (var answer : List.of(StandIn.json(404, "{\"error_code\": 40403}"), StandIn.json(401, "{}"),
                        StandIn.json(302, ""), StandIn.json(200, "{}"))) {
                    registry.answers(answer);
                    assertThatThrownBy(() -> client.idOf("t", "\"long\"")).message().doesNotContain("p4r", "a.b-c")
                            .contains("localhost:" + registry.port());
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", emptyValue = "", textBlock = """
            basic.auth.credentials.source        | OAUTH
            basic.auth.credentials.source        | USER_INFO
            basic.auth.credentials.source        | SASL_INHERIT
            basic.auth.user.info                 | anna:p4r
            basic.auth.user.infos                | anna:p4r
            schema.registry.basic.auth.user.info | anna:p4r
            schema.registry.basic.auth.user      | anna
            bearer.auth.credentials.source       | OAUTHBEARER
            bearer.auth.credentials.source       | SASL_OAUTHBEARER_INHERIT
            bearer.auth.credentials.source       | CUSTOM
            bearer.auth.credentials.source       | STATIC_TOKEN
            bearer.auth.token                    | two p4r
            bearer.auth.issuer.endpoint.url      | http://localhost/token
            bearer.auth.client.secret            | p4r
            bearer.auth.logical.cluster          | lsrc-1
            schema.registry.ulr                  | http://localhost
            schema.registry.ssl.truststore.location | /nowhere/at/all
            schema.registry.ssl.truststore.path  | /nowhere
            schema.registry.ssl.protocol         | SSLv9
            schema.registry.ssl.endpoint.identification.algorithm | ''
            schema.registry.ssl.engine.factory.class | java.lang.String
            schema.registry.request.timeout.ms   | soon
            http.connect.timeout.ms              | 0
            http.read.timeout.ms                 | -1
            schema.registry.http.read.timeout.ms | 600001
            proxy.host                           | localhost
            proxy.port                           | 3128
            auto.register.schemas                | true
            auto.register.schemas                | perhaps
            use.latest.version                   | true
            use.latest.with.metadata             | a=b
            use.schema.id                        | 7
            id.compatibility.strict              | false
            latest.compatibility.strict          | false
            latest.cache.ttl.sec                 | 5
            missing.id.cache.ttl.sec             | 60
            normalize.schemas                    | true
            specific.avro.reader                 | false
            specific.avro.value.type             | a.B
            avro.reflection.allow.null           | true
            value.subject.name.strategy          | io.confluent.kafka.serializers.subject.TopicNameStrategy
            value.subject.name.strategy          | io.confluent.kafka.serializers.subject.RecordNameStrategy
            key.subject.name.strategy            | io.confluent.kafka.serializers.subject.TopicRecordNameStrategy
            reference.subject.name.strategy      | x
            other.subject.name.strategy          | x
            context.name.strategy                | a.B
            max.schemas.per.subject              | 0
            max.retries                          | 3
            rule.executors                       | encrypt
            value.schema.id.deserializer         | io.confluent.kafka.serializers.schema.id.DualSchemaIdDeserializer
            json.fail.invalid.schema             | true
            """)
    void unsupported_key_of_confluents_is_rejected_by_name(String key, String value) {
        assertThatThrownBy(() -> client(Map.of("schema.registry.url", "http://localhost:1", key, value)).close())
                .isInstanceOf(ConfigException.class).message().doesNotContain("p4r")
                .contains(key.replaceFirst("^schema\\.registry\\.", "").replaceFirst(
                        "^ssl\\.(truststore.location|protocol)$",
                        "ssl."));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",", "localhost:8081", "ftp://localhost", "mock://scope", "http://", "http://a b",
            "http://anna:p4r@r@localhost", "http://anna:p4r#r@localhost", "http://anna@localhost",
            "http://localhost/?p4r", "http://localhost:70000",
            "http://localhost,http://anna:p4r@"})
    void invalid_url_is_rejected_without_printing_its_credentials(String url) {
        assertThatThrownBy(() -> client(Map.of("schema.registry.url", url)).close()).isInstanceOf(ConfigException.class)
                .message().contains("schema.registry.url").doesNotContain("p4r");
    }

    @Test
    void credentials_in_two_places_are_refused() {
        var url = "http://anna:p4r@localhost";
        for (Map<String, String> config : List.of(
                Map.of("basic.auth.credentials.source", "USER_INFO", "basic.auth.user.info", "boris:p4r"),
                Map.of("bearer.auth.token", "p4r"), Map.of("request.header.Authorization", "p4r"),
                Map.of("basic.auth.credentials.source", "URL", "bearer.auth.credentials.source", "STATIC_TOKEN",
                        "bearer.auth.token", "p4r"))) {
            var all = new HashMap<>(config);
            all.put("schema.registry.url", url);
            assertThatThrownBy(() -> client(all).close()).as(config.keySet().toString())
                    .isInstanceOf(ConfigException.class).message().doesNotContain("p4r");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            auto.register.schemas           | false
            use.latest.version              | false
            value.subject.name.strategy     | io.confluent.kafka.serializers.subject.TopicRecordNameStrategy
            specific.avro.reader            | TRUE
            avro.use.logical.type.converters | true
            max.schemas.per.subject         | 10
            http.connect.timeout.ms         | 100
            schema.registry.request.timeout.ms | 3000
            schema.registry.ssl.protocol    | TLSv1.3
            latest.cache.size               | 1000
            request.timeout.ms              | 5000
            retries                         | 3
            ssl.truststore.location         | /kafka's/own
            key.deserializer                | org.apache.kafka.common.serialization.StringDeserializer
            """)
    void redundant_or_foreign_key_is_accepted(String key, String value) {
        client(Map.of("schema.registry.url", "http://localhost:1", key, value)).close();
    }

    @Test
    void requests_go_through_the_proxy() {
        try (var proxy = new StandIn(StandIn.json(200, ID));
                var client = client(Map.of("schema.registry.url",
                        "http://registry.example", "proxy.host", "localhost", "proxy.port", proxy.port()))) {
            assertThat(client.idOf("s", "\"long\"")).isEqualTo(7);
            assertThat(proxy.requests.getFirst()).startsWith("POST http://registry.example/subjects/s HTTP");
        }
    }

    private static SchemaRegistryClient client(Map<String, ?> config) {
        var all = new HashMap<String, Object>(
                Map.of("http.read.timeout.ms", 30_000, "http.connect.timeout.ms", 30_000));
        if (config.containsKey("schema.registry.http.read.timeout.ms")
                || config.containsKey("schema.registry.request.timeout.ms")) {
            all.remove("http.read.timeout.ms");
        }
        all.putAll(config);
        return new SchemaRegistryClient(all);
    }
}
