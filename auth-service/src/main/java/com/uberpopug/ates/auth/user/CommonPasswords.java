package com.uberpopug.ates.auth.user;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The passwords that are guessed first: those listed in {@code common-passwords.txt} and their usual variations. A
 * variation is one listed word, once or repeated, in any case and with digits for letters, together with runs of keys,
 * repeated characters, years and up to four other digits and signs, of up to 40 characters in all.
 */
final class CommonPasswords {

    private static final String LIST = "/common-passwords.txt";

    /** Longer ones are in no list, and not guessed first. */
    private static final int LONGEST_COMMON = 40;

    /** A run or repetition of fewer characters is accidental. */
    private static final int SHORTEST_RUN = 3;
    /** A unit of up to this length that fills the whole password is no better than one repeated character. */
    private static final int LONGEST_UNIT = 3;
    /** Digits and signs that belong to no run or year. */
    private static final int MOST_OTHERS = 4;

    private static final Pattern MARKS = Pattern.compile("\\p{Mn}+");
    private static final Pattern YEAR = Pattern.compile("(19|20)\\d\\d");
    private static final Pattern NOT_LETTER_OR_DIGIT = Pattern.compile("[^\\p{L}\\p{Nd}]+");

    /** The alphabets, the rows, columns and zigzags of the English and the Russian keyboard. */
    private static final List<String> ORDERS = List.of("abcdefghijklmnopqrstuvwxyz",
            "абвгдежзийклмнопрстуфхцчшщъыьэюя", "абвгдеёжзийклмн", "01234567890", "qwertyuiop[]", "asdfghjkl;'",
            "zxcvbnm,./", "qwertzuiop",
            "azertyuiop", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
            "qazwsxedcrfvtgbyhnujmik,ol.p;/", "йфяцычувскамепинртгоьшлбщдюзж", "1q2w3e4r5t6y7u8i9o0p",
            "q1w2e3r4t5y6u7i8o9p0", "1й2ц3у4к5е6н7г8ш9щ0з", "1a2b3c4d5e6f7g8h9i0j", "a1b2c3d4e5f6g7h8i9j0",
            "!@#$%^&*()_+", "147258369", "741852963", "159753", "13579", "24680");

    private static final List<String> RUNS = ORDERS.stream().map(CommonPasswords::folded)
            .flatMap(order -> List.of(order, new StringBuilder(order).reverse().toString()).stream()).toList();

    private static final Set<String> LISTED = read();
    private static final int LONGEST = LISTED.stream().mapToInt(String::length).max().orElseThrow();

    private CommonPasswords() {
    }

    /** The same text for all cases, forms and diacritics of a text. */
    static String folded(String text) {
        var cased = Normalizer.normalize(text, Form.NFKC).toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
        return MARKS.matcher(Normalizer.normalize(cased, Form.NFKD)).replaceAll("");
    }

    /** A folded text without spaces and signs. */
    static String letters(String folded) {
        return NOT_LETTER_OR_DIGIT.matcher(folded).replaceAll("");
    }

    static boolean contains(String password) {
        var folded = folded(password);
        return folded.codePointCount(0, folded.length()) <= LONGEST_COMMON
                && (isRepeated(folded) || isCommon(folded) || isSpacedOut(folded));
    }

    /** With one sign after each letter or word; other signs count as usual, and several such ones are not guessed first. */
    private static boolean isSpacedOut(String folded) {
        return NOT_LETTER_OR_DIGIT.matcher(folded).results().flatMapToInt(signs -> signs.group().codePoints())
                .distinct().mapToObj(sign -> folded.replace(Character.toString(sign), ""))
                .anyMatch(CommonPasswords::isCommon);
    }

    private static boolean isCommon(String text) {
        return isListed(text) || new Parts(text).areCommon();
    }

    private static boolean isListed(String text) {
        return text.length() <= LONGEST && (LISTED.contains(text) || spelled(text).stream().anyMatch(LISTED::contains));
    }

    /** A folded text with letters for the digits and signs that are typed in their place; 1 is an i or an l. */
    static List<String> spelled(String folded) {
        return List.of(spelled(folded, 'i'), spelled(folded, 'l'));
    }

    private static String spelled(String text, char one) {
        return text.replace('0', 'o').replace('1', one).replace('!', one).replace('|', one).replace('3', 'e')
                .replace('4', 'a').replace('@', 'a').replace('5', 's').replace('$', 's').replace('7', 't')
                .replace('+', 't').replace('8', 'b').replace('9', 'g');
    }

    private static boolean isRepeated(String text) {
        var points = text.codePoints().toArray();
        for (int unit = 1; unit <= LONGEST_UNIT && unit * 2 <= points.length; unit++) {
            int position = unit;
            while (position < points.length && points[position] == points[position - unit]) {
                position++;
            }
            if (position == points.length) {
                return true;
            }
        }
        return false;
    }

    /** Looks for a division of a text into parts that are all common. */
    private static final class Parts {

        private final String text;
        private final Map<String, Boolean> listed = new HashMap<>();
        private final Map<String, Boolean> runs = new HashMap<>();
        /** States from which no division was found. */
        private final Set<State> dead = new HashSet<>();

        private Parts(String text) {
            this.text = text;
        }

        /**
         * A division up to a position.
         *
         * @param word the only listed word in it
         * @param others the number of other digits and signs in it
         */
        private record State(int position, @Nullable String word, int others) {
        }

        boolean areCommon() {
            return areCommon(new State(0, null, 0));
        }

        private boolean areCommon(State state) {
            if (state.position == text.length()) {
                return true;
            }
            if (state.others > MOST_OTHERS || !dead.add(state)) {
                return false;
            }
            for (int end = Math.min(text.length(), state.position + LONGEST); end > state.position; end--) {
                var part = text.substring(state.position, end);
                var word = state.word;
                if ((word == null || word.equals(part)) && listed.computeIfAbsent(part, CommonPasswords::isListed)
                        && areCommon(new State(end, part, state.others))
                        || runs.computeIfAbsent(part, CommonPasswords::isRun)
                                && areCommon(new State(end, word, state.others))) {
                    return true;
                }
            }
            return !Character.isLetter(text.codePointAt(state.position)) && areCommon(new State(
                    text.offsetByCodePoints(state.position, 1), state.word, state.others + 1));
        }
    }

    private static boolean isRun(String part) {
        return part.codePointCount(0, part.length()) >= SHORTEST_RUN
                && (RUNS.stream().anyMatch(run -> run.contains(part))
                        || part.codePoints().distinct().count() == 1 || YEAR.matcher(part).matches());
    }

    private static Set<String> read() {
        try (var list = Objects.requireNonNull(CommonPasswords.class.getResourceAsStream(LIST))) {
            return new String(list.readAllBytes(), StandardCharsets.UTF_8).lines().map(CommonPasswords::folded)
                    .collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
