package com.uberpopug.ates.auth.user;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.security.crypto.password.PasswordEncoder;

/**
 * Bounds the memory and the threads that hashes of passwords take, however many people sign in at once: two hashes at
 * a time, of 19 MiB each; up to 40 requests wait for them, for five seconds at most. Others fail at once.
 */
final class BoundedHashes implements PasswordEncoder {

    static final int AT_A_TIME = 2;
    static final int MOST_WAITING = 40;
    static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    private final PasswordEncoder hashes;
    private final Semaphore places = new Semaphore(AT_A_TIME + MOST_WAITING);
    private final Semaphore running = new Semaphore(AT_A_TIME, true);

    BoundedHashes(PasswordEncoder hashes) {
        this.hashes = hashes;
    }

    @Override
    public @Nullable String encode(@Nullable CharSequence password) {
        return bounded(() -> hashes.encode(password));
    }

    @Override
    public boolean matches(@Nullable CharSequence password, @Nullable String hash) {
        return bounded(() -> hashes.matches(password, hash));
    }

    @Override
    public boolean upgradeEncoding(@Nullable String hash) {
        return hashes.upgradeEncoding(hash);
    }

    private <T extends @Nullable Object> T bounded(Supplier<T> hash) {
        if (!places.tryAcquire()) {
            throw new TooManyPasswordsException();
        }
        try {
            if (!running.tryAcquire(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new TooManyPasswordsException();
            }
            try {
                return hash.get();
            } finally {
                running.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TooManyPasswordsException();
        } finally {
            places.release();
        }
    }
}
