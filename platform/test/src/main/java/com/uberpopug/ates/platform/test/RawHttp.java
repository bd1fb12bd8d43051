package com.uberpopug.ates.platform.test;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Sends requests that no HTTP client would send, each on a connection of its own. */
final class RawHttp {

    private static final String END = "\r\n\r\n";
    private static final String CONTINUE = "HTTP/1.1 100";
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private RawHttp() {
    }

    /** @param status 0 without an answer */
    record Answer(int status, Map<String, String> headers, String body) {

        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    /**
     * @param head the request line and the headers, of which one closes the connection, each with its line break
     */
    static Answer send(int port, String head, byte[] body) throws IOException {
        try (var socket = new Socket("localhost", port)) {
            socket.setSoTimeout((int) TIMEOUT.toMillis());
            var request = new ByteArrayOutputStream();
            request.writeBytes(head.getBytes(UTF_8));
            request.writeBytes("\r\n".getBytes(UTF_8));
            request.writeBytes(body);
            var received = new ByteArrayOutputStream();
            try {
                socket.getOutputStream().write(request.toByteArray());
            } catch (SocketException _) {
                // A server that refuses the headers may close before the end of the body; its answer has come.
            }
            try {
                socket.getInputStream().transferTo(received);
            } catch (SocketException _) {
                // An answer before the end of the request may be followed by a reset.
            }
            return parsed(received.toString(ISO_8859_1));
        }
    }

    private static Answer parsed(String received) {
        // An interim answer asks for the body, which is sent already.
        var answer = received.startsWith(CONTINUE)
                ? received.substring(received.indexOf(END) + END.length())
                : received;
        int end = answer.indexOf(END);
        if (end < 0) {
            return new Answer(0, Map.of(), answer);
        }
        var lines = answer.substring(0, end).split("\r\n");
        var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 1; i < lines.length; i++) {
            var parts = lines[i].split(":", 2);
            headers.put(parts[0], parts[parts.length - 1].strip());
        }
        var body = answer.substring(end + END.length());
        return new Answer(Integer.parseInt(lines[0].split(" ")[1]), headers, new String(
                (headers.getOrDefault("Transfer-Encoding", "").toLowerCase(Locale.ROOT).equals("chunked")
                        ? unchunked(body)
                        : body).getBytes(ISO_8859_1),
                UTF_8));
    }

    private static String unchunked(String body) {
        var whole = new StringBuilder();
        for (int at = 0; at < body.length();) {
            int line = body.indexOf("\r\n", at);
            int size = line < 0 ? 0 : Integer.parseInt(body.substring(at, line).strip(), 16);
            if (size == 0) {
                break;
            }
            whole.append(body, line + 2, Math.min(body.length(), line + 2 + size));
            at = line + 2 + size + 2;
        }
        return whole.toString();
    }
}
