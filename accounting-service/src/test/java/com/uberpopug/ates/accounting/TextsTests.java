package com.uberpopug.ates.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.test.Texts;
import org.junit.jupiter.api.Test;

class TextsTests {

    @Test
    void every_text_exists_in_both_languages() {
        assertThat(Texts.gaps()).isEmpty();
    }
}
