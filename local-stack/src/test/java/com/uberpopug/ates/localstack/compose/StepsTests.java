package com.uberpopug.ates.localstack.compose;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.localstack.LocalStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** The secrets of Docker Compose, made by root as in the container. */
@EnabledIf(value = "isRoot", disabledReason = "Only root gives files to other users")
class StepsTests {

    @TempDir
    Path directory;
    private Path secrets;
    private Path kafka;

    static boolean isRoot() throws IOException {
        return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    }

    @BeforeEach
    void make() throws IOException {
        secrets = Files.createDirectory(directory.resolve("secrets"));
        kafka = Files.createDirectory(directory.resolve("kafka"));
        makeSecrets();
    }

    private void makeSecrets() {
        Steps.main(new String[]{"secrets", secrets.toString(), kafka.toString()});
    }

    @Test
    void only_one_user_reads_each_directory_and_no_two_containers_are_the_same_user() throws IOException {
        var users = new TreeMap<Object, List<Path>>();
        try (var all = Stream.concat(list(secrets), Stream.of(kafka))) {
            for (var each : all.toList()) {
                assertThat(permissions(each)).as("%s", each).isEqualTo("rwx------");
                users.merge(Files.getAttribute(each, "unix:uid"), List.of(each),
                        (some, more) -> Stream.concat(some.stream(), more.stream()).toList());
                try (var files = list(each)) {
                    assertThat(files).isNotEmpty().allSatisfy(file -> {
                        assertThat(permissions(file)).as("%s", file).isEqualTo("rw-------");
                        assertThat(Files.getAttribute(file, "unix:uid"))
                                .isEqualTo(Files.getAttribute(each, "unix:uid"));
                    });
                }
            }
        }
        // Regression: the step that registers schemas had the user of the key.
        assertThat(users).hasSizeGreaterThan(10).allSatisfy((user, directories) -> {
            assertThat(user).isNotEqualTo(0);
            assertThat(directories).hasSize(1);
        });
    }

    @Test
    void service_has_its_own_secret_as_a_client_only_and_auth_service_all() throws IOException {
        for (var service : LocalStack.SERVICES) {
            var own = properties(service).lines().filter(line -> line.startsWith("ates.client-secret=")).findFirst()
                    .orElseThrow().replace("ates.client-secret=", "");
            assertThat(LocalStack.SERVICES.stream().filter(other -> properties(other).contains(own)))
                    .containsOnlyOnce(service).isSubsetOf(service, "auth-service").contains("auth-service");
        }
    }

    @Test
    void second_run_changes_nothing() throws IOException {
        var before = contents();
        makeSecrets();
        assertThat(contents()).isEqualTo(before).hasSizeGreaterThan(10);
    }

    private TreeMap<String, String> contents() throws IOException {
        var contents = new TreeMap<String, String>();
        try (var files = Files.walk(directory)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                contents.put(directory.relativize(file).toString(), Files.readString(file));
            }
        }
        return contents;
    }

    private String properties(String service) {
        try {
            return Files.readString(secrets.resolve(service).resolve("application.properties"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Stream<Path> list(Path parent) throws IOException {
        return Files.list(parent);
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
