package com.uberpopug.ates.platform.web;

import java.util.regex.Pattern;

/**
 * Text of users in the midst of a sentence of ours, where there is no markup: which way its letters run, right to left
 * or turned round on purpose, stays its own affair.
 *
 * @see <a href="https://www.unicode.org/reports/tr9/#Explicit_Directional_Isolates">Explicit directional isolates</a>
 */
public final class BidiIsolation {

    private static final char FIRST_STRONG_ISOLATE = '\u2068';
    private static final char POP_DIRECTIONAL_ISOLATE = '\u2069';
    /** Characters that would end the isolation early, or reach beyond it. */
    private static final Pattern EXPLICIT = Pattern.compile("[\\u202A-\\u202E\\u2066-\\u2069]");

    private BidiIsolation() {
    }

    /** The text between marks that keep it apart, without such marks of its own. */
    public static String text(String text) {
        return FIRST_STRONG_ISOLATE + EXPLICIT.matcher(text).replaceAll("") + POP_DIRECTIONAL_ISOLATE;
    }
}
