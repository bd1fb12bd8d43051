package com.uberpopug.ates.counting;

import static org.assertj.core.api.Assertions.assertThat;

import com.uberpopug.ates.platform.test.MigrationRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks the platform's own migrations, and that each violation of the rules is reported. */
class MigrationTests extends MigrationRules {

    private static final String FIRST = "db/migration/V1__first.sql";

    @TempDir
    Path module;

    MigrationTests() {
        super("../events", "../web", "../pages");
    }

    @BeforeEach
    void listOneMigration() throws IOException {
        write(FIRST, "abc");
        Files.writeString(module.resolve("migrations.sha256"),
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  " + FIRST + "\n");
    }

    @Test
    void listed_migration_is_accepted() throws Exception {
        assertThat(objections(module)).isEmpty();
    }

    @Test
    void changed_migration_is_refused() throws Exception {
        write(FIRST, "abd");
        assertThat(objections(module)).singleElement().asString().startsWith(FIRST + " was changed");
    }

    @Test
    void removed_and_renamed_migrations_are_refused() throws Exception {
        write("db/migration/V2__second.sql", "");
        Files.delete(module.resolve("src/main/resources").resolve(FIRST));
        assertThat(objections(module)).satisfiesExactly(
                first -> assertThat(first).startsWith(FIRST + " was removed"),
                second -> assertThat(second).startsWith("db/migration/V2__second.sql is not listed"));
    }

    @Test
    void new_migration_is_refused_until_it_is_listed() throws Exception {
        write("db/migration/V2__second.sql", "");
        assertThat(objections(module)).singleElement().asString()
                .startsWith("db/migration/V2__second.sql is not listed").contains("platform/freeze-migrations");
    }

    @Test
    void module_without_migrations_is_refused() throws Exception {
        assertThat(objections(module.resolve("elsewhere"))).isNotEmpty();
    }

    private void write(String migration, String text) throws IOException {
        var file = module.resolve("src/main/resources").resolve(migration);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
