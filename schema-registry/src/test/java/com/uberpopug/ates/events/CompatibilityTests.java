package com.uberpopug.ates.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CompatibilityTests {

    private static final String RELEASED = """
            {"type": "record", "name": "Thing", "fields": [
              {"name": "fee_cents", "type": "long"},
              {"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}},
              {"name": "note", "type": ["null", "string"], "default": null},
              {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["A", "B"]}}]}""";

    @Test
    void released_schemas_never_change() throws Exception {
        var checksums = Files.readAllLines(SchemaFiles.RELEASED.resolve("CHECKSUMS")).stream()
                .map(line -> line.split("  ", 2)).collect(Collectors.toMap(line -> line[1], line -> line[0]));

        assertThat(SchemaFiles.below(SchemaFiles.RELEASED)).containsExactlyInAnyOrderElementsOf(checksums.keySet());
        for (var released : checksums.entrySet()) {
            var digest = MessageDigest.getInstance("SHA-256")
                    .digest(Files.readAllBytes(SchemaFiles.RELEASED.resolve(released.getKey())));
            assertThat(HexFormat.of().formatHex(digest)).as(released.getKey()).isEqualTo(released.getValue());
        }
    }

    @Test
    void released_schema_stays_in_the_contract() throws Exception {
        assertThat(SchemaFiles.below(SchemaFiles.RELEASED))
                .allSatisfy(file -> assertThat(EventType.all()).anyMatch(event -> SchemaFiles.isRelease(file, event)));
    }

    @ParameterizedTest
    @EnumSource
    void current_schema_and_every_release_of_its_version_read_each_other(EventType event) throws Exception {
        var current = new Schema.Parser().parse(event.schemaText());
        var released = new ArrayList<Schema>();
        for (String file : SchemaFiles.below(SchemaFiles.RELEASED)) {
            if (SchemaFiles.isRelease(file, event)) {
                released.add(new Schema.Parser().parse(SchemaFiles.RELEASED.resolve(file).toFile()));
            }
        }

        assertThat(CompatibilityGate.objections(current, released)).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', emptyValue = "", textBlock = """
            a new field without a default | "fields": [      | "fields": [{"name": "new", "type": "long"}, | : new
            a removed field without one   | {"name": "fee_cents", "type": "long"}, | ''                    | : fee_cents
            a renamed field               | fee_cents        | fee                                         | : fee
            another type                  | "long"}          | "string"}                                   | MISMATCH
            a wider type                  | "long"}          | "double"}                                   | MISMATCH
            an enum that grows            | ["A", "B"]       | ["A", "B", "C"]                             | : [C]
            a renamed record              | "Thing"          | "Other"                                     | Thing
            micros that become millis     | timestamp-micros | timestamp-millis                            | changed of at:
            """)
    void incompatible_change_is_rejected_by_the_gate(String what, String from, String to, String objection) {
        assertThat(objectionsTo(from, to)).anySatisfy(found -> assertThat(found).contains(objection));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', emptyValue = "", textBlock = """
            nothing                      | Thing         | Thing
            a new field with a default   | "fields": [   | "fields": [{"name": "new", "type": "long", "default": 0},
            a removed field with one     | {"name": "note", "type": ["null", "string"], "default": null}, | ''
            other words                  | "fields":     | "doc": "Reworded.", "fields":
            """)
    void compatible_change_passes_the_gate(String what, String from, String to) {
        assertThat(objectionsTo(from, to)).isEmpty();
    }

    private static List<String> objectionsTo(String from, String to) {
        assertThat(RELEASED).contains(from);
        return CompatibilityGate.objections(new Schema.Parser().parse(RELEASED.replace(from, to)),
                List.of(new Schema.Parser().parse(RELEASED)));
    }
}
