package com.uberpopug.ates.counting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.uberpopug.ates.localstack.parts.Ports;
import com.uberpopug.ates.platform.test.ServiceTest;
import com.uberpopug.ates.platform.web.security.Role;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Runs the probe of containers as Docker does: a process with nothing but the platform's classes. */
@ServiceTest(database = "counting", properties = "ates.unknown-schema-patience=2s")
class HealthProbeTests {

    @LocalServerPort
    int port;

    @Test
    void service_with_a_working_pipeline_is_healthy() {
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(probe(port)).isZero());
    }

    @Test
    void service_that_does_not_listen_is_unhealthy() throws Exception {
        assertThat(probe(Ports.free())).isEqualTo(1);
    }

    /** The exit code. */
    static int probe(int port) throws IOException, InterruptedException, URISyntaxException {
        var java = ProcessHandle.current().info().command().orElseThrow();
        var platform = Path.of(Role.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        return new ProcessBuilder(java, "-XX:TieredStopAtLevel=1", "-cp", platform.toString(),
                "com.uberpopug.ates.platform.web.HealthProbe", Integer.toString(port)).inheritIO().start().waitFor();
    }
}
