package com.uberpopug.ates.events.catalogue;

import com.uberpopug.ates.events.EventType;
import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.Topics.Topic;
import com.uberpopug.ates.events.catalogue.Catalogue.Entry;
import com.uberpopug.ates.events.serde.Envelope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * All that belongs to the contract, as it stands in the files of this module.
 *
 * @param versions every version of every event
 * @param schemas the current schemas: the text by the file's path, {@code ates.tasks/Tasks.Created/v1.avsc}
 * @param releases the released schemas, in the same form; after a compatible change there is a {@code v1.2.avsc}, too
 * @param checksums the SHA-256 of each released file, in hex, by its path
 * @param golden lines of hex by the file's name, {@code Tasks.Created-v1.hex}: each an example of the event
 * @param entries what the catalogue says, by the type of the event
 */
record Contract(List<Topic> topics, List<Version> versions, SortedMap<String, String> schemas,
        SortedMap<String, String> releases, SortedMap<String, String> checksums,
        SortedMap<String, List<String>> golden, SortedMap<String, Entry> entries) {

    private static final Pattern REVISION = Pattern.compile(".*/v(\\d+)(?:\\.(\\d+))?\\.avsc");

    /** One version of one event. */
    record Version(String topic, String type, int number) {

        /** Of the current schema. */
        String file() {
            return "%s/%s/v%d.avsc".formatted(topic, type, number);
        }

        String goldenFile() {
            return "%s-v%d.hex".formatted(type, number);
        }

        /** For people: {@code Tasks.Created/v1}. */
        String title() {
            return "%s/v%d".formatted(type, number);
        }

        String dataSchema() {
            return Envelope.dataSchema(type, number);
        }
    }

    /** @param module the directory of this module in the repository */
    static Contract read(Path module) {
        try {
            var checksums = new TreeMap<String, String>();
            for (var line : Files.readAllLines(module.resolve("released/CHECKSUMS"))) {
                var parts = line.split("  ", 2);
                checksums.put(parts[1], parts[0]);
            }
            var golden = new TreeMap<String, List<String>>();
            below(module.resolve("src/test/resources/golden"), ".hex")
                    .forEach((file, text) -> golden.put(file, text.lines().toList()));
            return new Contract(Topics.all(), EventType.all().stream()
                    .map(event -> new Version(event.topic(), event.type(), event.version())).toList(),
                    below(module.resolve("src/main/avro"), ".avsc"), below(module.resolve("released"), ".avsc"),
                    checksums, golden, new TreeMap<>(Catalogue.ENTRIES));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SortedMap<String, String> below(Path directory, String suffix) throws IOException {
        var texts = new TreeMap<String, String>();
        try (var files = Files.walk(directory)) {
            for (var file : files.filter(file -> file.toString().endsWith(suffix)).toList()) {
                texts.put(directory.relativize(file).toString(), Files.readString(file));
            }
        }
        return texts;
    }

    Optional<Topic> topic(String name) {
        return topics.stream().filter(topic -> topic.name().equals(name)).findFirst();
    }

    /** The types of all events, sorted. */
    List<String> types() {
        return versions.stream().map(Version::type).distinct().sorted().toList();
    }

    /** The versions of a type, the newest first. */
    List<Version> versions(String type) {
        return versions.stream().filter(version -> version.type.equals(type))
                .sorted(Comparator.comparing(Version::number).reversed()).toList();
    }

    /** The current schema of a version. */
    Schema schema(Version version) {
        return new Schema.Parser().parse(text(version));
    }

    String text(Version version) {
        var text = schemas.get(version.file());
        if (text == null) {
            throw new IllegalArgumentException("There is no " + version.file());
        }
        return text;
    }

    /** The released files of a version, the oldest first. */
    List<String> releases(Version version) {
        return releases.keySet().stream().filter(file -> isOf(file, version))
                .sorted(Comparator.comparing(Contract::revision)).toList();
    }

    /** Whether a released file is one of the version's. */
    static boolean isOf(String released, Version version) {
        return released.replaceFirst("(/v\\d+)\\.\\d+\\.avsc$", "$1.avsc").equals(version.file());
    }

    /** A released file's name in the catalogue: {@code 1}, or {@code 1.2} after a compatible change. */
    static String label(String released) {
        var match = REVISION.matcher(released);
        if (!match.matches()) {
            throw new IllegalArgumentException(released + " is not named v1.avsc or v1.2.avsc");
        }
        return match.group(1) + (match.group(2) == null ? "" : "." + match.group(2));
    }

    private static int revision(String released) {
        var label = label(released);
        return label.contains(".") ? Integer.parseInt(label.substring(label.indexOf('.') + 1)) : 1;
    }

    /** The field with the record's key, by its doc. */
    static Schema.@Nullable Field key(Schema schema) {
        return schema.getFields().stream()
                .filter(field -> field.doc() != null && field.doc().contains("also the record's key"))
                .findFirst().orElse(null);
    }
}
