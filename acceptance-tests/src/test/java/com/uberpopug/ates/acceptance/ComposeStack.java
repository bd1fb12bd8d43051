package com.uberpopug.ates.acceptance;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.uberpopug.ates.localstack.LocalStack;
import com.uberpopug.ates.localstack.parts.LocalStackFiles;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ComposeContainer;
import org.testcontainers.containers.ContainerState;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The system of docker-compose.yml, at its standard ports, started empty once for all tests of this JVM. */
final class ComposeStack {

    /** Whether the tests run against it instead of processes of this machine. */
    static final boolean IN_USE = System.getProperty("ates.compose") != null;
    /** Whether it has several brokers, instances and PostgreSQL servers, by compose.scale.yml. */
    static final boolean SCALED = "scaled".equals(System.getProperty("ates.compose"));

    private static final Path FILES = LocalStackFiles.repository();
    private static final Duration STARTED_WITHIN = Duration.ofMinutes(5);
    private static final URI MAILS = URI.create("http://localhost:8025/api/v1/messages?limit=10000");

    private static @Nullable ComposeContainer containers;

    private ComposeStack() {
    }

    static boolean isPossible() {
        return DockerClientFactory.instance().isDockerAvailable();
    }

    /** Returns when every service is healthy, pipeline included; the directory gets the key of all passwords. */
    static void start(Path home, Map<String, String> environment) {
        var files = Stream.of("docker-compose.yml", SCALED ? "compose.scale.yml" : "docker-compose.yml",
                "acceptance-tests/compose.test.yml").distinct().map(file -> FILES.resolve(file).toFile());
        // Compose pulls what it starts; Testcontainers would pull the images of all profiles.
        var compose = new ComposeContainer(files.toArray(File[]::new)).withPull(false).withBuild(true)
                .withEnv("JARS", "packaged").withEnv(environment);
        containers = compose;
        compose.start();
        // Testcontainers' own strategy asks without a pause, which takes a core from what is to start.
        LocalStack.SERVICES.stream()
                .flatMap(service -> SCALED ? Stream.of(service + "-1", service + "-2") : Stream.of(service))
                .forEach(ComposeStack::awaitHealth);
        try {
            Files.createDirectories(home);
            Files.writeString(home.resolve("secret"),
                    container("postgres").execInContainer("cat", "/secrets/key/secret").getStdout());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Removes the containers with their data, if there are any. */
    static void stop() {
        if (containers != null) {
            containers.stop();
        }
    }

    static ContainerState container(String service) {
        return requireNonNull(containers).getContainerByServiceName(service).orElseThrow();
    }

    /** The address of a database, on whichever server takes writes. */
    static String jdbcUrl(String url) {
        return SCALED
                ? url.replace("localhost:54320", "localhost:54320,localhost:54321") + "?targetServerType=primary"
                : url;
    }

    /** Takes a container's network away; what is returned gives it back. */
    static Runnable disconnect(String service) {
        var id = container(service).getContainerId();
        var network = container(service).getContainerInfo().getNetworkSettings().getNetworks().keySet().iterator()
                .next();
        docker().disconnectFromNetworkCmd().withContainerId(id).withNetworkId(network).withForce(true).exec();
        return () -> docker().connectToNetworkCmd().withContainerId(id).withNetworkId(network)
                .withContainerNetwork(new ContainerNetwork().withAliases(service)).exec();
    }

    static void kill(String service) {
        docker().killContainerCmd(container(service).getContainerId()).exec();
    }

    static void start(String service) {
        docker().startContainerCmd(container(service).getContainerId()).exec();
    }

    /** Stops a container gracefully and starts it again; returns when it is healthy. */
    static void restart(String service) {
        docker().stopContainerCmd(container(service).getContainerId()).withTimeout(30).exec();
        start(service);
        awaitHealth(service);
    }

    private static void awaitHealth(String service) {
        await(service).atMost(STARTED_WITHIN).pollInterval(Duration.ofSeconds(1))
                .until(() -> container(service).isHealthy());
    }

    static void runs(String service, String... command) {
        try {
            var result = container(service).execInContainer(command);
            assertThat(result.getExitCode()).as("%s", result).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static DockerClient docker() {
        return DockerClientFactory.instance().client();
    }

    /** The emails sent so far, one line each with address and subject. */
    static List<String> mails() {
        try (var http = HttpClient.newHttpClient()) {
            var answer = http.send(HttpRequest.newBuilder(MAILS).build(), BodyHandlers.ofString());
            return JsonMapper.shared().readTree(answer.body()).path("messages").valueStream()
                    .map(ComposeStack::describe).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String describe(JsonNode mail) {
        return "%s %s".formatted(mail.path("To").path(0).path("Address").asString(), mail.path("Subject").asString());
    }
}
