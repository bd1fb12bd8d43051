package com.uberpopug.ates.auth.user;

import static java.util.function.Predicate.not;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * The rules for a password that a person chooses, by NIST SP 800-63B-4: a least length and no composition; no common
 * password, and none that is made of the user's or the company's name.
 */
@Component
class PasswordRules {

    /** Where the password is the only factor, SP 800-63B-4 requires 15; never fewer than 8. */
    static final int SHORTEST_AS_ONLY_FACTOR = 15;
    static final int SHORTEST_EVER = 8;

    private static final List<String> COMPANY = List.of("uberpopug", "popug", "ates", "уберпопуг", "попуг", "атес");

    /** A shorter name, or part of one, occurs in most texts by accident. */
    private static final int SHORTEST_NAME = 3;
    private static final int SHORTEST_PART = 4;
    /** From this length on, a name is found between signs and with digits for letters, too. */
    private static final int SHORTEST_HIDDEN = 5;

    private static final Pattern SPACE = Pattern.compile("\\s+");

    private final int shortest;

    /**
     * @param shortest in code points, from 8 to 64; 15 by default, and 8 in the demo. Fewer than 15 are for a company
     *     that requires a second factor
     */
    PasswordRules(@Value("${ates.shortest-password:#{null}}") @Nullable Integer shortest,
            @Value("${ates.demo:false}") boolean demo) {
        this.shortest = shortest != null ? shortest : demo ? SHORTEST_EVER : SHORTEST_AS_ONLY_FACTOR;
        if (this.shortest < SHORTEST_EVER || this.shortest > 64) {
            throw new IllegalStateException("ates.shortest-password must be from 8 to 64");
        }
    }

    /** The broken rule; its name is the end of a message's code. */
    enum Rule {
        TOO_SHORT("too-short"),
        TOO_LONG("too-long"),
        CHARACTERS("characters"),
        COMMON("common"),
        PERSONAL("personal"),
        COMPANY("company");

        private final String code;

        Rule(String code) {
            this.code = "password." + code;
        }

        String code() {
            return code;
        }
    }

    /** In code points of the prepared form. */
    int shortest() {
        return shortest;
    }

    /** The first rule that a password breaks, apart from those that depend on its user. */
    Optional<Rule> broken(Password password) {
        if (password.typed().isEmpty()) {
            return Optional.of(Rule.TOO_SHORT);
        }
        if (password.isTooLongToPrepare()) {
            return Optional.of(Rule.TOO_LONG);
        }
        var prepared = Password.prepared(password.typed());
        if (prepared.isEmpty()) {
            return Optional.of(Rule.CHARACTERS);
        }
        var text = prepared.get();
        int length = text.codePointCount(0, text.length());
        if (length < shortest) {
            return Optional.of(Rule.TOO_SHORT);
        }
        if (length > Password.MAX_LENGTH) {
            return Optional.of(Rule.TOO_LONG);
        }
        if (hasAny(COMPANY.stream(), text)) {
            return Optional.of(Rule.COMPANY);
        }
        return CommonPasswords.contains(text) ? Optional.of(Rule.COMMON) : Optional.empty();
    }

    /** The first rule that a password breaks if this user chooses it. */
    Optional<Rule> broken(Password password, String login, Profile profile) {
        var broken = broken(password);
        return broken.isPresent() && broken.get() != Rule.COMMON
                ? broken
                : Optional.of(Rule.PERSONAL).filter(_ -> hasAny(names(login, profile), password.typed()))
                        .or(() -> broken);
    }

    private static Stream<String> names(String login, Profile profile) {
        var local = profile.email() == null ? "" : profile.email().replaceFirst("@[^@]*$", "");
        return Stream.concat(
                Stream.of(login, profile.displayName(), local).filter(name -> length(name) >= SHORTEST_NAME),
                // First and last names; a login may be made of words that anybody uses.
                Stream.of(SPACE.split(profile.displayName())).filter(part -> length(part) >= SHORTEST_PART));
    }

    /** One ideograph is worth two letters. */
    private static long length(String name) {
        return name.codePoints().map(point -> Character.isIdeographic(point) ? 2 : 1).sum();
    }

    private static boolean hasAny(Stream<String> names, String typed) {
        var text = CommonPasswords.folded(Password.prepared(typed).orElse(typed));
        var letters = CommonPasswords.letters(text);
        var spelled = CommonPasswords.spelled(text).stream().map(CommonPasswords::letters).toList();
        return names.map(CommonPasswords::folded).filter(not(String::isEmpty)).anyMatch(name -> {
            var bare = CommonPasswords.letters(name);
            return text.contains(name) || length(bare) >= SHORTEST_HIDDEN
                    && (letters.contains(bare) || spelled.stream().anyMatch(each -> each.contains(bare)));
        });
    }
}
