package com.uberpopug.ates.platform.events.logging;

import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.json.JsonWriter.MemberPath;
import org.springframework.boot.json.JsonWriter.Members;
import org.springframework.boot.json.JsonWriter.ValueProcessor;
import org.springframework.boot.logging.structured.StructuredLoggingJsonMembersCustomizer;

/** Every text of a log line in JSON as {@link OneLine}; a stack trace keeps its lines, each of them one. */
public final class OneLineJson implements StructuredLoggingJsonMembersCustomizer<Object> {

    @Override
    public void customize(Members<Object> members) {
        ValueProcessor<Object> texts = OneLineJson::cleaned;
        members.applyingValueProcessor(texts);
    }

    private static @Nullable Object cleaned(MemberPath path, @Nullable Object value) {
        if (!(value instanceof String text)) {
            return value;
        }
        return path.toString().endsWith("stack_trace")
                ? text.lines().map(line -> OneLine.of(line.replace('\t', ' '))).collect(Collectors.joining("\n"))
                : OneLine.of(text);
    }
}
