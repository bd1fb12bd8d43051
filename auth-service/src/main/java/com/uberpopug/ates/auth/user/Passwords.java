package com.uberpopug.ates.auth.user;

import com.uberpopug.ates.auth.session.SignIns;
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
import java.util.Optional;
import java.util.UUID;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Owns passwords and the one-time links to choose one; both are stored only as hashes. */
@Service
class Passwords {

    private static final Duration LINK_IS_VALID_FOR = Duration.ofHours(24);
    private static final SecureRandom RANDOM = new SecureRandom();

    private final JdbcClient db;
    private final Users users;
    private final SignIns signIns;
    private final PasswordEncoder encoder;
    private final Clock clock;
    private final String issuer;

    Passwords(JdbcClient db, Users users, SignIns signIns, PasswordEncoder encoder, Clock clock,
            @Value("${ates.issuer}") String issuer) {
        this.db = db;
        this.users = users;
        this.signIns = signIns;
        this.encoder = encoder;
        this.clock = clock;
        this.issuer = issuer;
    }

    String hash(Password password) {
        return Objects.requireNonNull(encoder.encode(password.typed()));
    }

    /** The outcome of the request for a new link. */
    sealed interface Renewal {

        record Done(URI link) implements Renewal {
        }

        record UnknownUser() implements Renewal {
        }

        record Deactivated() implements Renewal {
        }
    }

    /** Creates a link for a user who lost the first one or forgot the password. */
    @Transactional
    public Renewal renewLink(UUID userId) {
        var user = users.lock(userId);
        if (user.isEmpty()) {
            return new Renewal.UnknownUser();
        }
        return user.get().profile().active() ? new Renewal.Done(linkFor(userId)) : new Renewal.Deactivated();
    }

    /** Creates a link that sets a password once within a day; earlier links become void. */
    @Transactional
    public URI linkFor(UUID userId) {
        var random = new byte[32];
        RANDOM.nextBytes(random);
        var token = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        var now = clock.instant();
        db.sql("delete from password_links where user_id = :user or expires_at <= :now").param("user", userId)
                .param("now", Timestamp.from(now)).update();
        db.sql("insert into password_links (token_hash, user_id, expires_at) values (:hash, :user, :expires)")
                .param("hash", sha256(token)).param("user", userId)
                .param("expires", Timestamp.from(now.plus(LINK_IS_VALID_FOR))).update();
        return URI.create(issuer + "/first-password?token=" + token);
    }

    /** The number of a user's valid links. */
    long openLinks(UUID userId) {
        return db.sql("select count(*) from password_links where user_id = :user and expires_at > :now")
                .param("user", userId).param("now", Timestamp.from(clock.instant())).query(Long.class).single();
    }

    /** The user of a link; empty if the link was used, is void, expired or unknown. */
    Optional<UUID> userOf(String token) {
        return db.sql("select user_id from password_links where token_hash = :hash and expires_at > :now")
                .param("hash", sha256(token)).param("now", Timestamp.from(clock.instant())).query(UUID.class)
                .optional();
    }

    /**
     * Uses a link once, and ends all sign-ins of the user everywhere; false if the link was used, is void, expired or
     * unknown.
     */
    @Transactional
    public boolean choose(String token, Password password) {
        // Lock order: the user first, then the link.
        return db.sql("select user_id from password_links where token_hash = :hash").param("hash", sha256(token))
                .query(UUID.class).optional().flatMap(users::lock).filter(_ -> useUp(token)).map(user -> {
                    user.choosePassword(hash(password));
                    signIns.endAll(user.id());
                    return user;
                }).isPresent();
    }

    /**
     * Replaces the password of a user who knows the current one, and ends all of their sign-ins everywhere, including
     * the calling session; false if the current password is wrong.
     */
    @Transactional
    public boolean change(UUID userId, Password current, Password chosen) {
        return users.lock(userId).filter(user -> encoder.matches(current.typed(), user.passwordHash())).map(user -> {
            user.choosePassword(hash(chosen));
            signIns.endAll(userId);
            return user;
        }).isPresent();
    }

    private boolean useUp(String token) {
        return db.sql("delete from password_links where token_hash = :hash and expires_at > :now")
                .param("hash", sha256(token)).param("now", Timestamp.from(clock.instant())).update() == 1;
    }

    private static byte[] sha256(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
