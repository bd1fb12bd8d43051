package com.uberpopug.ates.platform.events;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.flywaydb.core.api.MigrationVersion;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.core.io.support.SpringFactoriesLoader;

/**
 * The migrations of one module, numbered apart from those of other modules: the files in {@code db/<module>} on the
 * class path, with the history {@code <module>_schema_history} in the service's database. A module of the platform
 * names itself in {@code META-INF/spring.factories}; {@code @Order} is the order in which modules are migrated.
 */
public interface ModuleMigrations {

    /** The name of the module, such as {@code web}. */
    String module();

    /** Those of the platform's modules on the class path, in the order in which they are migrated. */
    static List<ModuleMigrations> ofPlatform() {
        return SpringFactoriesLoader.forDefaultResourceLocation().load(ModuleMigrations.class);
    }

    /** Those of the platform's modules, and of the service, which has Flyway's own names. */
    static List<ModuleMigrations> all() {
        return Stream.concat(ofPlatform().stream(), Stream.of(new OfService())).toList();
    }

    /** Where Flyway finds the files. */
    default String location() {
        return "classpath:db/" + module();
    }

    /** The table of those that are applied. */
    default String history() {
        return module() + "_schema_history";
    }

    /** The newest version on the class path; empty where there are no files. */
    default Optional<MigrationVersion> newest() {
        try {
            var resources = new PathMatchingResourcePatternResolver();
            var files = "classpath*:db/" + module() + "/V*__*.";
            return Stream.of(resources.getResources(files + "sql"), resources.getResources(files + "class"))
                    .flatMap(Stream::of).map(file -> String.valueOf(file.getFilename()).substring(1).split("__", 2)[0])
                    .map(MigrationVersion::fromVersion).max(Comparator.naturalOrder());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The service's own. */
    final class OfService implements ModuleMigrations {

        @Override
        public String module() {
            return "migration";
        }

        @Override
        public String history() {
            return "flyway_schema_history";
        }
    }
}
