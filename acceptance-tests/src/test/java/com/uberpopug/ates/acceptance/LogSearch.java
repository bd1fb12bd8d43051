package com.uberpopug.ates.acceptance;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/** Searches the log files of a run for its secrets, and for texts that look like secrets. */
final class LogSearch {

    /** Texts that are secrets by their form, noted before or not. */
    private static final Map<String, Pattern> SHAPES = Map.of(
            "a text that looks like a JSON Web Token", Pattern.compile("eyJ[\\w-]{10,}\\.eyJ[\\w-]{10,}\\.[\\w-]*"),
            "a parameter that is a secret", Pattern.compile(
                    "[?&](?:code|token|password|_csrf|access_token|id_token_hint|client_secret|code_verifier)="
                            + "[\\w%.~-]{16,}"),
            "credentials in a header", Pattern.compile("(?i)authorization: *(?:bearer|basic) +[\\w+/=.-]{8,}"),
            "a private key", Pattern.compile("-----BEGIN [A-Z ]*PRIVATE KEY-----"),
            "a password of a login module", Pattern.compile("LoginModule required [^;]*password=\"(?!\\[)[^\"]{8,}"));

    private LogSearch() {
    }

    /** @param files searched; @param bytes of them; @param findings file, line number and kind of each secret */
    record Result(int files, long bytes, List<String> findings) {
    }

    /** Searches a directory with its subdirectories, rotated and compressed files included. */
    static Result of(Path logs, KnownSecrets secrets) throws IOException {
        // One pass for all secrets: a pattern of thousands of alternatives is slow, a look-up of words is not.
        var findings = new TreeSet<String>();
        List<Path> files;
        try (var all = Files.walk(logs)) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
        var byStart = secrets.kinds().keySet().stream()
                .collect(Collectors.groupingBy(secret -> secret.substring(0, KEY)));
        long bytes = 0;
        for (var file : files) {
            var text = text(file);
            bytes += text.length();
            for (int at = 0; at + KEY <= text.length(); at++) {
                for (var secret : byStart.getOrDefault(text.substring(at, at + KEY), List.of())) {
                    if (text.startsWith(secret, at)) {
                        findings.add(finding(logs, file, text, at, secrets.kinds().getOrDefault(secret, "")));
                    }
                }
            }
            SHAPES.forEach((kind, shape) -> shape.matcher(text).results()
                    .forEach(found -> findings.add(finding(logs, file, text, found.start(), kind))));
        }
        return new Result(files.size(), bytes, new ArrayList<>(findings));
    }

    /** Each secret is at least as long. */
    private static final int KEY = 8;

    private static String finding(Path logs, Path file, String text, int at, String kind) {
        return "%s, line %d: %s".formatted(logs.relativize(file),
                text.substring(0, at).chars().filter(character -> character == '\n').count() + 1, kind);
    }

    private static String text(Path file) throws IOException {
        try (InputStream raw = Files.newInputStream(file);
                var plain = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw) {
            return new String(plain.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
