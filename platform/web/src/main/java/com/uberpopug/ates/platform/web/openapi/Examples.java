package com.uberpopug.ates.platform.web.openapi;

import io.swagger.v3.oas.models.media.Schema;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Examples of values that have the same form everywhere; a text has its example in its own annotation. */
final class Examples {

    static final String ID = "019dd1a0-5b6c-7d2a-9c41-3f8e6a1b2c4d";
    static final String DATE = "2026-11-22";

    private Examples() {
    }

    static void addTo(Schema<?> schema, String name) {
        if (schema.getItems() != null) {
            addTo(schema.getItems(), name);
        } else if (schema.getExample() == null) {
            var example = of(schema, name);
            if (example != null) {
                schema.setExample(example);
            }
        }
    }

    private static @Nullable Object of(Schema<?> schema, String name) {
        if (schema.getEnum() != null && !schema.getEnum().isEmpty()) {
            return schema.getEnum().getFirst();
        }
        var types = schema.getTypes() == null ? Set.of() : schema.getTypes();
        return switch (schema.getFormat()) {
            case "uuid" -> ID;
            case "date" -> DATE;
            case "date-time" -> DATE + "T09:30:00Z";
            case null, default -> types.contains("boolean")
                    ? Boolean.TRUE
                    : types.contains("integer") ? name.endsWith("_cents") ? 1_500 : 1 : null;
        };
    }
}
