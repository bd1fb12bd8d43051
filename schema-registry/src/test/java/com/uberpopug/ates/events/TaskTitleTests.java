package com.uberpopug.ates.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TaskTitleTests {

    @ParameterizedTest
    @ValueSource(strings = {"[UBERPOP-42] - Repaint the button", "[UBERPOP-42]-Repaint the button",
            "[UBERPOP-42]Repaint the button", "[UBERPOP-42] Repaint the button", "[UBERPOP-42]: Repaint the button",
            "[UBERPOP-42] – Repaint the button", "[UBERPOP-42] — Repaint the button",
            "[UBERPOP-42]--Repaint the button",
            "[UBERPOP-42] −  Repaint the button", "[UBERPOP-42]\u00a0‑\u2003Repaint the button",
            "  [ UBERPOP-42 ]  -  Repaint the button", "[UBERPOP‐42] - Repaint the button",
            "[UBERPOP – 42] － Repaint the button", "［UBERPOP-42］ - Repaint the button",
            "【ＵＢＥＲＰＯＰ－４２】：Repaint the button", "\ufeff[UBERPOP\u00ad42]\t-\tRepaint the button",
            "\u200b\u2068[\u200eUBERPOP\u2060-\u200d42\u200f] - Repaint the button"})
    void id_before_a_title_is_found_whatever_the_dash_the_space_and_the_bracket(String typed) {
        assertThat(TaskTitle.split(typed)).isEqualTo(new TaskTitle("UBERPOP-42", "Repaint the button"));
        assertThat(TaskTitle.ofOld(typed)).isEqualTo(new TaskTitle("UBERPOP-42", "Repaint the button"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = true, nullValues = "-", textBlock = """
            [UBERPOP-42]                  | UBERPOP-42 | UBERPOP-42
            [UBERPOP-42] -                | UBERPOP-42 | UBERPOP-42
            [AB-1] [CD-2] x               | AB-1       | (CD-2) x
            [AB-1] - - x                  | AB-1       | - x
            [AB-1] x [y]                  | AB-1       | x (y)
            [AB-007] x                    | AB-007     | x
            [A1-1] x                      | A1-1       | x
            [A-1] [B-2] x                 | -          | (A-1) (B-2) x
            []                            | -          | ()
            [] x                          | -          | () x
            [a-1] x                       | -          | (a-1) x
            [uberpop-42] x                | -          | (uberpop-42) x
            [1A-1] x                      | -          | (1A-1) x
            [AB-] x                       | -          | (AB-) x
            [AB-1x] x                     | -          | (AB-1x) x
            [AB--1] x                     | -          | (AB--1) x
            [AB 1] x                      | -          | (AB 1) x
            [AB-1 x                       | -          | (AB-1 x
            AB-1] x                       | -          | AB-1) x
            [[AB-1]] x                    | -          | ((AB-1)) x
            [AB-1］ x                      | -          | (AB-1］ x
            x [AB-1]                      | -          | x (AB-1)
            (AB-1) x                      | -          | (AB-1) x
            AB-1: x                       | -          | AB-1: x
            [ÄB-1] x                      | -          | (ÄB-1) x
            Repaint                       | -          | Repaint
            """)
    void every_old_title_becomes_a_title_of_version_2(String old, @Nullable String id, String title) {
        assertThat(TaskTitle.ofOld(old)).isEqualTo(new TaskTitle(id, title));
    }

    @Test
    void longest_id_has_50_characters() {
        var longest = "AB-" + "1".repeat(47);

        assertThat(TaskTitle.split("[" + longest + "] x").jiraId()).isEqualTo(longest);
        assertThat(TaskTitle.split("[" + longest + "1] x").jiraId()).isNull();
    }

    @Test
    void title_that_nobody_sees_is_none() {
        assertThat(TaskTitle.ofOld("[AB-1] - \u200b\u2060")).isEqualTo(new TaskTitle("AB-1", "AB-1"));
        assertThat(TaskTitle.ofOld("[AB-1] \u200bx")).isEqualTo(new TaskTitle("AB-1", "\u200bx"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            UBERPOP-42     | UBERPOP-42
            [UBERPOP-42]   | UBERPOP-42
            ＵＢＥＲＰＯＰ – ４２ | UBERPOP-42
            uberpop-42     | -
            UBERPOP-42 x   | -
            [UBERPOP-42] x | -
            [[UBERPOP-42]] | -
            A-1            | -
            """)
    void id_is_taken_alone(String typed, @Nullable String id) {
        assertThat(TaskTitle.jiraId(typed)).isEqualTo(id);
    }

    @Test
    void id_without_a_title_leaves_an_empty_text() {
        assertThat(TaskTitle.split("[AB-1] - ")).isEqualTo(new TaskTitle("AB-1", ""));
    }

    /** Whatever stands behind the id, dashes and brackets of other kinds included. */
    @Test
    void title_of_version_2_survives_version_1() {
        var parts = List.of("-", "–", " ", ":", "x", "AB-1", "(", ")", "【AB-2】", "［", "］", "🦜", "\u200b", "й", "0");
        var random = new Random(1);
        for (int round = 0; round < 10_000; round++) {
            var text = IntStream.range(0, 1 + random.nextInt(8)).mapToObj(_ -> parts.get(random.nextInt(parts.size())))
                    .collect(Collectors.joining()).strip();
            if (text.replace("\u200b", "").isBlank()) {
                continue;
            }
            var withId = new TaskTitle("UBERPOP-42", text);
            assertThat(TaskTitle.ofOld(withId.joined())).isEqualTo(withId);
            var typed = TaskTitle.ofOld(text);
            assertThat(TaskTitle.ofOld(typed.joined())).isEqualTo(typed);
        }
    }
}
