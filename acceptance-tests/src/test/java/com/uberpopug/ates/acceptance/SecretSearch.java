package com.uberpopug.ates.acceptance;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/**
 * Searches the log files and databases of a run for its secrets, and for texts that look like secrets. A finding is the
 * place and the kind, never the secret.
 */
final class SecretSearch {

    /** Texts that are secrets by their form, noted before or not. */
    private static final Map<String, Pattern> SHAPES = Map.of(
            "a text that looks like a JSON Web Token", Pattern.compile("eyJ[\\w-]{10,}\\.eyJ[\\w-]{10,}\\.[\\w-]*"),
            "a parameter that is a secret", Pattern.compile(
                    "[?&](?:code|token|password|_csrf|access_token|id_token_hint|client_secret|code_verifier)="
                            + "[\\w%.~-]{16,}"),
            "credentials in a header", Pattern.compile("(?i)authorization: *(?:bearer|basic) +[\\w+/=.-]{8,}"),
            "a private key", Pattern.compile("-----BEGIN [A-Z ]*PRIVATE KEY-----"),
            "a password of a login module", Pattern.compile("LoginModule required [^;]*password=\"(?!\\[)[^\"]{8,}"));
    /** Each secret is at least as long. */
    private static final int KEY = 8;
    private static final int ROWS_AT_ONCE = 1_000;

    /** In clear, and as bytes that are read as Latin-1. */
    private final Map<String, String> kinds = new HashMap<>();
    /** One pass for all secrets: a pattern of thousands of alternatives is slow, a look-up of words is not. */
    private final Map<String, List<String>> byStart;
    private final TreeSet<String> findings = new TreeSet<>();
    private int files;
    private int columns;
    private long characters;

    SecretSearch(KnownSecrets secrets) {
        secrets.kinds().forEach((secret, kind) -> {
            kinds.put(secret, kind);
            kinds.put(new String(secret.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1), kind);
        });
        byStart = kinds.keySet().stream().collect(Collectors.groupingBy(secret -> secret.substring(0, KEY)));
    }

    /** The places and kinds of the secrets found so far. */
    List<String> findings() {
        return new ArrayList<>(findings);
    }

    /** Searches a directory with its subdirectories, rotated and compressed files included. */
    SecretSearch files(Path directory) throws IOException {
        List<Path> found;
        try (var all = Files.walk(directory)) {
            found = all.filter(Files::isRegularFile).sorted().toList();
        }
        for (var file : found) {
            var text = text(file);
            search(text, at -> "%s, line %d".formatted(directory.relativize(file),
                    text.substring(0, at).chars().filter(character -> character == '\n').count() + 1));
        }
        files += found.size();
        return this;
    }

    private static String text(Path file) throws IOException {
        try (InputStream raw = Files.newInputStream(file);
                var plain = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw) {
            return new String(plain.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Searches every column of every table, as text. */
    SecretSearch database(String name, Connection connection) throws SQLException {
        // With a transaction, rows come in parts.
        connection.setAutoCommit(false);
        try (var query = connection.createStatement(); var column = query.executeQuery("""
                select format('%I', table_name), format('%I', column_name), data_type
                  from information_schema.columns join information_schema.tables using (table_schema, table_name)
                 where table_schema = 'public' and table_type = 'BASE TABLE'
                """)) {
            while (column.next()) {
                column(connection, name, column.getString(1), column.getString(2), column.getString(3));
            }
        }
        connection.rollback();
        return this;
    }

    private void column(Connection connection, String database, String table, String column, String type)
            throws SQLException {
        columns++;
        boolean isBytes = "bytea".equals(type);
        var value = isBytes ? column : column + "::text";
        try (var query = connection.createStatement()) {
            query.setFetchSize(ROWS_AT_ONCE);
            try (var row = query
                    .executeQuery("select %s from %s where %s is not null".formatted(value, table, column))) {
                while (row.next()) {
                    var text = isBytes ? new String(row.getBytes(1), StandardCharsets.ISO_8859_1) : row.getString(1);
                    search(text, _ -> "%s, %s.%s".formatted(database, table, column));
                }
            }
        }
    }

    private void search(String text, IntFunction<String> place) {
        characters += text.length();
        for (int at = 0; at + KEY <= text.length(); at++) {
            for (var secret : byStart.getOrDefault(text.substring(at, at + KEY), List.of())) {
                if (text.startsWith(secret, at)) {
                    findings.add(place.apply(at) + ": " + kinds.get(secret));
                }
            }
        }
        SHAPES.forEach((kind, shape) -> shape.matcher(text).results()
                .forEach(found -> findings.add(place.apply(found.start()) + ": " + kind)));
    }

    /** What was searched, in numbers. */
    @Override
    public String toString() {
        return "Searched %d log files and %d columns, %d kB, for %d secrets of %d kinds: %d found".formatted(files,
                columns,
                characters / 1_024, kinds.size(), kinds.values().stream().distinct().count(),
                findings.size());
    }
}
