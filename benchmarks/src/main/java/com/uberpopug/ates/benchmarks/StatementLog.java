package com.uberpopug.ates.benchmarks;

import com.uberpopug.ates.localstack.parts.PostgresServer;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.Pattern;

/** Has PostgreSQL log each statement for as long as this is open, and reads which were run meanwhile. */
final class StatementLog implements AutoCloseable {

    /** Database, application and the statement, which may go on in lines that begin with a tab. */
    private static final Pattern ENTRY = Pattern
            .compile("(?m)^@(\\w*)@([^@]*)@ LOG: {2}(?:execute [^:]+|statement): (.*(?:\n\t.*)*)");
    private static final Pattern OF_A_TRANSACTION = Pattern.compile("(?i)\\s*(begin|commit|rollback)\\b");

    private final PostgresServer postgres;

    StatementLog(PostgresServer postgres) throws SQLException, InterruptedException {
        this.postgres = postgres;
        alter("alter system set log_line_prefix = '@%d@%a@ '", "alter system set log_statement = 'all'");
        // The server has told those that are connected by the time it tells new ones.
        while (!loggedNow().equals("all")) {
            Thread.sleep(10);
        }
    }

    /**
     * What a service has run in its database during an action, on whosever behalf, but for what it does by itself all the
     * time: looking for tasks that are due, and keeping the lock of its relay.
     */
    List<String> during(String database, Runnable action) throws IOException {
        long from = Files.size(postgres.log());
        action.run();
        try (var log = Files.newByteChannel(postgres.log()).position(from);
                var input = Channels.newInputStream(log)) {
            return ENTRY.matcher(new String(input.readAllBytes(), StandardCharsets.UTF_8)).results()
                    .filter(entry -> entry.group(1).equals(database) && !entry.group(2).endsWith("-relay"))
                    .map(entry -> entry.group(3).strip())
                    .filter(sql -> !OF_A_TRANSACTION.matcher(sql).lookingAt() && !sql.contains("scheduled_tasks"))
                    .toList();
        }
    }

    private String loggedNow() throws SQLException {
        try (var rows = new Rows(postgres, "postgres")) {
            return rows.text("show log_statement");
        }
    }

    private void alter(String... settings) throws SQLException {
        try (var rows = new Rows(postgres, "postgres")) {
            for (var setting : settings) {
                rows.run(setting);
            }
            rows.run("select pg_reload_conf()");
        }
    }

    @Override
    public void close() throws SQLException {
        alter("alter system reset log_line_prefix", "alter system reset log_statement");
    }
}
