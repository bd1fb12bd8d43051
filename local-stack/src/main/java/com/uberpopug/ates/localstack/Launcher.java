package com.uberpopug.ates.localstack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** The process that keeps a system running: its pid, whether the start was warm and, once healthy, how long it took. */
record Launcher(long pid, boolean warm, Optional<Duration> healthyAfter) {
    static final String FILE = "launcher";
    private static final String WARM = "warm";
    private static final String COLD = "cold";

    /** Kept until this process ends, because an unreferenced channel is closed, and its lock with it. */
    private static final List<Claim> CLAIMS = new CopyOnWriteArrayList<>();

    /** The right to be the launcher: a file lock that ends with this process in every case. */
    record Claim(FileChannel locked) {

        void write(Launcher launcher) {
            var text = launcher.pid + " " + (launcher.warm ? WARM : COLD)
                    + launcher.healthyAfter.map(duration -> " " + duration.toMillis()).orElse("");
            try {
                // Reads through the locked channel, because closing another channel of the file would release the lock.
                locked.truncate(0).write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), 0);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Empty if another process is the launcher. */
    static Optional<Claim> claim(Path home) {
        try {
            Files.createDirectories(home);
            var channel = FileChannel.open(home.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (channel.tryLock() == null) {
                channel.close();
                return Optional.empty();
            }
            var claim = new Claim(channel);
            claim.write(new Launcher(ProcessHandle.current().pid(), false, Optional.empty()));
            CLAIMS.add(claim);
            return Optional.of(claim);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The running launcher. */
    static Optional<Launcher> running(Path home) {
        if (!Files.exists(home.resolve(FILE))) {
            return Optional.empty();
        }
        try (var channel = FileChannel.open(home.resolve(FILE), StandardOpenOption.WRITE);
                var lock = channel.tryLock()) {
            if (lock == null) {
                return last(home);
            }
            // Without a lock the file describes a killed launcher, whose pid may belong to another process.
            channel.truncate(0);
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The last launcher, running or not. */
    static Optional<Launcher> last(Path home) {
        try {
            var words = Files.readString(home.resolve(FILE)).split(" ");
            return Optional.of(new Launcher(Long.parseLong(words[0]), words[1].equals(WARM),
                    words.length == 2 ? Optional.empty() : Optional.of(Duration.ofMillis(Long.parseLong(words[2])))));
        } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException _) {
            // The file is missing or incomplete.
            return Optional.empty();
        }
    }
}
