package com.uberpopug.ates.localstack;

import com.uberpopug.ates.localstack.parts.PartFailedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The format of the data in {@code .ates}: a number that grows when an existing system cannot go on with its data. Data
 * without a number are of the time before format 2, which brought new histories of the migrations; format 3 brought the schemas of events as
 * they are.
 */
final class DataFormat {
    private static final String FILE = "format";
    private static final String CURRENT = "3";

    private DataFormat() {
    }

    /**
     * Notes the format of a system without data.
     *
     * @throws PartFailedException where there are data of another format; nothing is changed then
     */
    static void check(Path home) {
        try {
            var file = home.resolve(FILE);
            if (Files.exists(file) ? !Files.readString(file).strip().equals(CURRENT) : hasData(home)) {
                throw new PartFailedException("the data in " + home.getFileName() + " are of another version, and"
                        + " nothing was changed: ./ates up --fresh deletes them and starts empty");
            }
            Files.writeString(file, CURRENT + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean hasData(Path home) {
        return Stream.of("postgres", "kafka").map(home::resolve).anyMatch(Files::exists);
    }
}
