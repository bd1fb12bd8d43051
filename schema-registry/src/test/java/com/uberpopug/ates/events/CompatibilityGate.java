package com.uberpopug.ates.events;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaValidationException;
import org.apache.avro.SchemaValidatorBuilder;

/** Checks offline what the registry's FULL_TRANSITIVE checks, and that logical types never change. */
public final class CompatibilityGate {

    private CompatibilityGate() {
    }

    /** The reasons against a schema beside the released ones of its version; empty if it is compatible. */
    public static List<String> objections(Schema current, List<Schema> released) {
        var objections = new ArrayList<String>();
        for (Schema before : released) {
            objections.addAll(unreadable("A released schema cannot read records of the current one", before, current));
            objections.addAll(unreadable("The current schema cannot read records of a released one", current, before));
            objections.addAll(otherMeaning(current, before));
        }
        try {
            new SchemaValidatorBuilder().mutualReadStrategy().validateAll().validate(current, released);
        } catch (SchemaValidationException refused) {
            if (objections.isEmpty()) {
                objections.add(String.valueOf(refused.getMessage()));
            }
        }
        return objections;
    }

    private static List<String> unreadable(String which, Schema reader, Schema writer) {
        var result = SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getResult();
        if (result.getCompatibility() == SchemaCompatibilityType.COMPATIBLE) {
            return List.of();
        }
        return result.getIncompatibilities().stream()
                .map(reason -> "%s: %s at %s: %s".formatted(which, reason.getType(),
                        reason.getLocation(), reason.getMessage()))
                .toList();
    }

    /** Avro and the registry compare storage types only, and would accept microseconds read as milliseconds. */
    private static List<String> otherMeaning(Schema current, Schema before) {
        return Stream.of(Meaning.changes(before, current), Meaning.changes(current, before))
                .flatMap(List::stream).map("The logical type changed of "::concat).toList();
    }
}
