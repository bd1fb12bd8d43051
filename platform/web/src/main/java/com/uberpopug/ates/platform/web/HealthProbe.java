package com.uberpopug.ates.platform.web;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * Asks the service of this machine whether it is ready and its pipeline works: exit code 0 if both are so, else 1. For
 * containers, which have neither a shell nor curl.
 *
 * <p>Each probe is a JVM of its own, every few seconds: a client of HTTP would take it twice as long to load.
 */
final class HealthProbe {

    private static final int TIMEOUT_MILLIS = 4_000;
    private static final String OK = "HTTP/1.1 200 ";

    private HealthProbe() {
    }

    /** @param arguments the service's port */
    public static void main(String[] arguments) {
        int port = Integer.parseInt(arguments[0]);
        System.exit(isHealthy(port) ? 0 : 1);
    }

    static boolean isHealthy(int port) {
        return answers(port, "readiness") && answers(port, "pipeline");
    }

    private static boolean answers(int port, String group) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            var request = "GET /actuator/health/" + group + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            var status = socket.getInputStream().readNBytes(OK.length());
            return OK.equals(new String(status, StandardCharsets.US_ASCII));
        } catch (IOException _) {
            return false;
        }
    }
}
