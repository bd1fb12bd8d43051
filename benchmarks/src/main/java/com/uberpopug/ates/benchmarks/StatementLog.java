package com.uberpopug.ates.benchmarks;

import com.uberpopug.ates.localstack.parts.LogFile;
import com.uberpopug.ates.localstack.parts.PostgresServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/** Makes PostgreSQL log each statement while open, and reads the statements that ran meanwhile. */
final class StatementLog implements AutoCloseable {

    /** Database, application and the statement, which may continue in lines that begin with a tab. */
    private static final Pattern ENTRY = Pattern
            .compile("(?m)^@(\\w*)@([^@]*)@ LOG: {2}(?:execute [^:]+|statement): (.*(?:\n\t.*)*)");
    private static final Pattern OF_A_TRANSACTION = Pattern.compile("(?i)\\s*(begin|commit|rollback)\\b");

    private final PostgresServer postgres;
    private final AtomicInteger marks = new AtomicInteger();

    StatementLog(PostgresServer postgres) throws SQLException, InterruptedException {
        this.postgres = postgres;
        alter("alter system set log_line_prefix = '@%d@%a@ '", "alter system set log_statement = 'all'");
        // The server notifies existing sessions of the setting before new ones.
        while (!loggedNow().equals("all")) {
            Thread.sleep(10);
        }
    }

    /**
     * The statements of a service in its database during an action, whatever their cause, except for its constant
     * background work: the search for due jobs, and the relay's lock.
     */
    List<String> during(String database, Runnable action) throws IOException {
        var number = marks.incrementAndGet();
        mark("begin " + number);
        action.run();
        mark("end " + number);
        var log = written();
        // The server's output reaches the file a little later.
        while (!log.contains("end " + number + "'")) {
            log = written();
        }
        return ENTRY.matcher(log.substring(log.lastIndexOf("begin " + number + "'"))).results()
                .filter(entry -> entry.group(1).equals(database) && !entry.group(2).endsWith("-relay"))
                .map(entry -> entry.group(3).strip())
                .filter(sql -> !OF_A_TRANSACTION.matcher(sql).lookingAt() && !sql.contains("scheduled_tasks"))
                .toList();
    }

    private void mark(String text) {
        try (var rows = new Rows(postgres, "postgres")) {
            rows.text("select '%s'".formatted(text));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** All files of the log, because it rotates. */
    private String written() throws IOException {
        var written = new StringBuilder();
        for (var file : LogFile.all(postgres.log()).toList()) {
            written.append(Files.readString(file, StandardCharsets.UTF_8));
        }
        return written.toString();
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
