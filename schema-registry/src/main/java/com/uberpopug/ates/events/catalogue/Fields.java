package com.uberpopug.ates.events.catalogue;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.JsonProperties;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Types and units of fields, for people. The unit of a field follows from the end of its name; a number without such a
 * name is a count or a place in a sequence, which the first words of its doc say.
 */
final class Fields {

    /** What the end of a field's name promises. */
    static final List<Rule> RULES = List.of(new Rule("_cents", Set.of("long"), "cents", "in cents"),
            new Rule("_at", Set.of("timestamp-micros"), "microseconds since the epoch, UTC",
                    "in microseconds since the epoch, UTC"),
            new Rule("_date", Set.of("date"), "days since 1970-01-01", "time zone"),
            new Rule("_seconds", Set.of("int", "long"), "seconds", "in seconds"),
            new Rule("_millis", Set.of("int", "long"), "milliseconds", "in milliseconds"),
            new Rule("_micros", Set.of("int", "long"), "microseconds", "in microseconds"),
            new Rule("_bytes", Set.of("int", "long"), "bytes", "in bytes"),
            new Rule("_percent", Set.of("int", "long", "double"), "percent", "in percent"));

    private static final Set<Schema.Type> NUMBERS = Set.of(Schema.Type.INT, Schema.Type.LONG, Schema.Type.FLOAT,
            Schema.Type.DOUBLE);

    private Fields() {
    }

    /**
     * The unit of a field by the end of its name.
     *
     * @param types names of Avro's types that it may have, logical ones included
     * @param phrase what its doc says
     */
    record Rule(String suffix, Set<String> types, String unit, String phrase) {
    }

    static Optional<Rule> rule(String field) {
        return RULES.stream().filter(rule -> field.endsWith(rule.suffix)).findFirst();
    }

    /** Empty where the field has none, or does not say it. */
    static Optional<String> unit(Schema.Field field) {
        var rule = rule(field.name());
        if (rule.isPresent()) {
            return rule.map(Rule::unit);
        }
        var doc = Objects.requireNonNullElse(field.doc(), "");
        return !isNumber(field.schema())
                ? Optional.empty()
                : doc.startsWith("How many ")
                        ? Optional.of("a count")
                        : doc.startsWith("Which ") ? Optional.of("a place, from 1") : Optional.empty();
    }

    /** Whether the values of the field, null aside, are numbers. */
    static boolean isNumber(Schema schema) {
        return NUMBERS.contains(value(schema).getType()) || type(value(schema)).equals("decimal");
    }

    /** The type of a field's values, null aside. */
    static Schema value(Schema schema) {
        return schema.isUnion()
                ? schema.getTypes().stream().filter(type -> type.getType() != Schema.Type.NULL).findFirst()
                        .orElse(schema)
                : schema;
    }

    /** The name of a type, of its logical type where it has one. */
    static String type(Schema schema) {
        var logical = schema.getProp("logicalType");
        return logical != null ? logical : schema.getType().getName();
    }

    /** A type in words: {@code uuid (string) or null}, {@code one of FEE, REWARD}. */
    static String inWords(Schema schema) {
        var logical = schema.getProp("logicalType");
        return switch (schema.getType()) {
            case UNION -> String.join(" or ", schema.getTypes().stream()
                    .sorted((one, other) -> Boolean.compare(one.getType() == Schema.Type.NULL,
                            other.getType() == Schema.Type.NULL))
                    .map(Fields::inWords).toList());
            case ENUM -> "one of " + String.join(", ", schema.getEnumSymbols());
            case ARRAY -> "list of " + inWords(schema.getElementType());
            case MAP -> "map of " + inWords(schema.getValueType());
            default -> logical == null
                    ? schema.getType() == Schema.Type.RECORD || schema.getType() == Schema.Type.FIXED
                            ? schema.getName()
                            : schema.getType().getName()
                    : "%s (%s)".formatted(logical, schema.getType().getName());
        };
    }

    /** The value where a record lacks the field, as JSON; null where each record has it. */
    static @Nullable String defaultValue(Schema.Field field) {
        if (!field.hasDefaultValue()) {
            return null;
        }
        var value = field.defaultVal();
        return value == JsonProperties.NULL_VALUE
                ? "null"
                : value instanceof String text ? Json.text(text) : String.valueOf(value);
    }

    /** The field's doc and that of its enum. */
    static String meaning(Schema.Field field) {
        var value = value(field.schema());
        var doc = Objects.requireNonNullElse(field.doc(), "");
        return value.getType() == Schema.Type.ENUM && value.getDoc() != null ? doc + " " + value.getDoc() : doc;
    }
}
