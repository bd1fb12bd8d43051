package com.uberpopug.ates.platform.web;

import java.text.Normalizer.Form;
import java.text.Normalizer;

/**
 * The one form of all text that comes in, from any keyboard, browser or program: composed (NFC), with lines that
 * end in a line feed. Lengths are counted in it, in code points. Passwords have rules of their own.
 *
 * <p>Forms, parameters and JSON are read by way of it. Texts are compared by {@code folded()} in the database.
 */
public final class TypedText {

    private TypedText() {
    }

    /** The text in this form; a text that is in it already comes back as it is. */
    public static String normalized(String typed) {
        var lines = typed.indexOf('\r') < 0 ? typed : typed.replace("\r\n", "\n").replace('\r', '\n');
        return Normalizer.isNormalized(lines, Form.NFC) ? lines : Normalizer.normalize(lines, Form.NFC);
    }

    /** The text without white space at its ends, no-break spaces included, as browsers trim it. */
    public static String stripped(String text) {
        int begin = 0;
        int end = text.length();
        while (begin < end && isSpace(text.charAt(begin))) {
            begin++;
        }
        while (end > begin && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(begin, end);
    }

    private static boolean isSpace(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\uFEFF';
    }
}
