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
 * Compares the logical types of a writer's and a reader's schema. Avro's schema resolution compares storage types only:
 * it reads milliseconds as microseconds, and decimals of one scale as decimals of another.
 */
public final class Meaning {

    private final boolean textMayBeUuid;
    private final Set<Action> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<String> differences = new ArrayList<>();

    private Meaning(boolean textMayBeUuid) {
        this.textMayBeUuid = textMayBeUuid;
    }

    /**
     * The logical types that differ between a writer and a reader, at any depth: in records, arrays, maps and unions. A
     * plain string and a UUID string count as equal, because UUIDs are validated when read. All other logical types
     * must match; decimals must also match in precision and scale.
     *
     * @return one line for each difference, such as {@code at: written as timestamp-millis, read as timestamp-micros};
     *     empty if there is none. Types that Avro cannot resolve are left out.
     */
    public static List<String> differences(Schema writer, Schema reader) {
        return new Meaning(true).of(writer, reader);
    }

    /** The same for two states of one schema, where a plain string and a UUID string also differ. */
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

    /** In the order of the writer's fields; fields that the reader lacks are skipped. */
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

    /** The logical type's name in the schema text, also for types that this Avro version does not implement. */
    private static @Nullable String type(Schema schema) {
        var name = schema.getProp("logicalType");
        return "decimal".equals(name)
                ? "decimal(%s, %s)".formatted(schema.getObjectProp("precision"),
                        Objects.requireNonNullElse(schema.getObjectProp("scale"), 0))
                : name;
    }
}
