package com.uberpopug.ates.auth.attempt;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Bounds the attempts to guess a password, over all instances and at every place where one is checked, whether the
 * login exists or not. A device on which the user has signed in has a budget of its own, which strangers cannot spend:
 * see OWASP's "device cookies". All other devices share the budgets of the login, of their address, and of both. The
 * first attempt at a login from an address is not counted with the further ones of others, so that a few strangers who
 * guess build no wall before a user on a new device.
 *
 * <p>A budget is a leaky bucket: a number of attempts at once, and then one each step. A right password gives its
 * attempt back, and a new password starts all budgets of its login anew.
 */
@Component
public class SignInAttempts {

    private static final String HMAC = "HmacSHA256";

    /** The budgets, and so the attempts in a day. */
    enum Budget {
        /** 10, and one every 5 minutes: 298 a day. */
        LOGIN_AT_SOURCE(10, Duration.ofMinutes(5)),
        /** 50, and one every 15 minutes: 146 a day, by all strangers together. */
        LOGIN(50, Duration.ofMinutes(15)),
        /** 100, and one a minute: 1,540 a day, for all logins together. */
        SOURCE(100, Duration.ofMinutes(1)),
        /** 150, and one every 5 minutes: the first attempts at a login from all addresses. */
        LOGIN_FIRST(150, Duration.ofMinutes(5)),
        /** As for a login at an address. */
        DEVICE(10, Duration.ofMinutes(5));

        private static final int SLOTS = 1 << 16;

        private final int atOnce;
        private final Duration step;

        Budget(int atOnce, Duration step) {
            this.atOnce = atOnce;
            this.step = step;
        }

        boolean allows(Instant spentUntil, Instant now) {
            return !spentUntil.isAfter(now.plus(step.multipliedBy(atOnce)));
        }

        /** @param hash of the key of the bucket */
        private int slot(byte[] hash) {
            return ordinal() * SLOTS + (ByteBuffer.wrap(hash).getShort() & 0xFFFF);
        }
    }

    /**
     * An attempt.
     *
     * @param login as typed, lower-cased
     * @param userId null if nobody has this login
     * @param passwordHash of the current password; with another one, all budgets of the login are new
     */
    public record Attempt(String login, @Nullable UUID userId, String passwordHash, Origin origin) {

        private String account() {
            return login + "\n" + passwordHash;
        }
    }

    /** A bucket of a budget. */
    private record Share(Budget budget, int slot) {
    }

    private final JdbcClient db;
    private final KnownDevices devices;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final SecretKeySpec key;

    /** @param keySecret with it, nobody else can find two addresses or logins that share a bucket */
    SignInAttempts(JdbcClient db, KnownDevices devices, TransactionTemplate transaction, Clock clock,
            @Value("${ates.key-secret:}") String keySecret) {
        this.db = db;
        this.devices = devices;
        this.transaction = transaction;
        this.clock = clock;
        key = new SecretKeySpec(("buckets of attempts " + keySecret).getBytes(StandardCharsets.UTF_8), HMAC);
    }

    private Share share(Budget budget, String of) {
        try {
            var mac = Mac.getInstance(HMAC);
            mac.init(key);
            return new Share(budget, budget.slot(mac.doFinal(of.getBytes(StandardCharsets.UTF_8))));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has " + HMAC, e);
        }
    }

    private Share loginAtSource(Attempt attempt) {
        return share(Budget.LOGIN_AT_SOURCE, attempt.account() + "\n" + attempt.origin.source());
    }

    /** Of the login and of the address, in the order in which all transactions lock them. */
    private List<Share> others(Attempt attempt, boolean isFirst) {
        return Stream.of(share(isFirst ? Budget.LOGIN_FIRST : Budget.LOGIN, attempt.account()),
                share(Budget.SOURCE, attempt.origin.source())).sorted(Comparator.comparingInt(Share::slot)).toList();
    }

    /** Whether a bucket that is spent until an instant has one attempt in it. */
    private static boolean isFirst(Instant spentUntil, Instant now) {
        return !spentUntil.isAfter(now.plus(Budget.LOGIN_AT_SOURCE.step));
    }

    /**
     * Counts an attempt and returns whether it is allowed; a refused one spends nothing. Counting comes before checking,
     * so that concurrent attempts are bounded too.
     */
    public boolean admit(Attempt attempt) {
        var now = clock.instant();
        return transaction.execute(status -> {
            boolean allowed = known(attempt)
                    .map(device -> Budget.DEVICE.allows(spend(device, now), now))
                    .orElseGet(() -> allowsStranger(attempt, now));
            if (!allowed) {
                status.setRollbackOnly();
            }
            return allowed;
        });
    }

    private boolean allowsStranger(Attempt attempt, Instant now) {
        var spentUntil = spend(loginAtSource(attempt), now);
        return Budget.LOGIN_AT_SOURCE.allows(spentUntil, now) && others(attempt, isFirst(spentUntil, now)).stream()
                .allMatch(share -> share.budget.allows(spend(share, now), now));
    }

    /** Starts the device's budget anew after the right password, or gives the attempt back to those of strangers. */
    public void succeeded(Attempt attempt) {
        known(attempt).ifPresentOrElse(
                device -> db.sql("update known_devices set spent_until = used_at where token_hash = ?").param(device)
                        .update(),
                () -> delete(loginAtSource(attempt)).ifPresent(spentUntil -> others(attempt,
                        isFirst(spentUntil, clock.instant())).forEach(this::giveBack)));
    }

    /** Gives back an attempt whose password was not checked. */
    public void withdraw(Attempt attempt) {
        known(attempt).ifPresentOrElse(
                device -> db.sql("""
                        update known_devices set spent_until = spent_until - make_interval(secs => :step)
                         where token_hash = :hash
                        """).param("step", Budget.DEVICE.step.toSeconds()).param("hash", device).update(),
                () -> giveBack(loginAtSource(attempt)).ifPresent(spentUntil -> others(attempt,
                        isFirst(spentUntil, clock.instant())).forEach(this::giveBack)));
    }

    /** Starts the budget of an address anew, whose user has proven by a link that they may sign in. */
    public void trust(Origin origin) {
        delete(share(Budget.SOURCE, origin.source()));
    }

    void deleteExpired() {
        db.sql("delete from sign_in_attempts where spent_until <= ?").param(Timestamp.from(clock.instant())).update();
    }

    /** Whether the user has signed in on the device of the attempt. */
    public boolean isOfKnownDevice(Attempt attempt) {
        return known(attempt).isPresent();
    }

    private Optional<byte[]> known(Attempt attempt) {
        return Optional.ofNullable(attempt.userId).flatMap(user -> devices.find(user, attempt.origin.devices()));
    }

    private Instant spend(byte[] device, Instant now) {
        return db.sql("""
                update known_devices set spent_until = greatest(spent_until, :now) + make_interval(secs => :step)
                 where token_hash = :hash returning spent_until
                """).param("now", Timestamp.from(now)).param("step", Budget.DEVICE.step.toSeconds())
                .param("hash", device).query(Timestamp.class).optional().map(Timestamp::toInstant)
                // Forgotten at this moment.
                .orElse(Instant.MAX);
    }

    private Instant spend(Share share, Instant now) {
        return db.sql("""
                insert into sign_in_attempts as attempts (slot, spent_until)
                values (:slot, cast(:now as timestamptz) + make_interval(secs => :step))
                on conflict (slot) do update
                   set spent_until = greatest(attempts.spent_until, :now) + make_interval(secs => :step)
                returning spent_until
                """).param("slot", share.slot).param("now", Timestamp.from(now))
                .param("step", share.budget.step.toSeconds()).query(Timestamp.class).single().toInstant();
    }

    /** Until when the bucket was spent; empty if it was full. */
    private Optional<Instant> giveBack(Share share) {
        return db.sql("""
                update sign_in_attempts set spent_until = spent_until - make_interval(secs => :step)
                 where slot = :slot returning spent_until + make_interval(secs => :step)
                """).param("step", share.budget.step.toSeconds()).param("slot", share.slot)
                .query(Timestamp.class).optional().map(Timestamp::toInstant);
    }

    /** Until when the bucket was spent; empty if it was full. */
    private Optional<Instant> delete(Share share) {
        return db.sql("delete from sign_in_attempts where slot = ? returning spent_until").param(share.slot)
                .query(Timestamp.class).optional().map(Timestamp::toInstant);
    }
}
