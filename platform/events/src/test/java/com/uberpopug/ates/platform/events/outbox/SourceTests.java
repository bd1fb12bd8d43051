package com.uberpopug.ates.platform.events.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The source of events, from {@code ates.installation}. */
class SourceTests {

    @ParameterizedTest
    @ValueSource(strings = {"https://ates.example/company", "https://ates.example/company/"})
    void source_is_the_installation_and_the_service(String installation) {
        assertThat(OutboxConfiguration.source(URI.create(installation), "tasks-service"))
                .isEqualTo("https://ates.example/company/tasks-service");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ates", "/ates", "//ates.example", "urn:ates", "https:///ates",
            "https://ates.example?a",
            "https://ates.example#a"})
    void installation_that_is_no_absolute_address_is_named(String installation) {
        assertThatThrownBy(() -> OutboxConfiguration.source(URI.create(installation), "tasks-service"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("ates.installation is " + installation);
    }
}
