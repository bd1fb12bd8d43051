package com.uberpopug.ates.platform.events;

import static java.util.stream.Collectors.toMap;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.flywaydb.core.api.MigrationVersion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.sql.init.dependency.AbstractBeansOfTypeDatabaseInitializerDetector;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A database that has all migrations of the service, which {@link MigrationStep} applies: beans that use the database
 * are made after this one. While the database is away or not migrated yet it waits, for at most {@link #PATIENCE}; then
 * {@link ServiceStart} begins anew. A database that is newer than the service is taken, with a warning.
 */
final class MigratedDatabase implements InitializingBean {

    private static final Logger log = LoggerFactory.getLogger(MigratedDatabase.class);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final String UNDEFINED_TABLE = "42P01";

    private final JdbcClient db;
    private final List<ModuleMigrations> needed;

    MigratedDatabase(DataSource database) {
        this(database, ModuleMigrations.all());
    }

    MigratedDatabase(DataSource database, List<ModuleMigrations> needed) {
        // Not the bean, which is made after this one.
        this.db = JdbcClient.create(database);
        this.needed = needed;
    }

    @Override
    public void afterPropertiesSet() throws InterruptedException {
        var begun = System.nanoTime();
        var reported = "";
        while (true) {
            try {
                check();
                return;
            } catch (RuntimeException e) {
                if (!ServiceStart.isAboutSomethingAway(e) || System.nanoTime() - begun > PATIENCE.toNanos()) {
                    throw e;
                }
                var reason = Failure.describe(e);
                if (!reason.equals(reported)) {
                    log.warn("The start waits for the database: {}", reason);
                    reported = reason;
                }
                Thread.sleep(PAUSE);
            }
        }
    }

    private void check() {
        var versions = versions();
        var missing = new ArrayList<String>();
        var newer = new ArrayList<String>();
        for (var each : needed) {
            each.newest().ifPresent(newest -> {
                var version = versions.getOrDefault(each.history(), MigrationVersion.EMPTY);
                if (!version.isAtLeast(newest.getVersion())) {
                    missing.add("%s is at %s and not at %s".formatted(each.history(), version, newest));
                } else if (version.isNewerThan(newest.getVersion())) {
                    newer.add("%s is at %s and not at %s".formatted(each.history(), version, newest));
                }
            });
        }
        if (!missing.isEmpty()) {
            throw new NotMigratedException(String.join(", ", missing));
        }
        if (!newer.isEmpty()) {
            log.warn("The database is newer than this version of the service: {}", String.join(", ", newer));
        }
    }

    private Map<String, MigrationVersion> versions() {
        try {
            return db.sql("select history, version from schema_versions")
                    .query((row, _) -> Map.entry(row.getString(1), MigrationVersion.fromVersion(row.getString(2))))
                    .list().stream().collect(toMap(Map.Entry::getKey, Map.Entry::getValue));
        } catch (BadSqlGrammarException e) {
            if (e.getMostSpecificCause() instanceof SQLException sql && UNDEFINED_TABLE.equals(sql.getSQLState())) {
                return Map.of();
            }
            throw e;
        }
    }

    /** A database that lacks migrations of this version of the service. */
    static final class NotMigratedException extends IllegalStateException {

        NotMigratedException(String missing) {
            super("The database is not migrated: " + missing + ". The service's jar with the argument "
                    + MigrationStep.ARGUMENT + " does it as the owner (./ates migrate SERVICE on the local stack).");
        }
    }

    /** Makes Spring create the beans that use the database after {@link MigratedDatabase}. */
    static final class Detector extends AbstractBeansOfTypeDatabaseInitializerDetector {

        @Override
        protected Set<Class<?>> getDatabaseInitializerBeanTypes() {
            return Set.of(MigratedDatabase.class);
        }
    }
}
