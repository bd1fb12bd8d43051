package com.uberpopug.ates.acceptance;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A proxy between one service and PostgreSQL that cuts their conversation at a chosen message: connections end, and new
 * ones are refused, until the time is over.
 */
final class DatabaseLink implements AutoCloseable {

    /** In the names of all histories; the service's own comes last. */
    private static final String OF_MIGRATIONS = "_schema_history";

    private final ServerSocket server;
    private final int target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private @Nullable Moment moment;
    private Duration away = Duration.ZERO;
    private long awaySince;
    private boolean cut;
    private int sent;
    private int sentByMigrations;

    /** Whether to cut the conversation before a message of the service. */
    interface Moment {

        /** @param number the number of messages that the service has sent, including this one */
        boolean isNow(int number, String message);
    }

    DatabaseLink(int target) {
        this.target = target;
        try {
            server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofPlatform().daemon().name("link").start(this::accept);
    }

    /** The address of a database behind this proxy. */
    String through(String jdbcUrl) {
        return jdbcUrl.replaceFirst("//[^/]+/", "//localhost:" + server.getLocalPort() + "/");
    }

    synchronized void cutsAt(Moment cutMoment, Duration duration) {
        moment = cutMoment;
        away = duration;
    }

    synchronized boolean wasCut() {
        return cut;
    }

    synchronized int sent() {
        return sent;
    }

    /** The number of messages up to the last one about migrations. */
    synchronized int sentByMigrations() {
        return sentByMigrations;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                var client = server.accept();
                if (isAway()) {
                    client.close();
                    continue;
                }
                var postgres = new Socket(InetAddress.getLoopbackAddress(), target);
                open.add(client);
                open.add(postgres);
                Thread.ofPlatform().daemon().start(() -> pump(client, postgres, true));
                Thread.ofPlatform().daemon().start(() -> pump(postgres, client, false));
            } catch (IOException _) {
                // The proxy is closed, or PostgreSQL does not listen: the service retries.
            }
        }
    }

    private void pump(Socket from, Socket to, boolean ofService) {
        try (from; to; InputStream input = from.getInputStream(); OutputStream output = to.getOutputStream()) {
            var buffer = new byte[65_536];
            for (int length = input.read(buffer); length >= 0; length = input.read(buffer)) {
                if (ofService && cuts(new String(buffer, 0, length, StandardCharsets.ISO_8859_1))) {
                    return;
                }
                output.write(buffer, 0, length);
                output.flush();
            }
        } catch (IOException _) {
            // The other end has closed the connection, or the proxy cut it.
        } finally {
            open.remove(from);
            open.remove(to);
        }
    }

    private synchronized boolean isAway() {
        return cut && System.nanoTime() - awaySince < away.toNanos();
    }

    private synchronized boolean cuts(String message) {
        sent++;
        if (message.contains(OF_MIGRATIONS)) {
            sentByMigrations = sent;
        }
        if (cut || moment == null || !moment.isNow(sent, message)) {
            return false;
        }
        cut = true;
        awaySince = System.nanoTime();
        open.forEach(DatabaseLink::end);
        return true;
    }

    private static void end(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        open.forEach(DatabaseLink::end);
    }
}
