package com.uberpopug.ates.auth.attempt;

import com.uberpopug.ates.platform.events.Sha256;
import java.security.SecureRandom;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The devices on which each user has signed in: the last 20, for 180 days after the last sign-in. */
@Component
public class KnownDevices {

    static final Duration REMEMBERED_FOR = Duration.ofDays(180);
    static final int MOST_OF_A_USER = 20;

    private static final int TOKEN_BYTES = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final JdbcClient db;
    private final Clock clock;

    KnownDevices(JdbcClient db, Clock clock) {
        this.db = db;
        this.clock = clock;
    }

    /** The hash of the token by which this device is known to be the user's. */
    Optional<byte[]> find(UUID userId, List<String> tokens) {
        return tokens.isEmpty()
                ? Optional.empty()
                : db.sql("""
                        select token_hash from known_devices
                         where user_id = :user and token_hash = any(:hashes) and used_at > :since
                         order by used_at desc limit 1
                        """).param("user", userId).param("hashes", hashes(tokens)).param("since", oldest())
                        .query((row, _) -> row.getBytes(1)).optional();
    }

    /** Remembers a device after a sign-in on it; the new token, or none if the device is known already. */
    Optional<String> remember(UUID userId, List<String> tokens) {
        var now = Timestamp.from(clock.instant());
        var known = find(userId, tokens);
        if (known.isPresent() && db.sql("update known_devices set used_at = :now where token_hash = :hash")
                .param("now", now).param("hash", known.get()).update() == 1) {
            return Optional.empty();
        }
        var random = new byte[TOKEN_BYTES];
        RANDOM.nextBytes(random);
        var token = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        // The user may have been erased meanwhile.
        db.sql("""
                insert into known_devices (token_hash, user_id, spent_until, used_at)
                select :hash, id, :now, :now from users where id = :user
                """).param("hash", Sha256.of(token)).param("user", userId).param("now", now).update();
        db.sql("""
                delete from known_devices where user_id = :user and token_hash in (
                    select token_hash from known_devices where user_id = :user
                     order by used_at desc, token_hash offset :most)
                """).param("user", userId).param("most", MOST_OF_A_USER).update();
        return Optional.of(token);
    }

    /** Forgets all devices of a user, as with a new password: others may have signed in with the old one. */
    public void forget(UUID userId) {
        db.sql("delete from known_devices where user_id = ?").param(userId).update();
    }

    void deleteExpired() {
        db.sql("delete from known_devices where used_at <= ?").param(oldest()).update();
    }

    private Timestamp oldest() {
        return Timestamp.from(clock.instant().minus(REMEMBERED_FOR));
    }

    private static byte[][] hashes(List<String> tokens) {
        return tokens.stream().map(Sha256::of).toArray(byte[][]::new);
    }
}
