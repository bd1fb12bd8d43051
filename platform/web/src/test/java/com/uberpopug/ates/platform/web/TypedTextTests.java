package com.uberpopug.ates.platform.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TypedTextTests {

    @ParameterizedTest
    @CsvSource({"и\u0306од, йод", "йод, йод", "\u1112\u1161\u11ab, 한", "\u212B, \u00C5",
            "'a\r\nb\rc\n\r\n', 'a\nb\nc\n\n'",
            "ﬁ, ﬁ", "'', ''", "\u0958, \u0915\u093C"})
    void text_is_composed_and_its_lines_end_in_a_line_feed(String typed, String normalized) {
        assertThat(TypedText.normalized(typed)).isEqualTo(normalized);
        assertThat(TypedText.normalized(normalized)).isSameAs(normalized);
    }
}
