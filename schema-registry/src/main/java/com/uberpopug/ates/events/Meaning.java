package com.uberpopug.ates.events;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.avro.Resolver;
import org.apache.avro.Resolver.Action;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Whether a value is read as what it was written as. Avro's schema resolution compares only how a value is stored:
 * milliseconds are read as microseconds, and cents as dollars.
 */
public final class Meaning {

    private final boolean textMayBeUuid;
    private final Set<Action> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<String> differences = new ArrayList<>();

    private Meaning(boolean textMayBeUuid) {
        this.textMayBeUuid = textMayBeUuid;
    }

    /**
     * Where a reader takes a value for something else than its writer, wherever that is: in records, arrays, maps and
     * unions. Between a text and the text of a UUID there is no difference, because a UUID is checked as it is read; any
     * other logical type must be the same, a decimal of the same precision and scale.
     *
     * @return a line for each, such as {@code at: written as timestamp-millis, read as timestamp-micros}; what Avro cannot
     *         resolve is left out
     */
    public static List<String> differences(Schema writer, Schema reader) {
        return new Meaning(true).of(writer, reader);
    }

    /** The same for two states of one schema, where a text does not become a UUID either. */
    static List<String> changes(Schema writer, Schema reader) {
        return new Meaning(false).of(writer, reader);
    }

    private List<String> of(Schema writer, Schema reader) {
        compare("", Resolver.resolve(Schema.applyAliases(writer, reader), reader));
        return differences.stream().distinct().toList();
    }

    private void compare(String path, Action action) {
        if (!seen.add(action)) {
            return;
        }
        switch (action) {
            case Resolver.WriterUnion union -> {
                for (var branch : union.actions) {
                    compare(path, branch);
                }
            }
            case Resolver.ReaderUnion union -> compare(path, union.actualAction);
            case Resolver.Container container -> {
                compareTypes(path, action);
                compare(path + (action.reader.getType() == Schema.Type.MAP ? "{}" : "[]"), container.elementAction);
            }
            case Resolver.RecordAdjust adjusted -> {
                compareTypes(path, action);
                compareFields(path, adjusted);
            }
            case Resolver.ErrorAction _,Resolver.Skip _ -> {
            }
            default -> compareTypes(path, action);
        }
    }

    /** In the order of the writer's fields; those that the reader does not have are skipped. */
    private void compareFields(String path, Resolver.RecordAdjust adjusted) {
        int read = 0;
        for (var field : adjusted.fieldActions) {
            if (field.type != Action.Type.SKIP) {
                compare((path.isEmpty() ? "" : path + ".") + adjusted.readerOrder[read++].name(), field);
            }
        }
    }

    private void compareTypes(String path, Action action) {
        var written = type(action.writer);
        var read = type(action.reader);
        if (!Objects.equals(written, read)
                && !(textMayBeUuid && isText(action.writer, written) && isText(action.reader, read))) {
            differences.add("%s: written as %s, read as %s".formatted(path.isEmpty() ? "the value" : path,
                    named(action.writer, written), named(action.reader, read)));
        }
    }

    private static boolean isText(Schema schema, @Nullable String type) {
        return schema.getType() == Schema.Type.STRING && (type == null || type.equals("uuid"));
    }

    private static String named(Schema schema, @Nullable String type) {
        return type == null ? "a plain " + schema.getType().getName() : type;
    }

    /** As the schema says it, whether or not this Avro knows it. */
    private static @Nullable String type(Schema schema) {
        var name = schema.getProp("logicalType");
        return "decimal".equals(name)
                ? "decimal(%s, %s)".formatted(schema.getObjectProp("precision"),
                        Objects.requireNonNullElse(schema.getObjectProp("scale"), 0))
                : name;
    }
}
