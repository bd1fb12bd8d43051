package com.uberpopug.ates.platform.test;

import java.sql.SQLException;
import java.util.regex.Pattern;
import org.springframework.core.env.Environment;

/** Keeps a service's database away while open: as during a server shutdown, all connections end. */
public final class DatabaseAway implements AutoCloseable {

    private static final Pattern NAME = Pattern.compile(".*/([a-z0-9_]+)(\\?.*)?");

    private final String database;

    /** @param service the environment of a context on the shared {@link RealParts} */
    public DatabaseAway(Environment service) {
        var url = NAME.matcher(service.getRequiredProperty("spring.datasource.url"));
        if (!url.matches()) {
            throw new IllegalArgumentException("Not a database of the tests: " + url);
        }
        database = url.group(1);
        execute("alter database " + database + " with allow_connections false",
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + database + "'");
    }

    @Override
    public void close() {
        execute("alter database " + database + " with allow_connections true");
    }

    private static void execute(String... statements) {
        try (var connection = RealParts.shared().postgres().connect("postgres");
                var statement = connection.createStatement()) {
            for (var sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
