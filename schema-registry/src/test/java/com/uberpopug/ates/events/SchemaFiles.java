package com.uberpopug.ates.events;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The schema files in the repository: the current ones and the released, immutable ones. */
final class SchemaFiles {

    static final Path SOURCES = Path.of("src/main/avro");
    static final Path RELEASED = Path.of("released");

    private SchemaFiles() {
    }

    /** Every schema below a directory, as a relative path: {@code ates.tasks/Tasks.Created/v1.avsc}. */
    static List<String> below(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(".avsc"))
                    .map(file -> directory.relativize(file).toString()).sorted().toList();
        }
    }

    static String source(EventType event) {
        return "%s/%s/v%d.avsc".formatted(event.topic(), event.type(), event.version());
    }

    /** Whether a file is a release of the event: {@code v1.avsc}, or {@code v1.2.avsc} after a compatible change. */
    static boolean isRelease(String file, EventType event) {
        return file.replaceFirst("(/v\\d+)\\.\\d+\\.avsc$", "$1.avsc").equals(source(event));
    }
}
