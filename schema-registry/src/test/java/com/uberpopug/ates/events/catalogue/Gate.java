package com.uberpopug.ates.events.catalogue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import com.uberpopug.ates.events.CompatibilityGate;
import com.uberpopug.ates.events.catalogue.Contract.Version;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.avro.JsonProperties;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;
import org.jspecify.annotations.Nullable;

/**
 * What a contract has to be before it is built: complete, documented, and in each version what was released. Each
 * objection names the event, what is wrong, and what to do. Stricter than the registry's FULL_TRANSITIVE, which lets
 * fields go and logical types change.
 */
final class Gate {

    static final String HOW_TO = "docs/events/how-to-change-an-event.md";

    /** Ids of other systems, which are not UUIDs. */
    private static final Set<String> FOREIGN_IDS = Set.of("session_id", "jira_id");

    private final Contract contract;
    private final List<String> objections = new ArrayList<>();

    private Gate(Contract contract) {
        this.contract = contract;
    }

    /** The reasons against a contract; empty if there is none. */
    static List<String> objections(Contract contract) {
        var gate = new Gate(contract);
        gate.released();
        gate.listed();
        contract.versions().forEach(gate::version);
        return List.copyOf(gate.objections);
    }

    private void object(String objection, Object... values) {
        objections.add(objection.formatted(values));
    }

    /** Of the files in {@code released}. */
    private void released() {
        contract.checksums().forEach((file, checksum) -> {
            var text = contract.releases().get(file);
            if (text == null) {
                object("released/%s: the file is gone. A released schema stays for ever, because topics keep records "
                        + "written with it: take it back from git", file);
            } else if (!checksum.equals(sha256(text))) {
                object("released/%s: a released schema was changed. Take it back from git; a change belongs into "
                        + "src/main/avro: %s", file, HOW_TO);
            }
        });
        contract.releases().keySet().forEach(file -> {
            if (!contract.checksums().containsKey(file)) {
                object("released/%s: not in CHECKSUMS. Delete the file: schema-registry/freeze releases a schema",
                        file);
            }
            if (contract.versions().stream().noneMatch(version -> Contract.isOf(file, version))) {
                object("released/%s: no constant of EventType has this version. It stays in the contract, because topics "
                        + "keep records written with it", file);
            }
        });
    }

    /** Of the lists that belong together. */
    private void listed() {
        contract.schemas().keySet().forEach(file -> {
            if (contract.versions().stream().noneMatch(version -> version.file().equals(file))) {
                object("src/main/avro/%s: no constant of EventType has this schema. Add one: %s", file, HOW_TO);
            }
        });
        contract.entries().keySet().stream().filter(type -> !contract.types().contains(type)).forEach(type -> object(
                "%s: the catalogue has an entry for it, and EventType has no such event. Take one to the other", type));
        for (var type : contract.types()) {
            var versions = contract.versions(type).reversed();
            for (int i = 0; i < versions.size(); i++) {
                if (versions.get(i).number() != i + 1) {
                    object("%s: version %d is missing before it. Versions are numbered from 1, without gaps",
                            versions.get(i).title(), i + 1);
                    break;
                }
            }
        }
    }

    private void version(Version version) {
        var before = objections.size();
        var topic = contract.topic(version.topic());
        if (topic.isEmpty()) {
            object("%s: Topics has no topic %s", version.title(), version.topic());
        } else if (version.number() > 1 && EventPages.isCompacted(topic.get())) {
            object("%s: %s is compacted, so a second version would replace the last record of the first, which its readers "
                    + "still need. Change version 1 compatibly, or announce a new event on another topic: %s",
                    version.title(), version.topic(), HOW_TO);
        }
        var schema = schema(version);
        if (schema == null) {
            return;
        }
        documented(version, "", schema);
        key(version, schema);
        var incompatible = objections.size();
        contract.releases(version).forEach(file -> since(file, version, schema));
        if (objections.size() == incompatible) {
            golden(version, schema);
        }
        entry(version);
        if (objections.size() == before) {
            unreleased(version);
        }
    }

    private @Nullable Schema schema(Version version) {
        if (!contract.schemas().containsKey(version.file())) {
            object("%s: there is no src/main/avro/%s", version.title(), version.file());
            return null;
        }
        try {
            return contract.schema(version);
        } catch (SchemaParseException invalid) {
            object("%s: src/main/avro/%s is no Avro schema: %s", version.title(), version.file(), invalid.getMessage());
            return null;
        }
    }

    /** Of a record, its fields, and the types that they are made of. */
    private void documented(Version version, String path, Schema schema) {
        if (isBlank(schema.getDoc())) {
            object("%s: %s has no doc. Say what happened", version.title(),
                    path.isEmpty() ? "the schema" : "the type " + schema.getName());
        }
        for (var field : schema.getFields()) {
            var name = path + field.name();
            if (isBlank(field.doc())) {
                object("%s: the field %s has no doc. Say what it means, its unit and its bounds", version.title(),
                        name);
            } else {
                unit(version, name, field);
            }
            if (field.schema().isUnion() && !isOptional(field)) {
                object("%s: the field %s is a union, but not of null, first and the default, and one other type. Another "
                        + "choice is a field of its own", version.title(), name);
            }
            named(version, name, Fields.value(field.schema()));
        }
        if (schema.getFields().stream().anyMatch(field -> field.name().endsWith("_cents"))
                && schema.getField("currency") == null && path.isEmpty()) {
            object("%s: it has amounts in cents, and no field currency", version.title());
        }
    }

    private void named(Version version, String path, Schema type) {
        switch (type.getType()) {
            case RECORD -> documented(version, path + ".", type);
            case ARRAY -> named(version, path + "[]", Fields.value(type.getElementType()));
            case MAP -> named(version, path + "{}", Fields.value(type.getValueType()));
            case ENUM -> {
                if (isBlank(type.getDoc())) {
                    object("%s: the enum of the field %s has no doc. Say what each symbol means", version.title(),
                            path);
                }
            }
            default -> {
            }
        }
    }

    private void unit(Version version, String name, Schema.Field field) {
        var type = Fields.type(Fields.value(field.schema()));
        var rule = Fields.rule(field.name());
        if (rule.isPresent()) {
            var expected = rule.get();
            if (!expected.types().contains(type)) {
                object("%s: the field %s ends in %s, so its type is %s, not %s", version.title(), name,
                        expected.suffix(), expected.types().stream().sorted().collect(joining(" or ")), type);
            } else if (!field.doc().contains(expected.phrase())) {
                object("%s: the field %s does not say its unit. Write \"%s\" into its doc", version.title(), name,
                        expected.phrase());
            }
        } else if (field.name().endsWith("_id") && !type.equals("uuid") && !FOREIGN_IDS.contains(field.name())) {
            object("%s: the field %s ends in _id, so its type is uuid, not %s. An id of another system is listed in Gate",
                    version.title(), name, type);
        } else if (Fields.isNumber(field.schema()) && (!Set.of("int", "long").contains(type)
                || Fields.unit(field).isEmpty())) {
            object("%s: the field %s is a number without a unit. Let its name end in the unit (%s); or let its doc begin "
                    + "with \"How many\", for a count, or \"Which\", for a place in a sequence", version.title(), name,
                    Fields.RULES.stream().map(Fields.Rule::suffix).collect(joining(", ")));
        }
    }

    private static boolean isOptional(Schema.Field field) {
        var types = field.schema().getTypes();
        return types.size() == 2 && types.getFirst().getType() == Schema.Type.NULL
                && field.defaultVal() == JsonProperties.NULL_VALUE;
    }

    private void key(Version version, Schema schema) {
        if (schema.getFields().stream()
                .filter(field -> field.doc() != null && field.doc().contains("also the record's key")).count() != 1) {
            object("%s: the doc of one field says \"also the record's key\", of the one whose text is the key",
                    version.title());
        }
    }

    /** Of the difference to a release of the same version. */
    private void since(String file, Version version, Schema schema) {
        var released = new Schema.Parser().parse(Objects.requireNonNull(contract.releases().get(file)));
        var before = objections.size();
        changed(version, "", released, schema);
        if (objections.size() == before) {
            var reasons = CompatibilityGate.objections(schema, List.of(released));
            if (!reasons.isEmpty()) {
                object("%s: incompatible with released/%s, so it is the next version: %s. Avro says: %s",
                        version.title(),
                        file, HOW_TO, String.join("; ", reasons));
            }
        }
    }

    private void changed(Version version, String path, Schema before, Schema now) {
        var what = path.isEmpty() ? "the schema" : "the field " + path;
        if (before.getType() != now.getType()
                || before.isUnion() && before.getTypes().size() != now.getTypes().size()) {
            object("%s: the type of %s was %s and is %s. Another type is the next version: %s", version.title(), what,
                    Fields.inWords(before), Fields.inWords(now), HOW_TO);
            return;
        }
        if (!logicalType(before).equals(logicalType(now))) {
            object("%s: the logical type of %s was %s and is %s, which Avro and the registry let pass, and readers would "
                    + "take for another value. It is the next version: %s", version.title(), what, logicalType(before),
                    logicalType(now), HOW_TO);
            return;
        }
        switch (before.getType()) {
            case RECORD -> fields(version, path, before, now);
            case ENUM -> {
                if (!before.getEnumSymbols().equals(now.getEnumSymbols())) {
                    object("%s: the symbols of %s were %s and are %s. An enum is closed, so this is the next version: %s",
                            version.title(), what, String.join(", ", before.getEnumSymbols()),
                            String.join(", ", now.getEnumSymbols()), HOW_TO);
                }
            }
            case ARRAY -> changed(version, path + "[]", before.getElementType(), now.getElementType());
            case MAP -> changed(version, path + "{}", before.getValueType(), now.getValueType());
            case UNION -> {
                for (int i = 0; i < before.getTypes().size(); i++) {
                    changed(version, path, before.getTypes().get(i), now.getTypes().get(i));
                }
            }
            default -> {
            }
        }
    }

    private void fields(Version version, String path, Schema before, Schema now) {
        var prefix = path.isEmpty() ? "" : path + ".";
        for (var old : before.getFields()) {
            var field = now.getField(old.name());
            if (field == null) {
                var renamed = now.getFields().stream().filter(other -> other.aliases().contains(old.name()))
                        .findFirst();
                if (renamed.isPresent()) {
                    object("%s: the field %s%s is called %s now. A released field keeps its name; the next version may "
                            + "have another: %s", version.title(), prefix, old.name(), renamed.get().name(), HOW_TO);
                } else {
                    object("%s: the field %s%s is gone. A released field stays; leave it out in the next version: %s",
                            version.title(), prefix, old.name(), HOW_TO);
                }
            } else {
                var objected = objections.size();
                changed(version, prefix + old.name(), old.schema(), field.schema());
                if (objections.size() == objected
                        && !Objects.equals(Fields.defaultValue(old), Fields.defaultValue(field))) {
                    object("%s: the default of the field %s%s was %s and is %s. Old records would get another value; it is "
                            + "the next version: %s", version.title(), prefix, old.name(),
                            Objects.requireNonNullElse(Fields.defaultValue(old), "missing"),
                            Objects.requireNonNullElse(Fields.defaultValue(field), "missing"), HOW_TO);
                }
            }
        }
        for (var field : now.getFields()) {
            if (before.getField(field.name()) == null && !field.hasDefaultValue()
                    && before.getFields().stream().noneMatch(old -> field.aliases().contains(old.name()))) {
                object("%s: the new field %s%s has no default, so old records could not be read. Give it one, or make it the "
                        + "next version: %s", version.title(), prefix, field.name(), HOW_TO);
            }
        }
    }

    private static String logicalType(Schema schema) {
        var type = Fields.type(schema);
        return type.equals("decimal")
                ? "decimal(%s, %s)".formatted(schema.getObjectProp("precision"), schema.getObjectProp("scale"))
                : type;
    }

    private void golden(Version version, Schema schema) {
        var file = "src/test/resources/golden/" + version.goldenFile();
        var golden = contract.golden().get(version.goldenFile());
        if (golden == null || golden.isEmpty()) {
            object("%s: no golden bytes in %s. Add an example to GoldenBytesTests, whose failure prints them",
                    version.title(), file);
            return;
        }
        for (int line = 1; line <= golden.size(); line++) {
            try {
                Example.of(schema, golden.get(line - 1));
            } catch (IllegalArgumentException unreadable) {
                object("%s: line %d of %s is no record of its schema. GoldenBytesTests prints what its examples are",
                        version.title(), line, file);
            }
        }
    }

    private void entry(Version version) {
        var entry = contract.entries().get(version.type());
        if (entry == null) {
            if (version.number() == 1) {
                object("%s: no entry in Catalogue. Say when it is announced, and the date of its release",
                        version.type());
            }
            return;
        }
        contract.releases(version).stream().map(Contract::label)
                .filter(label -> !entry.releases().containsKey(label))
                .forEach(label -> object("%s: Catalogue does not have its release %s. Add the date, and what changed",
                        version.title(), label));
    }

    /** Last, because a released schema stays as it is. */
    private void unreleased(Version version) {
        var text = contract.text(version);
        if (contract.releases(version).stream().map(contract.releases()::get).noneMatch(text::equals)
                && contract.checksums().entrySet().stream()
                        .noneMatch(released -> Contract.isOf(released.getKey(), version)
                                && released.getValue().equals(sha256(text)))) {
            object("%s: everything else is right, and src/main/avro/%s is not released yet. schema-registry/freeze does it",
                    version.title(), version.file());
        }
    }

    private static boolean isBlank(@Nullable String text) {
        return text == null || text.isBlank();
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
