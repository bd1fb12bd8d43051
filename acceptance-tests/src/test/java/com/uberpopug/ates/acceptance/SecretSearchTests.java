package com.uberpopug.ates.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The search for secrets finds each kind, in rotated files, too, and repeats none of them. */
class SecretSearchTests {

    @TempDir
    Path logs;

    private final KnownSecrets secrets = new KnownSecrets();

    @Test
    void logged_secret_is_found_with_its_file_and_line_and_not_repeated() throws IOException {
        secrets.note("a password", "the beak of anna");
        write("tasks-service.log", "Started\nanna typed the beak of anna\n");
        assertThat(new SecretSearch(secrets).files(logs).findings())
                .containsExactly("tasks-service.log, line 2: a password");
    }

    @Test
    void rotated_and_compressed_files_are_searched() throws IOException {
        secrets.note("a password", "the beak of anna");
        write("auth-service.log.1", "the beak of anna");
        try (var gzip = new GZIPOutputStream(Files.newOutputStream(logs.resolve("auth-service.log.2.gz")))) {
            gzip.write("the+beak+of+anna".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(new SecretSearch(secrets).files(logs).findings()).containsExactly(
                "auth-service.log.1, line 1: a password",
                "auth-service.log.2.gz, line 1: a password, encoded");
    }

    @Test
    void id_in_a_session_cookie_is_a_secret_too() throws IOException {
        secrets.noteCookie("ATES_TASKS", "MTIzNDU2NzgtMTIzNA==");
        write("tasks-service.log", "session 12345678-1234 ended");
        assertThat(new SecretSearch(secrets).files(logs).findings())
                .containsExactly("tasks-service.log, line 1: the id in the cookie ATES_TASKS");
    }

    @Test
    void text_that_looks_like_a_secret_is_found_although_no_test_has_seen_it() throws IOException {
        write("kafka.log", "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl\nGET /x?code=AAAABBBBCCCCDDDD1\n"
                + "Authorization: Bearer 12345678abc\nLoginModule required username=\"a\" password=\"12345678\";\n");
        assertThat(new SecretSearch(secrets).files(logs).findings()).hasSize(4);
        assertThat(new SecretSearch(secrets).files(logs).findings().toString()).doesNotContain("AAAABBBB", "12345678");
    }

    @Test
    void log_without_secrets_is_fine() throws IOException {
        secrets.note("a password", "the beak of anna");
        write("tasks-service.log", "anna has signed in, code=400, token refused, password=[hidden]\n");
        assertThat(new SecretSearch(secrets).files(logs).findings()).isEmpty();
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(logs.resolve(file), text);
    }
}
