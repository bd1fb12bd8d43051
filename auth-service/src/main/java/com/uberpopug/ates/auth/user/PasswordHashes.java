package com.uberpopug.ates.auth.user;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.DelegatingPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;

/**
 * Hashes passwords: bcrypt over a digest of the prepared form, because bcrypt reads only 72 bytes. Older hashes, of the
 * password as typed, stay valid.
 */
@Configuration(proxyBeanMethods = false)
class PasswordHashes {

    private static final String WHOLE = "bcrypt-sha384";

    /**
     * @param strength bcrypt's cost, from 4 to 31; each step doubles the time of a hash, a tenth of a second at 10.
     *     Lower costs are for tests. Hashes of another cost stay valid.
     */
    @Bean
    PasswordEncoder passwordEncoder(@Value("${ates.bcrypt-strength:10}") int strength) {
        var bcrypt = new BCryptPasswordEncoder(strength);
        return new Prepared(
                new DelegatingPasswordEncoder(WHOLE, Map.of(WHOLE, new Digested(bcrypt), "bcrypt", bcrypt)));
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
