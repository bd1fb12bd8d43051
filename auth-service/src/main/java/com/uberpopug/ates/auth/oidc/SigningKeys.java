package com.uberpopug.ates.auth.oidc;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.security.SecurityEntry;
import com.uberpopug.ates.platform.events.security.SecurityKind;
import com.uberpopug.ates.platform.events.security.SecurityLog;
import java.sql.Timestamp;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.crypto.encrypt.Encryptors;
import org.springframework.security.crypto.keygen.KeyGenerators;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The keys that sign tokens, the same for all instances: several verify, and the newest whose time has come signs.
 *
 * <p>A key is published {@link #PUBLISHED_BEFORE} before it signs, so that every service knows it by then, and until
 * the last token of it has expired. Its private part is stored encrypted, and deleted once it no longer signs; the
 * public one verifies ID tokens as hints for another year. A deleted row withdraws its key: each instance notices
 * within {@link #READ_EVERY}, and makes a new key if none is left.
 */
@Component
@DependsOnDatabaseInitialization
class SigningKeys {

    /** Longer than the five minutes for which services cache the keys. */
    static final Duration PUBLISHED_BEFORE = Duration.ofMinutes(15);
    /** Longer than any token lives: access tokens 5 minutes, ID tokens 30. */
    static final Duration PUBLISHED_AFTER = Duration.ofHours(1);
    /** As long as sign-on sessions are remembered; see {@code SignIns}. */
    private static final Duration KEPT_FOR_HINTS = Duration.ofDays(365);
    private static final Duration READ_EVERY = Duration.ofSeconds(10);
    /** A token of an unknown key makes an instance read again, but no more often than this. */
    private static final Duration READ_AT_MOST_EVERY = Duration.ofSeconds(1);
    /** The most by which the clocks of two instances differ. */
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(1);
    private static final int BITS = 2048;
    private static final Logger log = LoggerFactory.getLogger(SigningKeys.class);

    private final JdbcClient db;
    private final Clock clock;
    private final String secret;
    private final Duration period;
    private final SecurityLog securityLog;
    private final TransactionTemplate transaction;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile List<Key> known;
    private volatile long readAt;

    SigningKeys(JdbcClient db, Clock clock, OidcProperties properties, SecurityLog securityLog,
            TransactionTemplate transaction) {
        this.db = db;
        this.clock = clock;
        this.secret = properties.keySecret();
        this.period = properties.keyRotation();
        this.securityLog = securityLog;
        this.transaction = transaction;
        this.known = List.of();
        this.known = read();
        this.readAt = System.nanoTime();
    }

    private record Row(int number, String kid, @Nullable String salt, @Nullable String encrypted,
            @Nullable String publicKey, Instant signsFrom) {
    }

    /** @param signsUntil when the next key begins to sign; {@link Instant#MAX} for the newest */
    private record Key(int number, RSAKey jwk, Instant signsFrom, Instant signsUntil) {

        boolean signs(Instant now) {
            return jwk.isPrivate() && !signsFrom.isAfter(now) && signsUntil.isAfter(now);
        }

        boolean isPublished(Instant now) {
            return signsUntil.equals(Instant.MAX) || signsUntil.plus(PUBLISHED_AFTER).isAfter(now);
        }
    }

    /** The key that signs now. */
    RSAKey signing() {
        var keys = current(READ_EVERY);
        var now = clock.instant();
        return keys.stream().filter(key -> key.signs(now)).findFirst()
                // Made a moment ago by an instance whose clock is ahead.
                .or(() -> keys.stream().filter(key -> key.signs(now.plus(CLOCKS_DIFFER))).findFirst())
                .map(Key::jwk).orElseThrow(() -> new IllegalStateException("No key signs now"));
    }

    /** The public keys that services verify tokens with. */
    JWKSource<SecurityContext> published() {
        return (selector, _) -> select(selector, key -> key.isPublished(clock.instant()));
    }

    /** The public keys of all ID tokens that are still accepted as hints. */
    JWKSource<SecurityContext> ofHints() {
        return (selector, _) -> select(selector, _ -> true);
    }

    private List<JWK> select(JWKSelector selector, Predicate<Key> wanted) {
        var found = selected(selector, wanted, READ_EVERY);
        return found.isEmpty() ? selected(selector, wanted, READ_AT_MOST_EVERY) : found;
    }

    private List<JWK> selected(JWKSelector selector, Predicate<Key> wanted, Duration age) {
        return selector.select(new JWKSet(current(age).stream().filter(wanted)
                .map(key -> (JWK) key.jwk().toPublicJWK()).toList()));
    }

    /**
     * Makes the next key before its time, deletes private parts that no longer sign, and keys that nobody needs. Every
     * deleted key gets an entry in the security log, also one that was deleted by SQL.
     */
    void rotate() {
        var now = clock.instant();
        var keys = read();
        var newest = keys.getFirst();
        var next = newest.signsFrom().plus(period);
        if (!next.minus(PUBLISHED_BEFORE).isAfter(now)) {
            var soonest = now.plus(PUBLISHED_BEFORE);
            make(newest.number(), next.isBefore(soonest) ? soonest : next);
        }
        for (var key : keys) {
            if (key.jwk().isPrivate() && !key.isPublished(now)) {
                db.sql("""
                        update signing_keys set public_key = :public, salt = null, encrypted = null
                         where kid = :kid and encrypted is not null
                        """).param("public", key.jwk().toPublicJWK().toJSONString())
                        .param("kid", key.jwk().getKeyID()).update();
            }
            if (key.signsUntil().isBefore(now.minus(KEPT_FOR_HINTS))) {
                db.sql("delete from signing_keys where kid = :kid").param("kid", key.jwk().getKeyID()).update();
            }
        }
        transaction.executeWithoutResult(_ -> db.sql("delete from deleted_signing_keys returning kid")
                .query(String.class).list()
                .forEach(kid -> securityLog.record(SecurityEntry.done(SecurityKind.SIGNING_KEY_DELETED).of(kid))));
    }

    /** The keys, at most this old, newest first; while the database is away, the last known. */
    private List<Key> current(Duration age) {
        if (System.nanoTime() - readAt >= age.toNanos() && reading.tryLock()) {
            try {
                known = read();
            } catch (RuntimeException e) {
                log.warn("The signing keys cannot be read now, the last known ones stay: {}", e.toString());
            } finally {
                readAt = System.nanoTime();
                reading.unlock();
            }
        }
        return known;
    }

    private List<Key> read() {
        var now = clock.instant();
        var keys = stored();
        if (keys.stream().noneMatch(key -> key.signs(now) || key.signs(now.plus(CLOCKS_DIFFER)))) {
            make(keys.isEmpty() ? 0 : keys.getFirst().number(), now);
            keys = stored();
        }
        return keys;
    }

    private List<Key> stored() {
        var rows = db.sql("""
                select number, kid, salt, encrypted, public_key, signs_from from signing_keys order by number desc
                """).query(Row.class).list();
        var keys = new ArrayList<Key>();
        var until = Instant.MAX;
        for (var row : rows) {
            keys.add(new Key(row.number(), jwk(row), row.signsFrom(), until));
            until = row.signsFrom();
        }
        return List.copyOf(keys);
    }

    /** Of several instances that make the next key at once, the first one's is kept. */
    private void make(int after, Instant signsFrom) {
        var key = generated();
        var salt = KeyGenerators.string().generateKey();
        var encrypted = Encryptors.delux(secret, salt).encrypt(key.toJSONString());
        transaction.executeWithoutResult(_ -> {
            int made = db.sql("""
                    insert into signing_keys (number, kid, salt, encrypted, signs_from)
                    values (:number, :kid, :salt, :encrypted, :from) on conflict do nothing
                    """).param("number", after + 1).param("kid", key.getKeyID()).param("salt", salt)
                    .param("encrypted", encrypted).param("from", Timestamp.from(signsFrom)).update();
            if (made == 1) {
                securityLog.record(SecurityEntry.done(SecurityKind.SIGNING_KEY_MADE).of(key.getKeyID()));
                log.info("Made the signing key {}, which signs from {}", key.getKeyID(), signsFrom);
            }
        });
    }

    private RSAKey jwk(Row row) {
        return known.stream().map(Key::jwk)
                .filter(key -> key.getKeyID().equals(row.kid()) && key.isPrivate() == (row.encrypted() != null))
                .findFirst().orElseGet(() -> parsed(row));
    }

    private RSAKey parsed(Row row) {
        try {
            return RSAKey.parse(row.encrypted() == null || row.salt() == null
                    ? row.publicKey()
                    : Encryptors.delux(secret, row.salt()).decrypt(row.encrypted()));
        } catch (IllegalStateException | ParseException e) {
            throw new IllegalStateException("ATES_KEY_SECRET is not the one that the signing key was encrypted with;"
                    + " set the right one, or withdraw all keys as docs/operations.md says", e);
        }
    }

    private static RSAKey generated() {
        try {
            return new RSAKeyGenerator(BITS).keyUse(KeyUse.SIGNATURE).keyID(Ids.next().toString()).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException("Every Java platform makes RSA keys", e);
        }
    }
}
