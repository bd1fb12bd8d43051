package com.uberpopug.ates.localstack;

import com.uberpopug.ates.localstack.parts.PartFailedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;

/**
 * {@code ./ates restart SERVICE}. A service is a child of the launcher, so the command writes its request to a file,
 * and the launcher its result to another.
 */
record Restart(Path home) {

    private static final Duration ANSWERED_WITHIN = Duration.ofMinutes(2);
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final String DONE = "restarted";

    /**
     * Requests a restart in the running system, and returns the exit code once the service is healthy or has failed.
     */
    int run(String service) {
        if (Launcher.running(home).flatMap(Launcher::healthyAfter).isEmpty()) {
            throw new PartFailedException("aTES is not running, or is still starting: ./ates up starts it");
        }
        var begin = System.nanoTime();
        try {
            Files.createDirectories(directory());
            Files.deleteIfExists(result(service));
            write(request(service), service);
            while (System.nanoTime() - begin < ANSWERED_WITHIN.toNanos()) {
                if (Files.exists(result(service))) {
                    var text = Files.readString(result(service));
                    if (text.equals(DONE)) {
                        System.out.printf("%s is healthy again after %.1f s%n", service,
                                (System.nanoTime() - begin) / 1e9);
                        return 0;
                    }
                    throw new PartFailedException(text);
                }
                Thread.sleep(LOOK);
            }
            Files.deleteIfExists(request(service));
            throw new PartFailedException(service + " was not restarted within " + ANSWERED_WITHIN.toSeconds() + " s");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** In the launcher: serves requests until the process ends. */
    void listen(LocalStack stack) {
        Thread.ofPlatform().daemon().name("restarts").start(() -> {
            try {
                Files.createDirectories(directory());
                while (true) {
                    for (var service : LocalStack.SERVICES) {
                        answer(stack, service);
                    }
                    Thread.sleep(LOOK);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void answer(LocalStack stack, String service) throws IOException {
        try {
            Files.delete(request(service));
        } catch (NoSuchFileException _) {
            return;
        }
        String result;
        try {
            stack.restart(service);
            result = DONE;
        } catch (RuntimeException failed) {
            result = failed instanceof PartFailedException ? String.valueOf(failed.getMessage()) : failed.toString();
        }
        write(result(service), result);
    }

    private static void write(Path file, String text) throws IOException {
        var unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
        Files.writeString(unfinished, text);
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private Path directory() {
        return home.resolve("restart");
    }

    private Path request(String service) {
        return directory().resolve(service);
    }

    private Path result(String service) {
        return directory().resolve(service + ".result");
    }
}
