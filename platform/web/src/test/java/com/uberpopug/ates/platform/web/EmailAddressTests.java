package com.uberpopug.ates.platform.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmailAddressTests {

    @ParameterizedTest
    @ValueSource(strings = {"anna@example.org", "a@b.co", "a.b.c@example.org", "anna+aTES@example.org",
            "o'hara@example.org",
            "!#$%&'*+/=?^_`{|}~-@example.org", "-a@example.org", "1@1.example", "anna@xn--e1afmkfd.xn--p1ai",
            "anna@a-b.example", "ANNA@EXAMPLE.ORG"})
    void addresses_of_atoms_and_labels_are_taken(String address) {
        assertThat(EmailAddress.Validator.isAddress(address)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "@", "a", "a@", "@example.org", "a@b@example.org", "a..b@example.org", ".a@example.org",
            "a.@example.org", "a b@example.org", " a@example.org", "a@example.org ", "\"a b\"@example.org",
            "\"a\"@example.org", "a@localhost", "a@.example.org", "a@example..org", "a@example.org.", "a@-example.org",
            "a@example-.org", "a@exa_mple.org", "a@[127.0.0.1]", "a@127.0.0.1", "a@example.1", "anna <a@example.org>",
            "a@example.org,b@example.org", "a(comment)@example.org", "a\\b@example.org", "йод@example.org",
            "a@пример.рф",
            "é@example.org", "a@example.org\r\nBcc: b@example.org", "a\u0000@example.org", "a@example.org\n",
            "mailto:a@example.org", "a@éxample.org", "\u200Ba@example.org", "ａ@example.org"})
    void addresses_that_a_mail_server_may_refuse_are_refused(String address) {
        assertThat(EmailAddress.Validator.isAddress(address)).isFalse();
    }

    @Test
    void the_lengths_are_those_of_rfc_5321() {
        var domain = "x".repeat(63) + "." + "y".repeat(63) + "." + "z".repeat(57) + ".org";
        assertThat(isTaken("l".repeat(64), "example.org")).isTrue();
        assertThat(isTaken("l".repeat(65), "example.org")).isFalse();
        assertThat(isTaken("a", "x".repeat(63) + ".org")).isTrue();
        assertThat(isTaken("a", "x".repeat(64) + ".org")).isFalse();
        assertThat(domain).hasSize(189);
        assertThat(isTaken("l".repeat(64), domain)).isTrue();
        assertThat(isTaken("l".repeat(64), "z" + domain)).isFalse();
        assertThat(EmailAddress.Validator.isAddress("a".repeat(100_000) + "@example.org")).isFalse();
    }

    private static boolean isTaken(String local, String domain) {
        return EmailAddress.Validator.isAddress(local + "@" + domain);
    }
}
