package com.uberpopug.ates.platform.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Migrations never change once a database may have applied them: {@code migrations.sha256} of each module lists all of
 * them with their checksums. A module's test extends this class.
 */
public abstract class MigrationRules {

    private static final String LIST = "migrations.sha256";

    private final List<Path> modules;

    /** For the module whose test it is. */
    protected MigrationRules() {
        this("");
    }

    /** @param modules directories of modules, relative to that of the test's module */
    protected MigrationRules(String... modules) {
        this.modules = Stream.of(modules).map(Path::of).toList();
    }

    @Test
    void migrations_are_listed_and_never_change() throws Exception {
        for (var module : modules) {
            assertThat(objections(module)).as("the migrations of %s", module.toAbsolutePath().normalize()).isEmpty();
        }
    }

    /** One sentence for each migration of a module that was changed, was removed, or is not listed. */
    public static List<String> objections(Path module) throws IOException, NoSuchAlgorithmException {
        var listed = listed(module.resolve(LIST));
        var found = found(module.resolve("src/main/resources"));
        var objections = new ArrayList<String>();
        if (found.isEmpty()) {
            objections.add("There are no migrations in src/main/resources/db");
        }
        var all = new TreeSet<>(listed.keySet());
        all.addAll(found.keySet());
        for (var migration : all) {
            if (!found.containsKey(migration)) {
                objections.add(migration + " was removed, but databases have applied it: restore it, and undo in a new"
                        + " migration what it did");
            } else if (!listed.containsKey(migration)) {
                objections.add(migration + " is not listed in " + LIST + ": platform/freeze-migrations lists it, and"
                        + " from then on it never changes");
            } else if (!listed.get(migration).equals(found.get(migration))) {
                objections.add(migration + " was changed, but databases have applied it: restore it, and make the"
                        + " change in a new migration");
            }
        }
        return objections;
    }

    private static Map<String, String> listed(Path list) throws IOException {
        return Files.exists(list)
                ? Files.readAllLines(list).stream().map(line -> line.split("  ", 2))
                        .collect(Collectors.toMap(line -> line[1], line -> line[0]))
                : Map.of();
    }

    private static Map<String, String> found(Path resources) throws IOException, NoSuchAlgorithmException {
        var found = new TreeMap<String, String>();
        var directory = resources.resolve("db");
        if (Files.exists(directory)) {
            try (var files = Files.walk(directory)) {
                for (var file : files.filter(Files::isRegularFile).toList()) {
                    found.put(resources.relativize(file).toString(), HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file))));
                }
            }
        }
        return found;
    }
}
