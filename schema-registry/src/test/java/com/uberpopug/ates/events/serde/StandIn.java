package com.uberpopug.ates.events.serde;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A server at a registry's address with one canned answer for every request. */
final class StandIn implements AutoCloseable {

    /** The first line and the headers of each request. */
    final List<String> requests = new CopyOnWriteArrayList<>();
    private final ServerSocket server;
    private volatile @Nullable String answer;
    private volatile boolean isEndingUsedConnections;

    StandIn(@Nullable String answer) {
        this.answer = answer;
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        Thread.ofPlatform().daemon().start(this::listen);
    }

    static String json(int status, String body) {
        return answer(status, "application/vnd.schemaregistry.v1+json", body);
    }

    static String answer(int status, String type, String body) {
        return "HTTP/1.1 %d X\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s".formatted(
                status,
                type, body.getBytes(UTF_8).length, body);
    }

    /** @param bytes of the whole answer, headers included; null for none */
    void answers(@Nullable String bytes) {
        answer = bytes;
    }

    /** Keeps each connection open after an answer, and ends it when the next request has arrived on it. */
    void endsUsedConnections() {
        isEndingUsedConnections = true;
    }

    int port() {
        return server.getLocalPort();
    }

    String url() {
        return "http://localhost:" + port();
    }

    private void listen() {
        while (!server.isClosed()) {
            try {
                var socket = server.accept();
                Thread.ofPlatform().daemon().start(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try {
            read(socket);
            var bytes = answer;
            if (bytes == null) {
                return;
            }
            if (isEndingUsedConnections) {
                socket.getOutputStream().write(bytes.replace("Connection: close\r\n", "").getBytes(UTF_8));
                read(socket);
                socket.close();
                return;
            }
            socket.getOutputStream().write(bytes.getBytes(UTF_8));
            if (!bytes.contains("Hangs:")) {
                socket.close();
            }
        } catch (IOException e) {
            // The client closed the connection.
        }
    }

    private void read(Socket socket) throws IOException {
        var in = socket.getInputStream();
        var head = head(in);
        in.readNBytes(head.lines().filter(line -> line.toLowerCase().startsWith("content-length:"))
                .mapToInt(line -> Integer.parseInt(line.substring(15).strip())).findFirst().orElse(0));
        requests.add(head);
    }

    private static String head(InputStream in) throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("Closed");
            }
            head.append(new String(new byte[]{(byte) next}, ISO_8859_1));
        }
        return head.toString();
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
