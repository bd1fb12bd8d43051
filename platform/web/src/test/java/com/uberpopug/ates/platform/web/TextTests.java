package com.uberpopug.ates.platform.web;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.validation.Validation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextTests {

    private record Titled(@PlainText(min = 1, max = 20) String title) {
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u2065", "\uFFF0", "\uDB40\uDC80", "\uD834\uDD59", "a\u2028b", "\u200B", "\u200D\uFE0F",
            " \u00A0", "\u3164", "\u202E", "", "a\u0000", "\uD83E"})
    void nothing_that_can_be_seen_is_no_title(String title) {
        assertThat(isTaken(title)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\uD83D\uDC69\u200D\uD83D\uDD2C", "\u202E\u0643\u0631\u0631", "\u2764\uFE0F",
            "\u092E\u0948\u0902",
            "-", "\uD83E\uDD9C"})
    void emoji_and_letters_of_all_directions_are(String title) {
        assertThat(isTaken(title)).isTrue();
    }

    @Test
    void text_in_a_sentence_turns_nothing_round_but_itself() {
        assertThat(BidiIsolation.text("a\u2069\u202Eb")).isEqualTo("\u2068ab\u2069");
    }

    private static boolean isTaken(String title) {
        try (var validation = Validation.buildDefaultValidatorFactory()) {
            return validation.getValidator().validate(new Titled(title)).isEmpty();
        }
    }
}
