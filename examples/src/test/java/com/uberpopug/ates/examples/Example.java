package com.uberpopug.ates.examples;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The programs, and what each needs to run. */
enum Example {

    JAVA {
        @Override
        Optional<List<String>> command() {
            try {
                return Optional.of(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                        Path.of("target", "classes") + File.pathSeparator
                                + Files.readString(Path.of("target", "class-path")),
                        "Completions"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        String needs() {
            return "a build by Maven";
        }
    },

    JAVASCRIPT {
        @Override
        Optional<List<String>> command() {
            return Files.exists(Path.of("javascript", "node_modules")) && runs("node", "--version")
                    ? Optional.of(List.of("node", Path.of("javascript", "completions.mjs").toString()))
                    : Optional.empty();
        }

        @Override
        String needs() {
            return "node, and npm ci --ignore-scripts in examples/javascript";
        }
    },

    PYTHON {
        @Override
        Optional<List<String>> command() {
            // Debian's packages are for its own Python, which need not be the first on the path.
            return Stream.of("python3", "/usr/bin/python3")
                    .filter(python -> runs(python, "-c", "import avro, confluent_kafka")).findFirst()
                    .map(python -> List.of(python, Path.of("python", "completions.py").toString()));
        }

        @Override
        String needs() {
            return "python3 with confluent_kafka and avro";
        }
    };

    /** Without its argument; empty where a tool is missing. */
    abstract Optional<List<String>> command();

    abstract String needs();

    /** Starts it, or skips the test where a tool is missing; with {@code -Dexamples.required=true} the test fails. */
    Running start(Path settings, Path directory) {
        var command = command();
        if (command.isEmpty()) {
            if (Boolean.getBoolean("examples.required")) {
                throw new AssertionError(this + " needs " + needs());
            }
            abort(this + " needs " + needs());
        }
        return Running.of(Stream.concat(command.get().stream(), Stream.of(settings.toString())).toList(), directory);
    }

    private static boolean runs(String... command) {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        } catch (IOException _) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
