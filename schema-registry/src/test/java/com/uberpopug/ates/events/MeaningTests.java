package com.uberpopug.ates.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every pair of logical types, at every position in a schema. */
class MeaningTests {

    private static final List<String> PLAIN = List.of("int", "long", "bytes", "string");
    private static final Map<String, String> TYPES = types();
    private static final Map<String, UnaryOperator<String>> PLACES = places();

    private static Map<String, String> types() {
        var types = new LinkedHashMap<String, String>();
        PLAIN.forEach(type -> types.put(type, "\"" + type + "\""));
        Map.of("int", List.of("date", "time-millis"),
                "long", List.of("time-micros", "timestamp-millis", "timestamp-micros", "timestamp-nanos",
                        "local-timestamp-millis", "local-timestamp-micros", "local-timestamp-nanos", "of-our-own"),
                "string", List.of("uuid"), "bytes", List.of("big-decimal"))
                .forEach((type, logical) -> logical.forEach(name -> types.put(name, """
                        {"type": "%s", "logicalType": "%s"}""".formatted(type, name))));
        types.put("decimal(9, 2)", decimal("\"bytes\"", 9, 2));
        types.put("decimal(9, 3)", decimal("\"bytes\"", 9, 3));
        types.put("decimal(10, 2)", decimal("\"bytes\"", 10, 2));
        types.put("fixed", fixed(16, ""));
        types.put("fixed uuid", fixed(16, ", \"logicalType\": \"uuid\""));
        types.put("fixed decimal(9, 2)", fixed(16, ", \"logicalType\": \"decimal\", \"precision\": 9, \"scale\": 2"));
        types.put("fixed decimal(9, 4)", fixed(16, ", \"logicalType\": \"decimal\", \"precision\": 9, \"scale\": 4"));
        types.put("fixed 12", fixed(12, ""));
        types.put("duration", fixed(12, ", \"logicalType\": \"duration\""));
        return types;
    }

    private static String decimal(String type, int precision, int scale) {
        return "{\"type\": %s, \"logicalType\": \"decimal\", \"precision\": %d, \"scale\": %d}".formatted(type,
                precision,
                scale);
    }

    private static String fixed(int size, String more) {
        return "{\"type\": \"fixed\", \"name\": \"F%d\", \"size\": %d%s}".formatted(size, size, more);
    }

    private static Map<String, UnaryOperator<String>> places() {
        var places = new LinkedHashMap<String, UnaryOperator<String>>();
        places.put("the value itself", type -> type);
        places.put("a field", type -> record("R", type));
        places.put("a field that may be null", type -> record("R", "[\"null\", " + type + "]"));
        places.put("an array", type -> record("R", "{\"type\": \"array\", \"items\": " + type + "}"));
        places.put("a map", type -> record("R", "{\"type\": \"map\", \"values\": [\"null\", " + type + "]}"));
        places.put("a record in a map in an array in a union", type -> record("R", """
                ["null", {"type": "array", "items": {"type": "map", "values": %s}}]""".formatted(record("S", type))));
        places.put("a record that holds itself", type -> """
                {"type": "record", "name": "R", "fields": [{"name": "next", "type": ["null", "R"]},
                                                           {"name": "it", "type": %s}]}""".formatted(type));
        return places;
    }

    private static String record(String name, String type) {
        return "{\"type\": \"record\", \"name\": \"%s\", \"fields\": [{\"name\": \"it\", \"type\": %s}]}".formatted(
                name,
                type);
    }

    static Stream<Arguments> pairs() {
        return TYPES.keySet().stream().flatMap(writer -> TYPES.keySet().stream()
                .map(reader -> Arguments.of(writer, reader)));
    }

    @ParameterizedTest(name = "{0} as {1}")
    @MethodSource("pairs")
    void differing_logical_types_are_found_at_every_position(String writer, String reader) {
        PLACES.forEach((name, place) -> {
            var from = schema(place, writer);
            var to = schema(place, reader);
            var isResolved = SchemaCompatibility.checkReaderWriterCompatibility(to, from)
                    .getType() == SchemaCompatibilityType.COMPATIBLE;
            assertThat(Meaning.differences(from, to)).as(name)
                    .hasSize(isResolved && !isTheSame(writer, reader) ? 1 : 0)
                    .allSatisfy(difference -> assertThat(difference).contains("written as ", "read as "));
        });
    }

    @ParameterizedTest(name = "{0} as {1}")
    @MethodSource("pairs")
    void gate_rejects_a_changed_logical_type(String writer, String reader) {
        if (writer.equals(reader) || PLAIN.contains(writer) && PLAIN.contains(reader)) {
            return;
        }
        PLACES.forEach((name, place) -> assertThat(
                CompatibilityGate.objections(schema(place, reader), List.of(schema(place, writer)))).as(name)
                .isNotEmpty());
    }

    private static Schema schema(UnaryOperator<String> place, String type) {
        return new Schema.Parser().parse(place.apply(TYPES.get(type)));
    }

    private static boolean isTheSame(String writer, String reader) {
        // A UUID is validated when read; numbers widen; strings and bytes convert into each other.
        return writer.equals(reader) || PLAIN.contains(writer) && PLAIN.contains(reader)
                || List.of("uuid", "string").containsAll(List.of(writer, reader));
    }

    @Test
    void fields_are_compared_by_name_and_alias_and_one_sided_fields_are_skipped() {
        var writer = new Schema.Parser().parse("""
                {"type": "record", "name": "R", "fields": [
                    {"name": "gone", "type": {"type": "int", "logicalType": "date"}},
                    {"name": "old", "type": {"type": "long", "logicalType": "timestamp-millis"}},
                    {"name": "day", "type": {"type": "int", "logicalType": "date"}}]}""");
        var reader = new Schema.Parser()
                .parse("""
                        {"type": "record", "name": "R", "fields": [
                            {"name": "day", "type": {"type": "int", "logicalType": "time-millis"}},
                            {"name": "more", "type": {"type": "int", "logicalType": "date"}, "default": 0},
                            {"name": "at", "aliases": ["old"], "type": {"type": "long", "logicalType": "timestamp-micros"}}]}""");
        assertThat(Meaning.differences(writer, reader)).containsExactly(
                "at: written as timestamp-millis, read as timestamp-micros",
                "day: written as date, read as time-millis");
    }
}
