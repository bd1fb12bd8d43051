package com.uberpopug.ates.events.catalogue;

import static java.util.stream.Collectors.joining;

import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.Topics.Topic;
import com.uberpopug.ates.events.catalogue.Catalogue.Release;
import com.uberpopug.ates.events.catalogue.Contract.Version;
import com.uberpopug.ates.events.catalogue.Page.Block;
import com.uberpopug.ates.events.catalogue.Page.Code;
import com.uberpopug.ates.events.catalogue.Page.Heading;
import com.uberpopug.ates.events.catalogue.Page.Listing;
import com.uberpopug.ates.events.catalogue.Page.Paragraph;
import com.uberpopug.ates.events.catalogue.Page.Table;
import com.uberpopug.ates.events.catalogue.Page.Text;
import com.uberpopug.ates.events.catalogue.Page.ToFile;
import com.uberpopug.ates.events.catalogue.Page.ToPage;
import com.uberpopug.ates.events.catalogue.Page.Words;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** A page for each event, and one that lists them all. */
final class EventPages {

    private static final String CONSUMERS = "README.md";

    private final Contract contract;
    private final SortedSet<String> types;

    EventPages(Contract contract) {
        this.contract = contract;
        types = new TreeSet<>(contract.types());
        types.add(Catalogue.ERASURE.type());
    }

    /** One for each event, sorted. */
    List<Page> events() {
        return types.stream()
                .map(type -> type.equals(Catalogue.ERASURE.type()) ? erasure(Catalogue.ERASURE) : event(type)).toList();
    }

    /** @param name its file's, without the ending */
    Page index(String name) {
        var events = new ArrayList<List<List<Words>>>();
        for (var type : types) {
            var versions = contract.versions(type);
            var isErasure = versions.isEmpty();
            events.add(List.of(List.of(new ToPage(type, type)),
                    prose(isErasure
                            ? "A user was erased; a record without a value."
                            : Objects.requireNonNullElse(contract.schema(versions.getFirst()).getDoc(), "")
                                    .replaceFirst("(?<=[.]) .*", "")),
                    Page.code(isErasure ? Catalogue.ERASURE.topic() : versions.getFirst().topic()),
                    text(isErasure
                            ? ""
                            : versions.reversed().stream().map(version -> "" + version.number())
                                    .collect(joining(", ")))));
        }
        var topics = contract.topics().stream().map(topic -> List.of(Page.code(topic.name()), text(key(topic)),
                text(kept(topic)), text(String.join(", ", new TreeSet<>(topic.writers()))),
                text(String.join(", ", readers(topic))))).toList();
        return new Page(name, "The events, one by one", List.of(
                new Paragraph(List.of(new Text("What holds for all of them, and how to get in: "),
                        new ToFile("for those who consume them", CONSUMERS), new Text(". The same for programs: "),
                        new ToFile("asyncapi.json", "asyncapi.json"), new Text(", as AsyncAPI 3."))),
                new Table(List.of("event", "what happened", "topic", "versions"), events),
                new Heading("Topics"),
                new Paragraph(
                        text("Each has %d partitions, for good. Those who may read have the right to; a service of "
                                .formatted(Topics.PARTITIONS) + "ours reacts to some of the events only.")),
                new Table(List.of("topic", "key", "kept", "written by", "may be read by"), topics)));
    }

    private Page event(String type) {
        var versions = contract.versions(type);
        var newest = versions.getFirst();
        var schema = contract.schema(newest);
        var topic = contract.topic(newest.topic()).orElseThrow();
        var blocks = new ArrayList<Block>();
        blocks.add(new Paragraph(prose(Objects.requireNonNullElse(schema.getDoc(), ""))));
        blocks.add(facts(topic, entry(type).when(), Stream.concat(
                Stream.ofNullable(Contract.key(schema)).<Words>map(field -> new Code(field.name())),
                Stream.<Words>of(new Text(", text: " + key(topic)))).toList()));
        blocks.add(promises(topic));
        if (versions.size() > 1) {
            blocks.add(new Paragraph(prose("A fact is published in the versions that ce_dataversions lists, as several "
                    + "records with one ce_factid, the newest first. Apply the first that you know, which ce_factid tells from the others. "
                    + "Old records keep the version that they were written with.")));
        }
        blocks.add(new Table(List.of("release", "date", "what changed"),
                versions.stream().flatMap(version -> contract.releases(version).reversed().stream())
                        .map(Contract::label).map(label -> release(type, label)).toList()));
        versions.forEach(version -> blocks.addAll(version(version, topic)));
        return new Page(type, type, blocks);
    }

    private List<List<Words>> release(String type, String label) {
        var release = entry(type).releases().getOrDefault(label, new Release(LocalDate.EPOCH, ""));
        return List.of(text(label), text(release.date().toString()), prose(release.change()));
    }

    private List<Block> version(Version version, Topic topic) {
        var schema = contract.schema(version);
        var blocks = new ArrayList<Block>();
        blocks.add(new Heading("Version " + version.number()));
        blocks.add(new Paragraph(List.of(new ToFile("The schema", "../../schema-registry/src/main/avro/" + version
                .file()), new Text("; its subject in the registry is "),
                new Code(version.topic() + "-" + schema.getFullName()), new Text("."))));
        blocks.add(new Table(List.of("field", "type", "unit", "default", "meaning"), schema.getFields().stream()
                .map(this::field).toList()));
        var golden = contract.golden().getOrDefault(version.goldenFile(), List.of());
        for (var hex : golden) {
            var example = Example.of(schema, hex);
            blocks.add(new Paragraph(text(hex.equals(golden.getFirst())
                    ? "An example, as Avro's values in JSON, and its bytes in hex, a line for each field. In a record, a "
                            + "zero byte and four bytes with the schema's id stand before them."
                    : "Another one.")));
            blocks.add(new Listing("json", Json.write(example.json())));
            blocks.add(new Listing("", example.hexByField()));
            if (hex.equals(golden.getFirst())) {
                blocks.add(new Paragraph(text("Headers of the first one:")));
                blocks.add(headers(example.headers(version, topic,
                        contract.versions(version.type()).stream().map(Version::number).toList())));
            }
        }
        return blocks;
    }

    private List<List<Words>> field(Schema.Field field) {
        var fallback = Fields.defaultValue(field);
        return List.of(Page.code(field.name()), text(Fields.inWords(field.schema())),
                text(Fields.unit(field).orElse("")), fallback == null ? text("") : Page.code(fallback),
                prose(Fields.meaning(field)));
    }

    private Page erasure(Catalogue.Erasure erasure) {
        var topic = contract.topic(erasure.topic()).orElseThrow();
        return new Page(erasure.type(), erasure.type(), List.of(
                new Paragraph(prose(erasure.meaning())),
                facts(topic, erasure.when(), text("text: " + key(topic))),
                promises(topic),
                new Heading("The record"),
                new Paragraph(prose("It has no value, and so no schema and no versions. It is of the first release, "
                        + erasure.date() + ".")),
                new Paragraph(text("An example of its headers:")),
                headers(Example.headersOfErasure(erasure, topic))));
    }

    private Block facts(Topic topic, String when, List<Words> key) {
        return new Table(List.of("", ""), List.of(
                List.of(text("when"), prose(when)),
                List.of(text("topic"), Page.code(topic.name())),
                List.of(text("key"), key),
                List.of(text("kept"), text(kept(topic))),
                List.of(text("announced by"), text(String.join(", ", new TreeSet<>(topic.writers())))),
                List.of(text("may be read by"), text(String.join(", ", readers(topic))))));
    }

    private Block promises(Topic topic) {
        var line = new ArrayList<Words>(
                prose("It arrives at least once: remember its ce_factid. It is in order with the "
                        + "other records of its key on this topic; nothing is promised between keys or topics. "));
        if (isCompacted(topic)) {
            line.addAll(
                    prose("Only the last record of each key is sure to be there, so earlier ones may never arrive. "));
        }
        line.add(new ToFile("All promises", CONSUMERS + "#what-is-promised-and-what-is-not"));
        line.add(new Text("."));
        return new Paragraph(line);
    }

    private static Block headers(Map<String, String> headers) {
        return new Listing("", headers.entrySet().stream().map(header -> "%-20s %s".formatted(header.getKey(),
                header.getValue())).collect(joining("\n")));
    }

    private Catalogue.Entry entry(String type) {
        return Objects.requireNonNull(contract.entries().get(type), () -> type + " has no entry in Catalogue");
    }

    private List<Words> prose(String text) {
        return Page.prose(text, types);
    }

    private static List<Words> text(String text) {
        return text.isEmpty() ? List.of() : List.of(new Text(text));
    }

    static String key(Topic topic) {
        return Objects.requireNonNullElse(Catalogue.KEYS.get(topic.name()), "");
    }

    /** Who may read, without a topic's only writer, which may, too. */
    static List<String> readers(Topic topic) {
        return topic.readers().stream().filter(reader -> !topic.writers().equals(Set.of(reader))).sorted()
                .toList();
    }

    static boolean isCompacted(Topic topic) {
        return "compact".equals(topic.settings().get("cleanup.policy"));
    }

    /** How long records are kept. */
    static String kept(Topic topic) {
        if (isCompacted(topic)) {
            return "the last record of each key for ever; one without a value for "
                    + days(topic.settings().get("delete.retention.ms"));
        }
        var retention = topic.settings().get("retention.ms");
        return "-1".equals(retention) ? "for ever" : days(retention);
    }

    private static String days(@Nullable String millis) {
        long days = Duration.ofMillis(Long.parseLong(Objects.requireNonNull(millis))).toDays();
        return days == 1 ? "1 day" : days + " days";
    }
}
