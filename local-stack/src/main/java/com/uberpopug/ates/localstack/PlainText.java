package com.uberpopug.ates.localstack;

import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Text from records and clients, which may hold any characters, for a terminal, which interprets control characters and
 * bidi overrides.
 */
final class PlainText {
    private static final Pattern OBEYED = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]+");

    private PlainText() {
    }

    /** With a space in place of them. */
    static String of(String text) {
        return OBEYED.matcher(text).replaceAll(" ");
    }

    /** With escapes in place of them: valid JSON with the same meaning. */
    static String escaped(String json) {
        return OBEYED.matcher(json).replaceAll(found -> found.group().chars().mapToObj("\\\\u%04x"::formatted)
                .collect(Collectors.joining()));
    }
}
