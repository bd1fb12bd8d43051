package com.uberpopug.ates.localstack.parts;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Finds ports of this machine that nobody listens on. */
public final class Ports {

    private Ports() {
    }

    /**
     * A port that is free now. It lies below those that systems give to outgoing connections, so that it is still free when a part that
     * was killed starts again.
     */
    public static int free() {
        for (int attempt = 0; attempt < 1_000; attempt++) {
            var port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            if (isFree(port)) {
                return port;
            }
        }
        throw new PartFailedException("no free port between 20000 and 32000");
    }

    public static boolean isFree(int port) {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port));
            return true;
        } catch (IOException _) {
            return false;
        }
    }
}
