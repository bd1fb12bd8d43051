package com.uberpopug.ates.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.localstack.parts.LocalStackFiles;
import com.uberpopug.ates.localstack.parts.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalStackTests {

    /** The directories are what the script {@code ates} goes by. */
    @Test
    void every_directory_of_a_service_is_a_part_with_commands_and_a_database(@TempDir Path home) throws IOException {
        var stack = new LocalStack(home, StackPorts.free());
        try (var directories = Files.list(LocalStackFiles.repository())) {
            var services = directories.filter(directory -> Files.exists(directory.resolve("pom.xml")))
                    .map(directory -> directory.getFileName().toString()).filter(name -> name.endsWith("-service"))
                    .toList();
            assertThat(services).isNotEmpty();
            assertThat(LocalStack.SERVICES).containsExactlyInAnyOrderElementsOf(services);
            assertThat(stack.parts()).extracting(Part::name).containsAll(services);
            assertThat(services).allSatisfy(
                    service -> assertThat(stack.psqlEnvironment(service)).containsKeys("PGDATABASE", "PGPASSWORD"));
        }
    }
}
