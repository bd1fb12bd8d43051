package com.uberpopug.ates.platform.events;

import java.util.List;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;

/**
 * Migrates a service's database: the platform's modules in their order, then the service, each with a history of its
 * own. Each run waits for the database as Flyway's properties say, and applies versions in ascending order only.
 *
 * <p>The first run needs an empty database or its own history. The others find tables of the runs before them: they
 * begin with a baseline at version 0, below all migrations, so that none is skipped.
 */
final class DatabaseMigration implements FlywayMigrationStrategy {

    private final List<ModuleMigrations> modules;

    DatabaseMigration(List<ModuleMigrations> modules) {
        this.modules = modules;
    }

    /** @throws OtherVersionException where the database has tables, but not the history of the first module */
    @Override
    public void migrate(Flyway service) {
        var first = true;
        for (var each : modules) {
            var flyway = configuration(service, !first).table(each.history()).locations(each.location())
                    .failOnMissingLocations(true).load();
            try {
                flyway.migrate();
            } catch (FlywayException e) {
                if (first && e.getErrorCode() == CoreErrorCode.NON_EMPTY_SCHEMA_WITHOUT_SCHEMA_HISTORY_TABLE) {
                    throw new OtherVersionException(each.history(), e);
                }
                throw e;
            }
            first = false;
        }
        configuration(service, !first).load().migrate();
    }

    private static FluentConfiguration configuration(Flyway service, boolean onTablesOfOthers) {
        return Flyway.configure(service.getConfiguration().getClassLoader()).configuration(service.getConfiguration())
                .baselineOnMigrate(onTablesOfOthers).baselineVersion("0");
    }

    /** A database whose tables these migrations did not create; nothing in it was changed. */
    static final class OtherVersionException extends IllegalStateException {

        private static final String ACTION = "Start with an empty database (./ates up --fresh on the local stack).";

        private final String description;

        OtherVersionException(String history, FlywayException cause) {
            super(describe(history) + " " + ACTION, cause);
            description = describe(history);
        }

        private static String describe(String history) {
            return "The database has tables but no " + history + ": they are of an earlier version, which cannot be"
                    + " migrated, or of another program. Nothing was changed.";
        }
    }

    /** Shows the message instead of the stack trace in which it lies. */
    static final class OtherVersionAnalyzer extends AbstractFailureAnalyzer<OtherVersionException> {

        @Override
        protected FailureAnalysis analyze(Throwable rootFailure, OtherVersionException cause) {
            return new FailureAnalysis(cause.description, OtherVersionException.ACTION, cause);
        }
    }
}
