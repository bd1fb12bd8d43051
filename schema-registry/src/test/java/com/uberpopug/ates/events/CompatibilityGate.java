package com.uberpopug.ates.events;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaValidationException;
import org.apache.avro.SchemaValidatorBuilder;

/** What the registry's FULL_TRANSITIVE says, offline, and that a value never changes its meaning. */
final class CompatibilityGate {

    private CompatibilityGate() {
    }

    /** Why a schema may not take its place beside the released ones of its version; empty where it may. */
    static List<String> objections(Schema current, List<Schema> released) {
        var objections = new ArrayList<String>();
        for (Schema before : released) {
            objections.addAll(unreadable("What is written now cannot be read by a released schema", before, current));
            objections.addAll(unreadable("What was written by a released schema cannot be read now", current, before));
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

    /** Avro and the registry compare how a value is stored: microseconds read as milliseconds would pass them. */
    private static List<String> otherMeaning(Schema current, Schema before) {
        return Stream.of(Meaning.changes(before, current), Meaning.changes(current, before))
                .flatMap(List::stream).map("The logical type changed of "::concat).toList();
    }
}
