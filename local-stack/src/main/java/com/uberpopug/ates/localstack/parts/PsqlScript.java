package com.uberpopug.ates.localstack.parts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Map;
import java.util.Objects;

/**
 * Runs a psql script without psql, which the embedded PostgreSQL lacks. Supported: variables as {@code :"name"} and
 * {@code :'value'}, and {@code \connect} and {@code \gexec}, each at the end of a line.
 */
record PsqlScript(String text) {

    interface Server {
        Connection connect(String database) throws SQLException;
    }

    static PsqlScript ofResource(String name) {
        try (var resource = Objects.requireNonNull(PsqlScript.class.getResourceAsStream(name), name)) {
            return new PsqlScript(new String(resource.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void run(Server server, Map<String, String> variables) throws SQLException {
        var connection = server.connect("postgres");
        try {
            var command = new StringBuilder();
            for (var line : substitute(variables).lines().toList()) {
                if (line.startsWith("\\connect ")) {
                    connection.close();
                    connection = server.connect(line.substring("\\connect ".length()).replace("\"", ""));
                } else if (line.endsWith("\\gexec")) {
                    command.append(line, 0, line.length() - "\\gexec".length());
                    executeResults(connection, command.toString());
                    command.setLength(0);
                } else {
                    command.append(line).append('\n');
                    if (line.endsWith(";")) {
                        execute(connection, command.toString());
                        command.setLength(0);
                    }
                }
            }
        } finally {
            connection.close();
        }
    }

    private String substitute(Map<String, String> variables) {
        var substituted = text;
        for (var variable : variables.entrySet()) {
            substituted = substituted
                    .replace(":\"" + variable.getKey() + "\"", "\"" + variable.getValue().replace("\"", "\"\"") + "\"")
                    .replace(":'" + variable.getKey() + "'", "'" + variable.getValue().replace("'", "''") + "'");
        }
        return substituted;
    }

    private static void executeResults(Connection connection, String query) throws SQLException {
        var commands = new ArrayList<String>();
        try (var statement = connection.createStatement(); var results = statement.executeQuery(query)) {
            while (results.next()) {
                commands.add(results.getString(1));
            }
        }
        for (var command : commands) {
            execute(connection, command);
        }
    }

    private static void execute(Connection connection, String command) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(command);
        }
    }
}
