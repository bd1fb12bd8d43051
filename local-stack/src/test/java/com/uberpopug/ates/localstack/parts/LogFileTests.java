package com.uberpopug.ates.localstack.parts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTests {

    @TempDir
    Path directory;

    /** The writer holds its output open for as long as it runs. */
    @Test
    void files_of_a_process_that_writes_without_end_are_bounded_in_size_and_number() throws Exception {
        var log = directory.resolve("writer.log");
        var writer = ChildProcess.start("writer", log, "KILL", Map.of(), List.of("sh", "-c",
                "i=0; while [ $i -lt 60 ]; do i=$((i + 1)); head -c 1000000 /dev/zero | tr '\\0' x | fold -w 999; echo; done; echo last"));
        writer.awaitSuccess(Duration.ofMinutes(2));
        assertThat(writer.died().getMessage()).endsWith("last");
        try (var files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder("writer.log",
                    "writer.log.1", "writer.log.2");
        }
        for (var file : LogFile.all(log).toList()) {
            assertThat(Files.size(file)).isLessThan(LogFile.MAX_BYTES + LogFile.MAX_LINE + 100);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        }
        assertThat(LogFile.all(log)).last().isEqualTo(log);
    }

    @Test
    void follower_by_name_reads_on_across_a_rotation() throws Exception {
        var log = directory.resolve("followed.log");
        copy(log, "first\n");
        var follower = new ProcessBuilder("tail", "-n", "100", "-F", log.toString())
                .redirectErrorStream(true).start();
        try (var lines = follower.inputReader()) {
            assertThat(lines.readLine()).isEqualTo("first");
            copy(log, "x".repeat(999).concat("\n").repeat(LogFile.MAX_BYTES / 1_000 + 1) + "behind\n");
            var found = lines.readLine();
            while (!found.equals("behind")) {
                found = lines.readLine();
            }
        } finally {
            follower.destroyForcibly();
        }
    }

    @Test
    void long_line_is_cut_and_control_characters_are_replaced() throws IOException {
        var log = directory.resolve("lines.log");
        copy(log, "y".repeat(1_000_000) + "\nä\033[2Jb\rc\td\0\nend without a line feed");
        var lines = Files.readAllLines(log);
        assertThat(lines).hasSize(3);
        assertThat(lines.getFirst()).hasSizeLessThan(LogFile.MAX_LINE + 100).endsWith(" bytes cut");
        assertThat(lines.subList(1, 3)).containsExactly("ä?[2Jb?c\td?", "end without a line feed");
    }

    @Test
    void log_continues_the_one_of_the_last_start() throws IOException {
        var log = directory.resolve("continued.log");
        var expected = new ArrayList<String>();
        for (int start = 0; start < 3; start++) {
            copy(log, "start " + start + "\n");
            expected.add("start " + start);
        }
        assertThat(Files.readAllLines(log)).isEqualTo(expected);
    }

    @Test
    void process_goes_on_where_its_log_cannot_be_written() throws IOException {
        Files.createDirectories(directory.resolve("taken.log"));
        ChildProcess.start("writer", directory.resolve("taken.log"), "KILL", Map.of(),
                List.of("sh", "-c", "head -c 1000000 /dev/zero")).awaitSuccess(Duration.ofMinutes(1));
    }

    private static void copy(Path log, String output) {
        new LogFile(log).copy(new ByteArrayInputStream(output.getBytes(StandardCharsets.UTF_8)));
    }
}
