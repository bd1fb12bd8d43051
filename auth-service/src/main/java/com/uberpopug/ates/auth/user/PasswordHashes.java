package com.uberpopug.ates.auth.user;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.DelegatingPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;

/**
 * Hashes passwords by Argon2id. Older hashes stay valid and are replaced at the next sign-in: bcrypt over a digest of
 * the prepared form, and bcrypt over the password as typed. At most three run at a time, two of them for strangers, and 60
 * wait, 40 of them strangers.
 */
@Configuration(proxyBeanMethods = false)
public class PasswordHashes {

    /** Names the encoder for known devices, links and signed-in users, which strangers cannot keep busy. */
    public static final String FOR_KNOWN = "hashesForKnown";

    static final int STRANGERS_AT_A_TIME = 2;
    static final int MOST_STRANGERS_WAITING = 40;
    static final int KNOWN_AT_A_TIME = 1;
    static final int MOST_KNOWN_WAITING = 20;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    private static final String ARGON2 = "argon2id";
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;
    /** By OWASP's Password Storage Cheat Sheet: 19 MiB, two passes, one lane. */
    private static final int PASSES = 2;
    private static final int LANES = 1;

    /**
     * @param memoryKib the memory of one hash, 19 MiB by default. It takes some 35 ms of a processor, and 80 ms with the
     *     cheap compilation of the local stack (medians of 30). Less is for tests. Hashes with another setting stay valid
     */
    @Bean
    @Primary
    PasswordEncoder passwordEncoder(@Value("${ates.argon2-memory-kib:19456}") int memoryKib) {
        return bounded(memoryKib, STRANGERS_AT_A_TIME, MOST_STRANGERS_WAITING);
    }

    /** As {@link #passwordEncoder}, with a place of its own. */
    @Bean(FOR_KNOWN)
    PasswordEncoder passwordEncoderForKnown(@Value("${ates.argon2-memory-kib:19456}") int memoryKib) {
        return bounded(memoryKib, KNOWN_AT_A_TIME, MOST_KNOWN_WAITING);
    }

    private static PasswordEncoder bounded(int memoryKib, int atATime, int mostWaiting) {
        var bcrypt = new BCryptPasswordEncoder();
        return new Prepared(new BoundedHashes(new DelegatingPasswordEncoder(ARGON2,
                Map.of(ARGON2, new Argon2PasswordEncoder(SALT_BYTES, HASH_BYTES, LANES, memoryKib, PASSES),
                        "bcrypt-sha384", new Digested(bcrypt), "bcrypt", bcrypt)),
                atATime, mostWaiting, LONGEST_WAIT));
    }

    /** Hashes the prepared form; a stored hash may be older and of the password as typed. */
    private record Prepared(PasswordEncoder hashes) implements PasswordEncoder {

        @Override
        public @Nullable String encode(@Nullable CharSequence typed) {
            return typed == null ? null : hashes.encode(Password.prepared(typed).orElseGet(typed::toString));
        }

        @Override
        public boolean matches(@Nullable CharSequence typed, @Nullable String hash) {
            if (typed == null) {
                return false;
            }
            var prepared = Password.prepared(typed).orElseGet(typed::toString);
            return hashes.matches(prepared, hash)
                    || !prepared.contentEquals(typed) && hashes.matches(typed, hash);
        }

        @Override
        public boolean upgradeEncoding(@Nullable String hash) {
            return hashes.upgradeEncoding(hash);
        }
    }

    private record Digested(PasswordEncoder bcrypt) implements PasswordEncoder {

        @Override
        public @Nullable String encode(@Nullable CharSequence password) {
            return bcrypt.encode(digest(Objects.requireNonNull(password)));
        }

        @Override
        public boolean matches(@Nullable CharSequence password, @Nullable String hash) {
            return password != null && bcrypt.matches(digest(password), hash);
        }

        /** 64 ASCII characters. */
        private static String digest(CharSequence password) {
            try {
                return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-384")
                        .digest(password.toString().getBytes(StandardCharsets.UTF_8)));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("The JDK has SHA-384", e);
            }
        }
    }
}
