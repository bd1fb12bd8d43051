package com.uberpopug.ates.accounting.email;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A mail server that gives scripted replies in turn, and accepts every mail otherwise. */
final class ScriptedMailServer implements AutoCloseable {

    /** In place of a reply: ends the connection without one. */
    static final String HANGS_UP = "";
    /** In place of a reply: sends none until the client closes the connection. */
    static final String SAYS_NOTHING = "...";

    private final ServerSocket socket;
    private final Thread accepting;
    private final Map<String, Queue<String>> script = new ConcurrentHashMap<>();
    private final List<String> mails = new CopyOnWriteArrayList<>();
    private final List<String> recipients = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();

    ScriptedMailServer(int port) {
        try {
            socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        accepting = Thread.ofPlatform().daemon().start(this::acceptAll);
    }

    /** @param command {@code MAIL}, {@code RCPT}, {@code DATA}, {@code .} for the end of a mail, or {@code HELLO} */
    ScriptedMailServer answers(String command, String... replies) {
        script.computeIfAbsent(command, _ -> new ConcurrentLinkedQueue<>()).addAll(List.of(replies));
        return this;
    }

    /** The mails received as a whole with their headers, whatever the reply was. */
    List<String> mails() {
        return mails;
    }

    /** The addresses of all {@code RCPT} commands, whatever the reply was. */
    List<String> recipients() {
        return recipients;
    }

    int connections() {
        return connections.get();
    }

    @Override
    public void close() {
        try {
            socket.close();
            // The port is taken until the thread has left the system call.
            accepting.join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void acceptAll() {
        while (true) {
            try {
                var connection = socket.accept();
                connections.incrementAndGet();
                Thread.ofPlatform().daemon().start(() -> converse(connection));
            } catch (IOException _) {
                // It was closed.
                return;
            }
        }
    }

    private void converse(Socket connection) {
        try (connection;
                var in = new BufferedReader(
                        new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
            boolean goesOn = reply(connection, in, "HELLO", "220 here");
            for (var line = in.readLine(); goesOn && line != null; line = in.readLine()) {
                if (line.startsWith("RCPT TO:<")) {
                    recipients.add(line.substring("RCPT TO:<".length(), line.lastIndexOf('>')));
                }
                goesOn = switch (line.split("[ :]")[0]) {
                    case "DATA" -> data(connection, in);
                    case "MAIL" -> reply(connection, in, "MAIL", "250 2.1.0 so");
                    case "RCPT" -> reply(connection, in, "RCPT", "250 2.1.5 so");
                    default -> reply(connection, in, "", "250 so");
                };
            }
        } catch (IOException _) {
            // The client is gone.
        }
    }

    private boolean data(Socket connection, BufferedReader in) throws IOException {
        var said = next("DATA", "354 go on");
        if (!reply(connection, in, said) || !said.startsWith("354")) {
            return !said.equals(HANGS_UP);
        }
        var mail = new StringBuilder();
        for (var line = in.readLine(); line != null; line = in.readLine()) {
            if (line.equals(".")) {
                mails.add(mail.toString());
                return reply(connection, in, ".", "250 2.0.0 taken");
            }
            mail.append(line).append('\n');
        }
        return false;
    }

    private boolean reply(Socket connection, BufferedReader in, String command, String usual) throws IOException {
        return reply(connection, in, next(command, usual));
    }

    /** Whether the session continues. */
    private static boolean reply(Socket connection, BufferedReader in, String reply) throws IOException {
        return switch (reply) {
            case HANGS_UP -> false;
            case SAYS_NOTHING -> in.read() > 0;
            default -> {
                connection.getOutputStream().write((reply + "\r\n").getBytes(StandardCharsets.UTF_8));
                yield true;
            }
        };
    }

    private String next(String command, String usual) {
        var replies = script.get(command);
        var next = replies == null ? null : replies.poll();
        return next == null ? usual : next;
    }
}
