package com.uberpopug.ates.counting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.uberpopug.ates.localstack.parts.PostgresServer;
import com.uberpopug.ates.platform.pages.PageProperties;
import com.uberpopug.ates.platform.test.RealParts;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The client secret also signs forms and seals cookies, so that no service runs with one that everybody knows. */
class ClientSecretTests {

    private final PostgresServer.Database database = RealParts.shared().createMigratedDatabase("counting");

    @ParameterizedTest
    @ValueSource(strings = {"", " "})
    void service_without_one_ends_at_its_start(String secret) {
        // Regression: it started with "demo".
        assertThatThrownBy(() -> start(Map.of("ates.client-secret", secret)).close())
                .hasStackTraceContaining("ATES_CLIENT_SECRET is not set");
    }

    @Test
    void demo_starts_without_one() {
        try (var service = start(Map.of("ates.client-secret", "", "ates.demo", "true"))) {
            assertThat(service.getBean(PageProperties.class).clientSecret()).isEqualTo("demo");
        }
    }

    private ConfigurableApplicationContext start(Map<String, String> more) {
        var properties = new HashMap<>(RealParts.properties(database));
        properties.putAll(Map.of("server.port", "0", "spring.kafka.listener.auto-startup", "false"));
        properties.putAll(more);
        return new SpringApplicationBuilder(CountingApplication.class).run(properties.entrySet().stream()
                .map(each -> "--" + each.getKey() + "=" + each.getValue()).toArray(String[]::new));
    }
}
