package com.uberpopug.ates.auth.user;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.auth.user.PasswordRules.Rule;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;

class PasswordTests {

    private final PasswordEncoder hashes = new PasswordHashes().passwordEncoder(64);
    private final PasswordRules rules = new PasswordRules(8, false);

    @ParameterizedTest
    @ValueSource(ints = {0, 9, 10, 0x7F, 0x85, 0xAD, 0x200B, 0x200D, 0x2028, 0x202E, 0xFE0F, 0xFEFF, 0xE000, 0xFFFE,
            0x1100, 0x3164, 0x640, 0xE0100, 0x10FFFF, 0x378})
    void characters_outside_of_the_freeform_class_are_refused(int character) {
        assertThat(rules.broken(Password.of("curved, " + Character.toString(character) + "red")))
                .contains(Rule.CHARACTERS);
    }

    @Test
    void unpaired_surrogates_are_refused() {
        assertThat(rules.broken(Password.of("curved, \uD83E"))).contains(Rule.CHARACTERS);
    }

    @Test
    void password_is_the_same_in_any_form_and_with_any_space_but_not_in_another_case() {
        var hash = hashes.encode("клюв кривой, ёж");
        assertThat(hashes.matches(Normalizer.normalize("клюв кривой, ёж", Form.NFD), hash)).isTrue();
        assertThat(hashes.matches("клюв\u00A0кривой,\u3000ёж", hash)).isTrue();
        assertThat(hashes.matches("Клюв кривой, ёж", hash)).isFalse();
        assertThat(hashes.matches("клюв кривой, еж", hash)).isFalse();
        assertThat(hashes.matches("", hash)).isFalse();
    }

    @Test
    void new_hash_is_argon2id_with_the_recommended_parameters() {
        assertThat(new PasswordHashes().passwordEncoder(19_456).encode("curved, red"))
                .startsWith("{argon2id}$argon2id$v=19$m=19456,t=2,p=1$");
    }

    @Test
    void old_bcrypt_hash_of_the_prepared_form_is_valid_and_due_for_replacement() {
        // Of "клюв кривой, ёж", as earlier versions stored it.
        var before = "{bcrypt-sha384}" + new BCryptPasswordEncoder(4).encode(sha384("клюв кривой, ёж"));
        assertThat(hashes.matches("клюв кривой, ёж", before)).isTrue();
        assertThat(hashes.matches("клюв кривой, еж", before)).isFalse();
        assertThat(hashes.upgradeEncoding(before)).isTrue();
        assertThat(hashes.upgradeEncoding(hashes.encode("клюв кривой, ёж"))).isFalse();
    }

    private static String sha384(String text) {
        try {
            return Base64.getEncoder().encodeToString(
                    MessageDigest.getInstance("SHA-384").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void all_of_a_long_password_counts() {
        var hash = hashes.encode("я".repeat(100) + "a");
        assertThat(hashes.matches("я".repeat(100) + "a", hash)).isTrue();
        assertThat(hashes.matches("я".repeat(100) + "b", hash)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"кривои\u0306 клюв", "curved\u200D, red", "curved,\u00A0red", "curved, red",
            "\u0007curved, red"})
    void old_hash_of_a_password_as_typed_is_valid_and_due_for_replacement(String typed) {
        var before = "{bcrypt}" + new BCryptPasswordEncoder().encode(typed);
        assertThat(hashes.matches(typed, before)).isTrue();
        assertThat(hashes.matches(typed + "!", before)).isFalse();
        assertThat(hashes.upgradeEncoding(before)).isTrue();
        assertThat(hashes.matches(typed, hashes.encode(typed))).isTrue();
    }
}
