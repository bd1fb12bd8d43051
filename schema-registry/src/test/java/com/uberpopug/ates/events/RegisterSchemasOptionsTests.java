package com.uberpopug.ates.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.uberpopug.ates.events.RegisterSchemas.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegisterSchemasOptionsTests {

    @Test
    void options_come_in_any_order(@TempDir Path directory) throws IOException {
        var file = Files.writeString(directory.resolve("client.properties"), "sasl.mechanism=PLAIN\n# a comment\n");
        assertThat(Options.of(List.of("--command-config", file.toString(), "--wait-seconds", "7")))
                .satisfies(options -> {
                    assertThat(options.patience()).isEqualTo(Duration.ofSeconds(7));
                    assertThat(options.config()).containsOnlyKeys("sasl.mechanism").containsEntry("sasl.mechanism",
                            "PLAIN");
                });
        assertThat(Options.of(List.of())).isEqualTo(new Options(Duration.ofMinutes(2), Map.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--wait-seconds", "--wait-seconds 0", "--wait-seconds soon",
            "--wait-seconds 1 --wait-seconds 2",
            "--command-config", "--command-config /nowhere/client.properties", "7", "--help me"})
    void nonsense_is_refused(String arguments) {
        assertThatIllegalArgumentException().isThrownBy(() -> Options.of(List.of(arguments.split(" "))));
    }
}
