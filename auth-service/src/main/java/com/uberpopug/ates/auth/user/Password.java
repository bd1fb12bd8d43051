package com.uberpopug.ates.auth.user;

import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A password in its prepared form: the OpaqueString profile of RFC 8265. All spaces become U+0020, letters are
 * composed, case is kept, and characters outside the FreeformClass of RFC 8264 are rejected: control, invisible and
 * unassigned characters. Joiners are rejected in every context; the other contextual characters are accepted in each.
 * The length counts code points of the prepared form. {@link PasswordRules} decides which may be chosen.
 */
public record Password(String typed) {

    static final int MAX_LENGTH = 128;
    /** In UTF-16 units; one letter of the prepared form may be typed as several. */
    private static final int MOST_TYPED = 2_000;

    private static final Pattern SPACES = Pattern.compile("\\p{Zs}");

    /** In this order: non-letters, characters without a glyph, halves of Korean syllables, exceptions of RFC 8264. */
    private static final Pattern REFUSED = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cn}\\p{Co}\\p{Cs}\\p{Zl}\\p{Zp}"
            + "\\u034F\\u17B4\\u17B5\\u180B-\\u180F\\u3164\\uFE00-\\uFE0F\\uFFA0\\x{E0100}-\\x{E01EF}"
            + "\\u1100-\\u11FF\\uA960-\\uA97F\\uD7B0-\\uD7FF"
            + "\\u0640\\u07FA\\u302E\\u302F\\u3031-\\u3035\\u303B]");

    /** Used by Spring to bind fields. */
    public static Password of(String typed) {
        return new Password(typed);
    }

    /** The prepared form; empty if there is none, as for the empty text. */
    public static Optional<String> prepared(CharSequence typed) {
        return Optional.of(typed).filter(text -> !text.isEmpty() && text.length() <= MOST_TYPED)
                .map(text -> Normalizer.normalize(SPACES.matcher(text).replaceAll(" "), Form.NFC))
                .filter(text -> !REFUSED.matcher(text).find());
    }

    /** Whether the text is too long for a prepared form. */
    boolean isTooLongToPrepare() {
        return typed.length() > MOST_TYPED;
    }

    /** Whether both passwords have the same prepared form. */
    boolean isSameAs(Password other) {
        return prepared(typed).equals(prepared(other.typed)) && prepared(typed).isPresent();
    }

    @Override
    public String toString() {
        return "a password";
    }
}
