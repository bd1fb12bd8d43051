package com.uberpopug.ates.events.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.events.Topics;
import com.uberpopug.ates.events.catalogue.Catalogue.Entry;
import com.uberpopug.ates.events.catalogue.Contract.Version;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Test;

/** Each rule of the gate, by a change of the contract to which it is the only objection. */
class GateTests {

    private static final Version CREATED = new Version(Topics.TASKS, "Tasks.Created", 1);
    private static final Version CHANGED = new Version(Topics.BALANCES, "Users.BalanceChanged", 1);

    private final Contract contract = Contract.read(Path.of(""));

    @Test
    void contract_is_in_order() {
        assertThat(Gate.objections(contract)).as("what is wrong with the contract").isEmpty();
    }

    @Test
    void released_field_stays() {
        assertObjection(CREATED, "\"name\": \"description\"", "\"name\": \"details\"").isEqualTo(
                "Tasks.Created/v1: the field description is gone. A released field stays; leave it out in the next version: "
                        + "docs/events/how-to-change-an-event.md");
    }

    @Test
    void released_field_keeps_its_name() {
        assertObjection(CREATED, "\"name\": \"description\"", "\"aliases\": [\"description\"], \"name\": \"details\"")
                .startsWith(
                        "Tasks.Created/v1: the field description is called details now. A released field keeps its name;");
    }

    @Test
    void new_field_has_a_default() {
        assertNewField("{'name': 'place', 'type': 'string', 'doc': 'Where.'}").startsWith(
                "Tasks.Created/v1: the new field place has no default, so old records could not be read. Give it one,");
    }

    @Test
    void released_field_keeps_its_type() {
        assertObjection(CREATED, "\"name\": \"title\", \"type\": \"string\"",
                "\"name\": \"title\", \"type\": \"bytes\"")
                .startsWith(
                        "Tasks.Created/v1: the type of the field title was string and is bytes. Another type is the next");
    }

    @Test
    void released_field_does_not_become_optional() {
        assertObjection(CREATED, "\"name\": \"title\", \"type\": \"string\"",
                "\"name\": \"title\", \"type\": [\"null\", \"string\"], \"default\": null")
                .startsWith(
                        "Tasks.Created/v1: the type of the field title was string and is string or null. Another type ");
    }

    @Test
    void released_field_keeps_its_logical_type() {
        assertObjection(CREATED, "\"logicalType\": \"uuid\"}, \"doc\": \"The user",
                "\"logicalType\": \"x\"}, \"doc\": \"The user")
                .startsWith(
                        "Tasks.Created/v1: the logical type of the field created_by was uuid and is x, which Avro and the "
                                + "registry let pass, and readers would take for another value. It is the next version: ");
    }

    @Test
    void released_field_keeps_its_default() {
        assertObjection(CHANGED, "\"default\": \"USD\"", "\"default\": \"EUR\"")
                .startsWith(
                        "Users.BalanceChanged/v1: the default of the field currency was \"USD\" and is \"EUR\". Old ");
        assertObjection(CHANGED, "\"default\": \"USD\",", "")
                .startsWith(
                        "Users.BalanceChanged/v1: the default of the field currency was \"USD\" and is missing. Old ");
    }

    @Test
    void released_enum_is_closed() {
        assertObjection(CHANGED, "[\"REWARD\", \"CORRECTION\"]", "[\"REWARD\", \"CORRECTION\", \"GIFT\"]").startsWith(
                "Users.BalanceChanged/v1: the symbols of the field kind were REWARD, CORRECTION and are REWARD, CORRECTION, "
                        + "GIFT. An enum is closed, so this is the next version: ");
    }

    @Test
    void whatever_else_is_incompatible_is_the_next_version() {
        assertObjection(CREATED, "\"name\": \"TaskCreated\"", "\"name\": \"TaskMade\"").startsWith(
                "Tasks.Created/v1: incompatible with released/ates.tasks/Tasks.Created/v1.avsc, so it is the next version: "
                        + "docs/events/how-to-change-an-event.md. Avro says: ");
    }

    @Test
    void schema_is_one_of_avro() {
        assertObjection(CREATED, "\"record\"", "\"recrd\"").startsWith(
                "Tasks.Created/v1: src/main/avro/ates.tasks/Tasks.Created/v1.avsc is no Avro schema: ");
    }

    @Test
    void schema_its_fields_and_its_types_have_docs() {
        assertObjection(CREATED, "\"doc\": \"A task was created. It has no price yet and belongs to nobody.\",", "")
                .isEqualTo("Tasks.Created/v1: the schema has no doc. Say what happened");
        assertObjection(CREATED, "More about the task, free text; null where none was given.", " ").isEqualTo(
                "Tasks.Created/v1: the field description has no doc. Say what it means, its unit and its bounds");
        assertNewField(
                """
                        {'name': 'places', 'type': {'type': 'array', 'items': {'type': 'record', 'name': 'Place', 'doc': 'A place.',
                         'fields': [{'name': 'floor', 'type': 'string'}]}}, 'default': [], 'doc': 'Where.'}""")
                .isEqualTo(
                        "Tasks.Created/v1: the field places[].floor has no doc. Say what it means, its unit and its bounds");
        assertNewField("""
                {'name': 'size', 'type': {'type': 'enum', 'name': 'Size', 'symbols': ['L']}, 'default': 'L',
                 'doc': 'How large.'}""").isEqualTo(
                "Tasks.Created/v1: the enum of the field size has no doc. Say what each symbol means");
    }

    @Test
    void doc_says_the_unit_that_the_name_promises() {
        assertObjection(CREATED, ", in microseconds since the epoch, UTC", "").isEqualTo("Tasks.Created/v1: the field "
                + "created_at does not say its unit. Write \"in microseconds since the epoch, UTC\" into its doc");
        assertObjection(CHANGED, "What was added to the balance, in cents", "What was added to the balance").isEqualTo(
                "Users.BalanceChanged/v1: the field change_cents does not say its unit. Write \"in cents\" into its doc");
        assertObjection(CHANGED, "in the company's time zone; ", "").isEqualTo("Users.BalanceChanged/v1: the field "
                + "business_date does not say its unit. Write \"time zone\" into its doc");
        assertNewField("{'name': 'wait_seconds', 'type': 'int', 'default': 0, 'doc': 'How long it waits.'}").isEqualTo(
                "Tasks.Created/v1: the field wait_seconds does not say its unit. Write \"in seconds\" into its doc");
    }

    @Test
    void type_is_the_one_that_the_name_promises() {
        assertNewField("{'name': 'wait_seconds', 'type': 'string', 'default': '', 'doc': 'In seconds.'}").isEqualTo(
                "Tasks.Created/v1: the field wait_seconds ends in _seconds, so its type is int or long, not string");
        assertNewField("""
                {'name': 'seen_at', 'type': {'type': 'long', 'logicalType': 'timestamp-millis'}, 'default': 0,
                 'doc': 'When.'}""").isEqualTo(
                "Tasks.Created/v1: the field seen_at ends in _at, so its type is timestamp-micros, not timestamp-millis");
        assertNewField("{'name': 'board_id', 'type': 'string', 'default': '', 'doc': 'The board.'}").isEqualTo(
                "Tasks.Created/v1: the field board_id ends in _id, so its type is uuid, not string. An id of another system "
                        + "is listed in Gate");
    }

    @Test
    void number_has_a_unit() {
        var withoutUnit = "is a number without a unit. Let its name end in the unit (_cents, _at, _date, _seconds, _millis, "
                + "_micros, _bytes, _percent); or let its doc begin with \"How many\", for a count, or \"Which\", for a place "
                + "in a sequence";

        assertNewField("{'name': 'weight', 'type': 'int', 'default': 0, 'doc': 'The weight.'}")
                .isEqualTo("Tasks.Created/v1: the field weight " + withoutUnit);
        assertNewField("{'name': 'share', 'type': 'double', 'default': 0.5, 'doc': 'How many parts.'}")
                .isEqualTo("Tasks.Created/v1: the field share " + withoutUnit);
        assertNewField("""
                {'name': 'due', 'type': {'type': 'long', 'logicalType': 'timestamp-micros'}, 'default': 0,
                 'doc': 'Which instant.'}""").isEqualTo("Tasks.Created/v1: the field due " + withoutUnit);
    }

    @Test
    void amounts_have_a_currency() {
        assertNewField("{'name': 'fee_cents', 'type': 'long', 'default': 0, 'doc': 'The fee in cents.'}")
                .isEqualTo("Tasks.Created/v1: it has amounts in cents, and no field currency");
    }

    @Test
    void union_is_of_null_and_one_type() {
        assertNewField("{'name': 'place', 'type': ['string', 'bytes'], 'default': '', 'doc': 'Where.'}").startsWith(
                "Tasks.Created/v1: the field place is a union, but not of null, first and the default, and one other type.");
    }

    @Test
    void one_field_is_the_key() {
        assertObjection(CREATED, "; also the record's key", "").isEqualTo("Tasks.Created/v1: the doc of one field says "
                + "\"also the record's key\", of the one whose text is the key");
    }

    @Test
    void compatible_change_is_released() {
        var unreleased = "Tasks.Created/v1: everything else is right, and src/main/avro/ates.tasks/Tasks.Created/v1.avsc is "
                + "not released yet. schema-registry/freeze does it";

        assertNewField("{'name': 'place', 'type': 'string', 'default': '', 'doc': 'Where.'}").isEqualTo(unreleased);
        assertObjection(CREATED, "It has no price yet", "It has no price so far").isEqualTo(unreleased);
    }

    @Test
    void released_file_never_changes() {
        var file = CREATED.file();
        var changed = with(contract.releases(), file, contract.releases().get(file) + "\n");

        assertOnly(released(changed, contract.checksums())).isEqualTo("released/" + file
                + ": a released schema was changed. "
                + "Take it back from git; a change belongs into src/main/avro: docs/events/how-to-change-an-event.md");
        assertOnly(released(without(contract.releases(), file), contract.checksums())).startsWith(
                "released/" + file + ": the file is gone. A released schema stays for ever,");
        assertOnly(released(contract.releases(), without(contract.checksums(), file))).startsWith(
                "released/" + file + ": not in CHECKSUMS. Delete the file: schema-registry/freeze releases a schema");
    }

    @Test
    void released_version_stays_in_the_contract() {
        var newest = contract.versions(CREATED.type()).getFirst();
        var found = Gate.objections(new Contract(contract.topics(), contract.versions().stream()
                .filter(Predicate.not(newest::equals)).toList(), without(contract.schemas(), newest.file()),
                contract.releases(), contract.checksums(), contract.golden(), contract.entries()));

        assertThat(found).containsExactlyElementsOf(contract.releases(newest).stream().sorted()
                .map(file -> "released/" + file
                        + ": no constant of EventType has this version. It stays in the contract, "
                        + "because topics keep records written with it")
                .toList());
    }

    @Test
    void schema_has_a_constant() {
        var file = "ates.tasks/Tasks.Created/v99.avsc";

        assertOnly(schemas(with(contract.schemas(), file, "{}"))).startsWith("src/main/avro/" + file
                + ": no constant of EventType has this schema. Add one: ");
    }

    @Test
    void versions_have_no_gaps() {
        var newest = contract.versions(CREATED.type()).getFirst();
        var added = added(new Version(Topics.TASKS, CREATED.type(), newest.number() + 2), newest);

        assertThat(Gate.objections(added)).first()
                .isEqualTo("Tasks.Created/v%d: version %d is missing before it. Versions "
                        .formatted(newest.number() + 2, newest.number() + 1) + "are numbered from 1, without gaps");
    }

    @Test
    void compacted_topic_has_no_second_version() {
        var added = added(new Version(Topics.USERS, "Users.Updated", 2), new Version(Topics.USERS, "Users.Updated", 1));

        assertThat(Gate.objections(added)).singleElement().asString()
                .startsWith("Users.Updated/v2: ates.users is compacted, "
                        + "so a second version would replace the last record of the first, which its readers still need.");
    }

    @Test
    void topic_is_one_of_the_contract() {
        assertThat(Gate.objections(new Contract(contract.topics().stream()
                .filter(topic -> !topic.name().equals(Topics.PRICES)).toList(), contract.versions(), contract.schemas(),
                contract.releases(), contract.checksums(), contract.golden(), contract.entries())))
                .containsExactly("Tasks.AmountsCalculated/v1: Topics has no topic ates.prices");
    }

    @Test
    void event_has_golden_bytes() {
        var file = CREATED.goldenFile();
        var noGoldenBytes = "Tasks.Created/v1: no golden bytes in src/test/resources/golden/Tasks.Created-v1.hex. Add an "
                + "example to GoldenBytesTests, whose failure prints them";

        assertOnly(golden(without(contract.golden(), file))).isEqualTo(noGoldenBytes);
        assertOnly(golden(with(contract.golden(), file, List.of()))).isEqualTo(noGoldenBytes);
    }

    @Test
    void golden_bytes_are_a_record_of_the_schema() {
        var good = contract.golden().get(CREATED.goldenFile()).getFirst();

        for (var bad : List.of("48", "xy", good + "00", good.substring(2))) {
            assertOnly(golden(with(contract.golden(), CREATED.goldenFile(), List.of(good, bad)))).isEqualTo(
                    "Tasks.Created/v1: line 2 of src/test/resources/golden/Tasks.Created-v1.hex is no record of its schema. "
                            + "GoldenBytesTests prints what its examples are");
        }
    }

    @Test
    void event_has_an_entry_in_the_catalogue() {
        assertOnly(entries(without(contract.entries(), "Tasks.Created")))
                .isEqualTo("Tasks.Created: no entry in Catalogue. "
                        + "Say when it is announced, and the date of its release");
    }

    @Test
    void entry_of_the_catalogue_has_an_event() {
        assertOnly(entries(with(contract.entries(), "Tasks.Renamed", new Entry("When.", new TreeMap<>()))))
                .startsWith("Tasks.Renamed: the catalogue has an entry for it, and EventType has no such event.");
    }

    @Test
    void release_has_a_date() {
        var entry = Objects.requireNonNull(contract.entries().get("Tasks.Created"));
        var older = new Entry(entry.when(), without(entry.releases(), "2"));

        assertOnly(entries(with(contract.entries(), "Tasks.Created", older))).isEqualTo(
                "Tasks.Created/v2: Catalogue does not have its release 2. Add the date, and what changed");
    }

    private AbstractStringAssert<?> assertNewField(String field) {
        return assertObjection(CREATED, "\"fields\": [", "\"fields\": [" + field.replace('\'', '"') + ", ");
    }

    /** After a change of a schema, for which the golden bytes are made anew where that can be. */
    private AbstractStringAssert<?> assertObjection(Version version, String from, String to) {
        var before = contract.text(version).replaceAll("\\s+", " ");
        assertThat(before).contains(from);
        var after = before.replace(from, to);
        return assertOnly(new Contract(contract.topics(), contract.versions(),
                with(contract.schemas(), version.file(), after), contract.releases(), contract.checksums(),
                with(contract.golden(), version.goldenFile(), contract.golden().get(version.goldenFile()).stream()
                        .map(hex -> anew(hex, before, after)).toList()),
                contract.entries()));
    }

    private static String anew(String hex, String before, String after) {
        try {
            var schema = new Schema.Parser().parse(after);
            var value = new GenericDatumReader<GenericRecord>(new Schema.Parser().parse(before), schema).read(null,
                    DecoderFactory.get().binaryDecoder(HexFormat.of().parseHex(hex), null));
            var bytes = new ByteArrayOutputStream();
            new GenericDatumWriter<GenericRecord>(schema).write(value,
                    EncoderFactory.get().directBinaryEncoder(bytes, null));
            return HexFormat.of().formatHex(bytes.toByteArray());
        } catch (IOException | AvroRuntimeException _) {
            return hex;
        }
    }

    private static AbstractStringAssert<?> assertOnly(Contract changed) {
        return assertThat(Gate.objections(changed)).singleElement().asString();
    }

    private Contract schemas(SortedMap<String, String> schemas) {
        return new Contract(contract.topics(), contract.versions(), schemas, contract.releases(), contract.checksums(),
                contract.golden(), contract.entries());
    }

    private Contract released(SortedMap<String, String> releases, SortedMap<String, String> checksums) {
        return new Contract(contract.topics(), contract.versions(), contract.schemas(), releases, checksums,
                contract.golden(), contract.entries());
    }

    private Contract golden(SortedMap<String, List<String>> golden) {
        return new Contract(contract.topics(), contract.versions(), contract.schemas(), contract.releases(),
                contract.checksums(), golden, contract.entries());
    }

    private Contract entries(SortedMap<String, Entry> entries) {
        return new Contract(contract.topics(), contract.versions(), contract.schemas(), contract.releases(),
                contract.checksums(), contract.golden(), entries);
    }

    /** With one more version, in all that it needs but its release a copy of another. */
    private Contract added(Version version, Version like) {
        return new Contract(contract.topics(), Stream.concat(contract.versions().stream(), Stream.of(version)).toList(),
                with(contract.schemas(), version.file(), contract.text(like)), contract.releases(),
                contract.checksums(),
                with(contract.golden(), version.goldenFile(), contract.golden().get(like.goldenFile())),
                contract.entries());
    }

    private static <T> SortedMap<String, T> with(SortedMap<String, T> map, String key, T value) {
        var changed = new TreeMap<>(map);
        changed.put(key, value);
        return changed;
    }

    private static <T> SortedMap<String, T> without(SortedMap<String, T> map, String key) {
        assertThat(map).containsKey(key);
        var changed = new TreeMap<>(map);
        changed.remove(key);
        return changed;
    }
}
