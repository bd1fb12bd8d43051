package com.uberpopug.ates.platform.events;

import java.sql.SQLException;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
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
 *
 * <p>The histories are the owner's: the service's own role can neither read nor change them.
 */
final class DatabaseMigration implements FlywayMigrationStrategy {

    private final List<ModuleMigrations> platform;

    /** @param platform the modules before the service, the first of which has the table {@code schema_versions} */
    DatabaseMigration(List<ModuleMigrations> platform) {
        this.platform = platform;
    }

    /** @throws OtherVersionException where the database has tables, but not the history of the first module */
    @Override
    public void migrate(Flyway service) {
        var first = true;
        for (var each : platform) {
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
                .baselineOnMigrate(onTablesOfOthers).baselineVersion("0").callbacks(new HistoryIsTheOwners());
    }

    /**
     * Takes away what default privileges have given, in the transaction of each migration, under Flyway's lock; after
     * each run, notes the newest migration for the service. It only rises: an older step takes nothing back.
     */
    private static final class HistoryIsTheOwners implements Callback {

        private static final String REVOKE = "revoke all on %1$s from %2$s";
        private static final String NOTE = """
                insert into schema_versions (history, version)
                select %3$s, version from %1$s where success and version is not null
                 order by string_to_array(version, '.')::int[] desc limit 1
                on conflict (history) do update set version = excluded.version
                 where string_to_array(schema_versions.version, '.')::int[]
                     < string_to_array(excluded.version, '.')::int[]
                """;

        @Override
        public boolean supports(Event event, Context context) {
            return event == Event.AFTER_EACH_MIGRATE || event == Event.AFTER_MIGRATE;
        }

        @Override
        public boolean canHandleInTransaction(Event event, Context context) {
            return true;
        }

        @Override
        public void handle(Event event, Context context) {
            var configuration = context.getConfiguration();
            try (var statement = context.getConnection().createStatement()) {
                statement.execute((event == Event.AFTER_MIGRATE ? NOTE : REVOKE).formatted(
                        statement.enquoteIdentifier(configuration.getTable(), true),
                        statement.enquoteIdentifier(configuration.getPlaceholders().get("runtime_role"), true),
                        statement.enquoteLiteral(configuration.getTable())));
            } catch (SQLException e) {
                throw new FlywayException("The history of the migrations could not be closed or read", e);
            }
        }

        @Override
        public String getCallbackName() {
            return "the history is the owner's";
        }
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
