package com.uberpopug.ates.benchmarks;

import com.uberpopug.ates.localstack.parts.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Inserts rows into a service's database as superuser, in the state in which the service itself would have written
 * them.
 */
class Rows implements AutoCloseable {

    private final Connection connection;

    Rows(PostgresServer postgres, String database) throws SQLException {
        connection = postgres.connect(database);
        // The stored days are closed already, and the ledger's trigger would reject their transfers.
        run("set session_replication_role = replica");
        // Ids of a kind by number, equal to the workers' ids of TaskMoney.
        run("""
                create function pg_temp.id(kind text, number bigint) returns uuid immutable language sql
                return ('00000000-0000-' || kind || '-8000-' || lpad(to_hex(number), 12, '0'))::uuid
                """);
    }

    /** Runs the server's maintenance now, so that it does not run during a measurement. */
    void settle() throws SQLException {
        run("vacuum analyze");
        run("checkpoint");
    }

    long number(String query) throws SQLException {
        try (var statement = connection.createStatement(); var row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }

    String text(String query) throws SQLException {
        try (var statement = connection.createStatement(); var row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    void run(String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
