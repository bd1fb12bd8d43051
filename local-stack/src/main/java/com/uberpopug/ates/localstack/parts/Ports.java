package com.uberpopug.ates.localstack.parts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** Finds free ports of this machine, and the processes behind taken ones. */
public final class Ports {

    /** Ports that this JVM has reserved and that are possibly not in use yet. */
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private Ports() {
    }

    /**
     * A free port below the range of outgoing connections, so that it is still free when a killed part starts again.
     */
    public static int free() {
        for (int attempt = 0; attempt < 1_000; attempt++) {
            var port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            if (!isTaken(port) && GIVEN.add(port)) {
                return port;
            }
        }
        throw new PartFailedException("no free port between 20000 and 32000");
    }

    /** Whether a process listens on the port, under any address of localhost. */
    public static boolean isTaken(int port) {
        try {
            for (var address : InetAddress.getAllByName("localhost")) {
                try (var socket = new Socket()) {
                    socket.connect(new InetSocketAddress(address, port), 1_000);
                    return true;
                } catch (IOException _) {
                    // No listener at this address.
                }
            }
        } catch (UnknownHostException e) {
            throw new PartFailedException("localhost has no address on this machine", e);
        }
        return false;
    }

    /**
     * Waits, at most 75 seconds, while the port has no listener and yet cannot be bound: the system may have given it
     * to an outgoing connection, and keeps it for a minute after that has ended.
     */
    public static void awaitEndOfConnection(int port) {
        var end = System.nanoTime() + Duration.ofSeconds(75).toNanos();
        while (!canBeListenedOn(port) && !isTaken(port) && System.nanoTime() < end) {
            try {
                Thread.sleep(100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new PartFailedException("interrupted", e);
            }
        }
    }

    private static boolean canBeListenedOn(int port) {
        try (var _ = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    /** The listening process, as {@code pid 123 (command)}; empty if the system does not reveal it. */
    public static Optional<String> owner(int port) {
        var sockets = Stream.of("/proc/net/tcp", "/proc/net/tcp6").flatMap(table -> listening(table, port)).toList();
        return sockets.isEmpty()
                ? Optional.empty()
                : ProcessHandle.allProcesses().filter(process -> holdsOneOf(process, sockets)).findFirst()
                        .map(process -> "pid " + process.pid() + process.info().commandLine()
                                .map(command -> " (" + command.substring(0, Math.min(80, command.length())) + ")")
                                .orElse(""));
    }

    private static Stream<String> listening(String table, int port) {
        try {
            // Fields: number, local and remote address with port, state (0A: listening), …, the tenth is the inode.
            return Files.readAllLines(Path.of(table)).stream().map(line -> line.strip().split(" +"))
                    .filter(fields -> fields[1].endsWith(":%04X".formatted(port)) && fields[3].equals("0A"))
                    .map(fields -> "socket:[" + fields[9] + "]");
        } catch (IOException _) {
            return Stream.empty();
        }
    }

    private static boolean holdsOneOf(ProcessHandle process, List<String> sockets) {
        try (var descriptors = Files.list(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
            return descriptors.anyMatch(descriptor -> {
                try {
                    return sockets.contains(Files.readSymbolicLink(descriptor).toString());
                } catch (IOException _) {
                    return false;
                }
            });
        } catch (IOException | UncheckedIOException _) {
            return false;
        }
    }
}
