package com.uberpopug.ates.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the registry accepts and rejects. The gate of the whole contract, which is stricter, has its own tests. */
class CompatibilityTests {

    private static final String RELEASED = """
            {"type": "record", "name": "Thing", "fields": [
              {"name": "fee_cents", "type": "long"},
              {"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}},
              {"name": "note", "type": ["null", "string"], "default": null},
              {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["A", "B"]}}]}""";

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
            a removed field with a default| {"name": "note", "type": ["null", "string"], "default": null}, | ''
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
