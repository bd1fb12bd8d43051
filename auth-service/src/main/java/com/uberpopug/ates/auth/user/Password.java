package com.uberpopug.ates.auth.user;

import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A password as it was typed. It is prepared by the OpaqueString profile of RFC 8265: spaces of all kinds are one, letters
 * are composed, small letters and capitals differ, and what is not in the FreeformClass of RFC 8264 is refused: control
 * characters, invisible ones, and those that Unicode does not know yet. Joiners are refused in every context, and the few
 * others that depend on one are taken in each. The length is counted in code points of that form.
 */
public record Password(String typed) {

    static final int MIN_LENGTH = 8;
    static final int MAX_LENGTH = 128;
    /** In UTF-16; a letter of the prepared form may have been typed in several pieces. */
    private static final int MOST_TYPED = 2_000;

    private static final Pattern SPACES = Pattern.compile("\\p{Zs}");

    /** In this order: no letters; without a sign of their own; halves of Korean syllables; what RFC 8264 names. */
    private static final Pattern REFUSED = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cn}\\p{Co}\\p{Cs}\\p{Zl}\\p{Zp}"
            + "\\u034F\\u17B4\\u17B5\\u180B-\\u180F\\u3164\\uFE00-\\uFE0F\\uFFA0\\x{E0100}-\\x{E01EF}"
            + "\\u1100-\\u11FF\\uA960-\\uA97F\\uD7B0-\\uD7FF"
            + "\\u0640\\u07FA\\u302E\\u302F\\u3031-\\u3035\\u303B]");

    /** For Spring, which takes the values of fields to it. */
    public static Password of(String typed) {
        return new Password(typed);
    }

    /** The prepared form; empty where there is none, such as that of nothing. */
    public static Optional<String> prepared(CharSequence typed) {
        return Optional.of(typed).filter(text -> !text.isEmpty() && text.length() <= MOST_TYPED)
                .map(text -> Normalizer.normalize(SPACES.matcher(text).replaceAll(" "), Form.NFC))
                .filter(text -> !REFUSED.matcher(text).find());
    }

    /** Whether it may be chosen; one that was chosen under another rule is good as long as it is kept. */
    boolean isAcceptable() {
        return prepared(typed).map(text -> text.codePointCount(0, text.length()))
                .filter(length -> length >= MIN_LENGTH && length <= MAX_LENGTH).isPresent();
    }

    /** Whether it is the same, in whatever form the two were typed. */
    boolean isSameAs(Password other) {
        return prepared(typed).equals(prepared(other.typed)) && prepared(typed).isPresent();
    }

    @Override
    public String toString() {
        return "a password";
    }
}
