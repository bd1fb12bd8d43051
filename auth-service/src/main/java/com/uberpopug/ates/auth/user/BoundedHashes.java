package com.uberpopug.ates.auth.user;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.security.crypto.password.PasswordEncoder;

/**
 * Bounds the memory and the threads that hashes of passwords take, however many people sign in at once. Requests beyond
 * those that run and wait fail at once, as do those that have waited for too long.
 */
final class BoundedHashes implements PasswordEncoder {

    private final PasswordEncoder hashes;
    private final Semaphore places;
    private final Semaphore running;
    private final Duration longestWait;

    /** @param atATime so many run, each with its own memory */
    BoundedHashes(PasswordEncoder hashes, int atATime, int mostWaiting, Duration longestWait) {
        this.hashes = hashes;
        places = new Semaphore(atATime + mostWaiting);
        running = new Semaphore(atATime, true);
        this.longestWait = longestWait;
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
            if (!running.tryAcquire(longestWait.toMillis(), TimeUnit.MILLISECONDS)) {
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
