package com.uberpopug.ates.platform.events.outbox;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

/**
 * The leadership of a service's relay: an advisory lock on a connection of its own, over which it also reads and
 * deletes outbox rows.
 *
 * <p>A leader that is gone must be noticed soon. Killed, its socket closes at once. Cut off, the server's keepalives
 * miss it. Frozen, its kernel still answers those, so the server ends a session that was idle for
 * {@value #IDLE_LIMIT_MILLIS} ms; a healthy leader beats every {@value #HEARTBEAT_MILLIS} ms.
 */
final class RelayLock implements AutoCloseable {

    static final long HEARTBEAT_MILLIS = 500;
    private static final long IDLE_LIMIT_MILLIS = 2_500;
    /** Any number will do, as long as nothing else in the database takes it as an advisory lock. */
    static final long LOCK_KEY = 0x61746573_6f757462L;

    private final Connection connection;
    private final ReentrantLock inUse = new ReentrantLock();
    /** Not a virtual thread: the work of others must not keep it from beating. */
    private final Thread heartbeat = Thread.ofPlatform().daemon().name("outbox-relay-heartbeat").unstarted(this::beat);

    private RelayLock(Connection connection) {
        this.connection = connection;
    }

    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    /** Connects, without trying to lead. */
    static RelayLock connect(JdbcConnectionDetails database, String name) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", String.valueOf(database.getUsername()));
        properties.setProperty("password", String.valueOf(database.getPassword()));
        properties.setProperty("ApplicationName", name);
        properties.setProperty("connectTimeout", "5");
        properties.setProperty("socketTimeout", "10");
        properties.setProperty("tcpKeepAlive", "true");
        // Rows that the relay has deleted may come back after a crash of the server: they are sent twice, and inboxes
        // drop them.
        properties.setProperty("options", "-c synchronous_commit=off -c idle_session_timeout=" + IDLE_LIMIT_MILLIS
                + " -c statement_timeout=10000 -c tcp_keepalives_idle=1 -c tcp_keepalives_interval=1"
                + " -c tcp_keepalives_count=2 -c tcp_user_timeout=3000");
        return new RelayLock(DriverManager.getConnection(database.getJdbcUrl(), properties));
    }

    /**
     * Takes the leadership if it is free; to be called more often than a leader beats, and not again after it returned
     * true.
     */
    boolean tryTake() throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("select pg_try_advisory_lock(" + LOCK_KEY + ")")) {
            row.next();
            if (!row.getBoolean(1)) {
                return false;
            }
        }
        heartbeat.start();
        return true;
    }

    /** Runs work on the lock's connection; the leadership was held while it ran if it does not throw. */
    <T> T use(Work<T> work) throws SQLException {
        inUse.lock();
        try {
            return work.on(connection);
        } finally {
            inUse.unlock();
        }
    }

    private void beat() {
        try {
            while (!Thread.interrupted()) {
                Thread.sleep(HEARTBEAT_MILLIS);
                use(held -> {
                    try (var statement = held.createStatement()) {
                        return statement.execute("select 1");
                    }
                });
            }
        } catch (InterruptedException | SQLException e) {
            // Closed, or lost: the relay learns of it with its next statement.
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        heartbeat.interrupt();
        try {
            connection.close();
        } catch (SQLException e) {
            // A connection that cannot be closed is broken, and the server has let go of the lock or soon will.
        }
    }
}
