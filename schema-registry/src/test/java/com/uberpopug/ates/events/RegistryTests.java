package com.uberpopug.ates.events;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import com.uberpopug.ates.events.RegisterSchemas.Away;
import com.uberpopug.ates.events.RegisterSchemas.Refused;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the registration program interprets a registry's answers. */
class RegistryTests {

    private final List<String> requests = new ArrayList<>();
    private HttpServer server;
    private volatile int status = 200;
    private volatile String type = "application/vnd.schemaregistry.v1+json";
    private volatile String answer = "";

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            var call = exchange.getRequestMethod() + " " + exchange.getRequestURI();
            requests.add(call + " " + exchange.getRequestHeaders().getFirst("Authorization"));
            exchange.getRequestBody().readAllBytes();
            var bytes = (answer.isEmpty() ? good(call) : answer).getBytes(UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
    }

    private static String good(String call) {
        return call.startsWith("GET")
                ? "[]"
                : call.startsWith("POST") ? "{\"id\": 1}" : "{\"compatibility\": \"FULL\"}";
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void everything_is_registered_with_the_credentials_of_the_url() throws Exception {
        try (var registry = registry()) {
            registry.registerSchemas();
            assertThat(registry.toString()).isEqualTo("http://localhost:" + server.getAddress().getPort());
        }
        assertThat(requests).hasSizeGreaterThan(EventType.all().size())
                .allSatisfy(call -> assertThat(call).endsWith(" Basic YW5uYTpwNHI="));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            404 | text/html        | <html>404</html>
            404 | application/json | {"error_code": 404}
            200 | application/json | {}
            200 | application/json | {"id": 0}
            200 | text/html        | <form>Sign in</form>
            200 | application/json | {"id": 1
            302 | application/json | {}
            500 | application/json | {"error_code": 50001}
            """)
    void foreign_server_at_the_registrys_address_is_waited_for(int status, String type, String answer) {
        this.status = status;
        this.type = type;
        this.answer = answer;
        try (var registry = registry()) {
            assertThatThrownBy(registry::registerSchemas).isInstanceOf(Away.class).message().doesNotContain("p4r");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            409 | {"error_code": 409, "message": "incompatible"}
            422 | {"error_code": 42201, "message": "no schema"}
            401 | {"error_code": 401}
            """)
    void refusal_by_the_registry_is_final(int status, String answer) {
        this.status = status;
        this.answer = answer;
        try (var registry = registry()) {
            assertThatThrownBy(registry::registerSchemas).isInstanceOf(Refused.class).message().doesNotContain("p4r");
        }
    }

    @Test
    void environment_variables_match_the_services_properties() {
        assertThat(RegisterSchemas.registry(Map.of("SCHEMA_REGISTRY_URL", "http://r", "SCHEMA_REGISTRY_PORT", "tcp://1",
                "SCHEMA_REGISTRY_SERVICE_HOST", "10.0.0.1", "SPRING_KAFKA_PROPERTIES_BASIC_AUTH_USER_INFO", "a:b",
                "SCHEMA_REGISTRY_SSL_TRUSTSTORE_LOCATION", "/t", "PATH", "/bin")))
                .isEqualTo(Map.of("schema.registry.url", "http://r", "basic.auth.user.info", "a:b",
                        "schema.registry.ssl.truststore.location", "/t"));
        assertThatThrownBy(
                () -> new Registry(RegisterSchemas.registry(Map.of("SCHEMA_REGISTRY_PASSWORD", "p4r"))).close())
                .isInstanceOf(ConfigException.class).message().contains("schema.registry.password")
                .doesNotContain("p4r");
    }

    private Registry registry() {
        return new Registry(Map.of("schema.registry.url",
                "http://anna:p4r@localhost:" + server.getAddress().getPort() + "/"));
    }
}
