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

/** The one process that holds a system up: its pid, whether it began a warm start and, once all is healthy, how long that took. */
record Launcher(long pid, boolean warm, Optional<Duration> healthyAfter) {
    static final String FILE = "launcher";
    private static final String WARM = "warm";
    private static final String COLD = "cold";

    /** Kept until this process ends, because the lock ends with a channel that nothing refers to. */
    private static final List<Claim> CLAIMS = new CopyOnWriteArrayList<>();

    /** The right to be the launcher: a lock that ends with this process, however that ends. */
    record Claim(FileChannel locked) {

        void write(Launcher launcher) {
            var text = launcher.pid + " " + (launcher.warm ? WARM : COLD)
                    + launcher.healthyAfter.map(duration -> " " + duration.toMillis()).orElse("");
            try {
                // Through the locked channel: closing another one of the same file would give up the lock.
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

    /** The launcher that is alive now. */
    static Optional<Launcher> running(Path home) {
        if (!Files.exists(home.resolve(FILE))) {
            return Optional.empty();
        }
        try (var channel = FileChannel.open(home.resolve(FILE), StandardOpenOption.WRITE);
                var lock = channel.tryLock()) {
            if (lock == null) {
                return last(home);
            }
            // What is written there is about a launcher that was killed, and its pid may soon be another's.
            channel.truncate(0);
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The last launcher, alive or not. */
    static Optional<Launcher> last(Path home) {
        try {
            var words = Files.readString(home.resolve(FILE)).split(" ");
            return Optional.of(new Launcher(Long.parseLong(words[0]), words[1].equals(WARM),
                    words.length == 2 ? Optional.empty() : Optional.of(Duration.ofMillis(Long.parseLong(words[2])))));
        } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException _) {
            // Not there, or not written yet.
            return Optional.empty();
        }
    }
}
