package com.uberpopug.ates.platform.events.logging;

/** Makes a text one bounded line that cannot be taken for another: its control and format characters are escaped. */
final class OneLine {

    /** In characters, of a message or of an exception's message. */
    static final int MAX = 4_000;

    private OneLine() {
    }

    static String of(String text) {
        if (text.length() <= MAX && text.codePoints().noneMatch(OneLine::isEscaped)) {
            return text;
        }
        var line = new StringBuilder();
        int at = 0;
        while (at < text.length() && line.length() < MAX) {
            int each = text.codePointAt(at);
            at += Character.charCount(each);
            switch (each) {
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                default -> {
                    if (isEscaped(each)) {
                        line.append("\\u").append("%04x".formatted(each));
                    } else {
                        line.appendCodePoint(each);
                    }
                }
            }
        }
        if (at < text.length()) {
            line.append(" … ").append(text.length() - at).append(" characters cut");
        }
        return line.toString();
    }

    /** Bidirectional overrides, which reorder what a terminal shows, are format characters. */
    private static boolean isEscaped(int each) {
        return switch (Character.getType(each)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE ->
                true;
            default -> false;
        };
    }
}
