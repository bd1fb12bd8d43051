package com.uberpopug.ates.auth.attempt;

import com.uberpopug.ates.platform.events.Sha256;
import java.nio.ByteBuffer;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Bounds the attempts to guess a password, over all instances and at every place where one is checked, whether the
 * login exists or not. A device on which the user has signed in has a budget of its own, which strangers cannot spend:
 * see OWASP's "device cookies". All other devices share the budgets of the login, of their address, and of both.
 *
 * <p>A budget is a leaky bucket: a number of attempts at once, and then one each step. A right password gives its
 * attempt back, and a new password starts all budgets of its login anew.
 */
@Component
public class SignInAttempts {

    /** The budgets, and so the attempts in a day. */
    enum Budget {
        /** 10, and one every 5 minutes: 298 a day. */
        LOGIN_AT_SOURCE(10, Duration.ofMinutes(5)),
        /** 50, and one every 15 minutes: 146 a day, by all strangers together. */
        LOGIN(50, Duration.ofMinutes(15)),
        /** 100, and one a minute: 1,540 a day, for all logins together. */
        SOURCE(100, Duration.ofMinutes(1)),
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

        private int slot(String key) {
            return ordinal() * SLOTS + (ByteBuffer.wrap(Sha256.of(key)).getShort() & 0xFFFF);
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

        private List<Share> shares() {
            var account = login + "\n" + passwordHash;
            return Stream.of(new Share(Budget.LOGIN, Budget.LOGIN.slot(account)), sourceShare(),
                    new Share(Budget.LOGIN_AT_SOURCE, Budget.LOGIN_AT_SOURCE.slot(account + "\n" + origin.source())))
                    .sorted(Comparator.comparingInt(Share::slot)).toList();
        }

        private Share sourceShare() {
            return new Share(Budget.SOURCE, Budget.SOURCE.slot(origin.source()));
        }
    }

    private record Share(Budget budget, int slot) {
    }

    private final JdbcClient db;
    private final KnownDevices devices;
    private final TransactionTemplate transaction;
    private final Clock clock;

    SignInAttempts(JdbcClient db, KnownDevices devices, TransactionTemplate transaction, Clock clock) {
        this.db = db;
        this.devices = devices;
        this.transaction = transaction;
        this.clock = clock;
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
                    .orElseGet(() -> attempt.shares().stream()
                            .allMatch(share -> share.budget.allows(spend(share, now), now)));
            if (!allowed) {
                status.setRollbackOnly();
            }
            return allowed;
        });
    }

    /** Starts the device's budget anew after the right password, or gives the attempt back to those of strangers. */
    public void succeeded(Attempt attempt) {
        known(attempt).ifPresentOrElse(
                device -> db.sql("update known_devices set spent_until = used_at where token_hash = ?").param(device)
                        .update(),
                () -> attempt.shares().forEach(share -> {
                    if (share.budget == Budget.LOGIN_AT_SOURCE) {
                        delete(share);
                    } else {
                        giveBack(share);
                    }
                }));
    }

    /** Gives back an attempt whose password was not checked. */
    public void withdraw(Attempt attempt) {
        known(attempt).ifPresentOrElse(
                device -> db.sql("""
                        update known_devices set spent_until = spent_until - make_interval(secs => :step)
                         where token_hash = :hash
                        """).param("step", Budget.DEVICE.step.toSeconds()).param("hash", device).update(),
                () -> attempt.shares().forEach(this::giveBack));
    }

    /** Starts the budget of an address anew, whose user has proven by a link that they may sign in. */
    public void trust(Origin origin) {
        delete(new Attempt("", null, "", origin).sourceShare());
    }

    void deleteExpired() {
        db.sql("delete from sign_in_attempts where spent_until <= ?").param(Timestamp.from(clock.instant())).update();
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

    private void giveBack(Share share) {
        db.sql("update sign_in_attempts set spent_until = spent_until - make_interval(secs => :step) where slot = :slot")
                .param("step", share.budget.step.toSeconds()).param("slot", share.slot).update();
    }

    private void delete(Share share) {
        db.sql("delete from sign_in_attempts where slot = ?").param(share.slot).update();
    }
}
