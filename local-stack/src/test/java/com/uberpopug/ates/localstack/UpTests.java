package com.uberpopug.ates.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.uberpopug.ates.localstack.parts.KafkaServer;
import com.uberpopug.ates.localstack.parts.PartFailedException;
import com.uberpopug.ates.localstack.parts.Ports;
import com.uberpopug.ates.localstack.parts.Principals;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UpTests {
    @TempDir
    Path home;

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "0.0.0.0"})
    void taken_port_is_reported_in_one_line_with_its_owner(String address) throws IOException {
        try (var occupied = new ServerSocket(0, 1, InetAddress.getByName(address))) {
            var kafka = new KafkaServer(home, occupied.getLocalPort(), new Principals(home, List.of()));
            assertThatThrownBy(() -> Up.refuseTakenPort(kafka)).isInstanceOf(PartFailedException.class)
                    .hasMessageStartingWith("port " + occupied.getLocalPort() + ", which kafka needs, is taken by ")
                    .hasMessageNotContaining("\n").satisfies(refusal -> {
                        if (Files.exists(Path.of("/proc/net/tcp"))) {
                            assertThat(refusal).hasMessageContaining("pid " + ProcessHandle.current().pid() + " (");
                        }
                    });
        }
        var free = new KafkaServer(home, Ports.free(), new Principals(home, List.of()));
        assertThatCode(() -> Up.refuseTakenPort(free)).doesNotThrowAnyException();
    }

    @Test
    void free_port_is_reserved_once() {
        assertThat(IntStream.range(0, 500).mapToObj(_ -> Ports.free()).collect(Collectors.toSet())).hasSize(500);
    }

    @Test
    void data_of_an_earlier_version_are_refused_in_one_line_and_kept() throws IOException {
        Files.createDirectories(home.resolve("log"));
        var data = Files.createDirectories(home.resolve("postgres")).resolve("PG_VERSION");
        var log = home.resolve("log/kafka.log");
        Files.writeString(data, "18");
        Files.writeString(log, "of the last run");
        assertThatThrownBy(() -> up().prepare(false)).isInstanceOf(PartFailedException.class)
                .hasMessageContaining("of another version").hasMessageContaining("./ates up --fresh")
                .hasMessageNotContaining("\n");
        assertThat(data).exists();
        assertThat(log).exists();
        assertThat(home.resolve("format")).doesNotExist();

        up().prepare(true);
        assertThat(data).doesNotExist();
    }

    @Test
    void data_of_this_version_are_kept_by_the_next_up() throws IOException {
        up().prepare(false);
        var data = Files.createDirectories(home.resolve("postgres")).resolve("PG_VERSION");
        Files.writeString(data, "18");
        up().prepare(false);
        assertThat(data).exists();
    }

    @Test
    void data_of_a_later_version_are_refused() throws IOException {
        Files.writeString(home.resolve("format"), "4\n");
        assertThatThrownBy(() -> up().prepare(false)).isInstanceOf(PartFailedException.class);
        assertThat(home.resolve("format")).hasContent("4");
    }

    private Up up() {
        return new Up(home, new Command.Up(false, false, List.of(), List.of(), false));
    }

    @Test
    void launcher_is_unique_until_it_ends() throws Exception {
        var own = ProcessHandle.current().pid();
        assertThat(Launcher.running(home)).isEmpty();

        var claim = Launcher.claim(home).orElseThrow();
        assertThat(anotherLauncher())
                .isEqualTo(
                        "Optional[Launcher[pid=" + own + ", warm=false, healthyAfter=Optional.empty]], claimed: false");
        claim.write(new Launcher(own, true, Optional.of(Duration.ofSeconds(42))));
        assertThat(anotherLauncher()).contains("warm=true, healthyAfter=Optional[PT42S]", "claimed: false");

        claim.locked().close();
        assertThat(anotherLauncher()).isEqualTo("Optional.empty, claimed: true");
        assertThat(Launcher.running(home)).isEmpty();
    }

    /** In a process of its own, because file locks are between processes. */
    private String anotherLauncher() throws Exception {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var process = new ProcessBuilder(java, AnotherLauncher.class.getName(), home.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        process.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        var another = process.start();
        var seen = another.inputReader().readLine();
        another.waitFor();
        return seen;
    }

    static final class AnotherLauncher {
        public static void main(String[] arguments) {
            var home = Path.of(arguments[0]);
            System.out.println(Launcher.running(home) + ", claimed: " + Launcher.claim(home).isPresent());
        }
    }
}
