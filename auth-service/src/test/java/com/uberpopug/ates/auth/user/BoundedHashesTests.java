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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.security.crypto.password.PasswordEncoder;

class BoundedHashesTests {

    static Stream<Arguments> bounds() {
        return Stream.of(
                Arguments.of(PasswordHashes.STRANGERS_AT_A_TIME, PasswordHashes.MOST_STRANGERS_WAITING),
                Arguments.of(PasswordHashes.KNOWN_AT_A_TIME, PasswordHashes.MOST_KNOWN_WAITING));
    }

    @ParameterizedTest
    @MethodSource("bounds")
    void some_hashes_run_at_a_time_some_wait_and_others_are_refused_at_once(int atATime, int mostWaiting)
            throws Exception {
        var goOn = new CountDownLatch(1);
        var started = new CountDownLatch(atATime);
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
        }, atATime, mostWaiting, Duration.ofMinutes(1));
        try (var threads = Executors.newCachedThreadPool()) {
            var all = new ArrayList<CompletableFuture<Boolean>>();
            for (int i = 0; i < 100; i++) {
                all.add(CompletableFuture.supplyAsync(() -> hashes.matches("curved", "hash"), threads));
            }
            assertThat(started.await(20, TimeUnit.SECONDS)).isTrue();
            var first = new ArrayList<>(all);
            // Those without a place fail while the others are still held.
            while (all.stream().filter(CompletableFuture::isCompletedExceptionally).count() < 100 - atATime
                    - mostWaiting) {
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
            assertThat(done).isEqualTo(atATime + mostWaiting);
        }
        assertThat(most.get()).isEqualTo(atATime);
        assertThat(hashes.encode("again")).as("every place is free again").isEqualTo("hash");
        assertThatThrownBy(() -> {
            throw new TooManyPasswordsException();
        }).hasMessageContaining("try again");
    }
}
