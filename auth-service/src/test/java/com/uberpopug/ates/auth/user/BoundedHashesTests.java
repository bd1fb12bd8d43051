package com.uberpopug.ates.auth.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.security.crypto.password.PasswordEncoder;

class BoundedHashesTests {

    private static final int AT_A_TIME = 2;
    private static final int MOST_WAITING = 40;

    @Test
    void two_hashes_run_at_a_time_forty_wait_and_others_are_refused_at_once() throws Exception {
        var goOn = new CountDownLatch(1);
        var started = new CountDownLatch(AT_A_TIME);
        var running = new AtomicInteger();
        var most = new AtomicInteger();
        var hashes = new BoundedHashes(new PasswordEncoder() {
            @Override
            public String encode(@Nullable CharSequence password) {
                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                started.countDown();
                try {
                    assertThat(goOn.await(20, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                running.decrementAndGet();
                return "hash";
            }

            @Override
            public boolean matches(@Nullable CharSequence password, @Nullable String hash) {
                return encode(password).equals(hash);
            }
        }, AT_A_TIME, MOST_WAITING, Duration.ofMinutes(1));
        try (var threads = Executors.newCachedThreadPool()) {
            var all = new ArrayList<CompletableFuture<Boolean>>();
            for (int i = 0; i < 100; i++) {
                all.add(CompletableFuture.supplyAsync(() -> hashes.matches("curved", "hash"), threads));
            }
            assertThat(started.await(20, TimeUnit.SECONDS)).isTrue();
            var first = new ArrayList<>(all);
            // Those without a place fail while the others are still held.
            while (all.stream().filter(CompletableFuture::isCompletedExceptionally).count() < 58) {
                Thread.onSpinWait();
            }
            goOn.countDown();
            var done = first.stream().filter(each -> {
                try {
                    return each.join();
                } catch (RuntimeException e) {
                    assertThat(e).hasCauseInstanceOf(TooManyPasswordsException.class);
                    return false;
                }
            }).count();
            assertThat(done).isEqualTo(AT_A_TIME + MOST_WAITING);
        }
        assertThat(most.get()).isEqualTo(AT_A_TIME);
        assertThat(hashes.encode("again")).as("every place is free again").isEqualTo("hash");
        assertThatThrownBy(() -> {
            throw new TooManyPasswordsException();
        }).hasMessageContaining("try again");
    }
}
