package com.uberpopug.ates.auth.user;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;
import java.util.UUID;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Passwords, which are kept only as hashes, and the one-time links by which a user chooses one, which are too. */
@Service
class Passwords {

    static final int MIN_CHARACTERS = 8;

    /** What bcrypt looks at; it would ignore the rest. */
    static final int MAX_BYTES = 72;

    private static final Duration LINK_IS_VALID_FOR = Duration.ofHours(24);
    private static final SecureRandom RANDOM = new SecureRandom();

    private final JdbcClient db;
    private final Users users;
    private final PasswordEncoder encoder;
    private final Clock clock;
    private final String issuer;

    Passwords(JdbcClient db, Users users, PasswordEncoder encoder, Clock clock,
            @Value("${ates.issuer}") String issuer) {
        this.db = db;
        this.users = users;
        this.encoder = encoder;
        this.clock = clock;
        this.issuer = issuer;
    }

    static boolean isAcceptable(String password) {
        return password.codePointCount(0, password.length()) >= MIN_CHARACTERS
                && password.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES;
    }

    String hash(String password) {
        return Objects.requireNonNull(encoder.encode(password));
    }

    /** Makes the link by which the user chooses a password, once, within a day. */
    @Transactional
    public URI linkFor(UUID userId) {
        var random = new byte[32];
        RANDOM.nextBytes(random);
        var token = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        var now = clock.instant();
        db.sql("delete from password_links where expires_at <= :now").param("now", Timestamp.from(now)).update();
        db.sql("insert into password_links (token_hash, user_id, expires_at) values (:hash, :user, :expires)")
                .param("hash", sha256(token)).param("user", userId)
                .param("expires", Timestamp.from(now.plus(LINK_IS_VALID_FOR))).update();
        return URI.create(issuer + "/first-password?token=" + token);
    }

    /** Whether a link with this token is still good. */
    boolean isGood(String token) {
        return db.sql("select exists (select from password_links where token_hash = :hash and expires_at > :now)")
                .param("hash", sha256(token)).param("now", Timestamp.from(clock.instant())).query(Boolean.class)
                .single();
    }

    /** Uses a link up; false where it was used before, is too old, or never was. */
    @Transactional
    public boolean choose(String token, String password) {
        var userId = db
                .sql("delete from password_links where token_hash = :hash and expires_at > :now returning user_id")
                .param("hash", sha256(token)).param("now", Timestamp.from(clock.instant())).query(UUID.class)
                .optional();
        userId.flatMap(users::lock).ifPresent(user -> user.choosePassword(hash(password)));
        return userId.isPresent();
    }

    private static byte[] sha256(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
