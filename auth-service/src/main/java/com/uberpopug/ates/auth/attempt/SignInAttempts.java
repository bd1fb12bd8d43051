package com.uberpopug.ates.auth.attempt;

import com.uberpopug.ates.platform.events.Hmac;
import java.nio.ByteBuffer;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Bounds the attempts to guess a password, over all instances and at every place where one is checked, whether the
 * login exists or not. A device on which the user has signed in has a budget of its own, which strangers cannot spend:
 * see OWASP's "device cookies". All other devices share the budgets of the login, of their address, and of both. An
 * attempt at a login from an address that has made none of late counts in a budget of its own: strangers who have spent
 * their guesses do not stop a user on a new device. Some that come back every few minutes, for hours, do.
 *
 * <p>A budget is a leaky bucket: a number of attempts at once, and then one each step. A right password gives its
 * attempt back, and a new password starts all budgets of its login anew.
 */
@Component
public class SignInAttempts {

    /** The budgets, and so the attempts in a day; transactions lock their buckets in this order. */
    enum Budget {
        /** 10, and one every 5 minutes: 298 a day. */
        LOGIN_AT_SOURCE(10, Duration.ofMinutes(5)),
        /** 150, and one every 5 minutes: 438 a day, from addresses without another attempt in the last 5 minutes. */
        LOGIN_FIRST(150, Duration.ofMinutes(5)),
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
    }

    /** A bucket of a budget. */
    private record Share(Budget budget, int slot) {
    }

    private final JdbcClient db;
    private final KnownDevices devices;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final Hmac hmac;

    /** @param keySecret with it, nobody else can find two addresses or logins that share a bucket */
    SignInAttempts(JdbcClient db, KnownDevices devices, TransactionTemplate transaction, Clock clock,
            @Value("${ates.key-secret:}") String keySecret) {
        this.db = db;
        this.devices = devices;
        this.transaction = transaction;
        this.clock = clock;
        hmac = new Hmac("buckets of attempts " + keySecret);
    }

    private Share share(Budget budget, String of) {
        return new Share(budget, budget.slot(hmac.of(of)));
    }

    /**
     * An attempt that was counted, which {@link #succeeded} or {@link #withdraw} gives back.
     *
     * @param device the hash of the known device's token; null for others
     * @param spent in which buckets it was counted; none for a known device
     */
    public record Admitted(byte @Nullable [] device, List<Share> spent) {

        /** Whether the user has signed in on this device. */
        public boolean isOfKnownDevice() {
            return device != null;
        }
    }

    /**
     * Counts an attempt; empty if it is refused, and then it spends nothing. Counting comes before checking, so that
     * concurrent attempts are bounded too.
     */
    public Optional<Admitted> admit(Attempt attempt) {
        var now = clock.instant();
        return transaction.execute(status -> {
            var device = known(attempt);
            var admitted = device.isPresent()
                    ? device.filter(token -> Budget.DEVICE.allows(spend(token, now), now))
                            .map(token -> new Admitted(token, List.of()))
                    : admitStranger(attempt, now);
            if (admitted.isEmpty()) {
                status.setRollbackOnly();
            }
            return admitted;
        });
    }

    private Optional<Admitted> admitStranger(Attempt attempt, Instant now) {
        var login = attempt.login + "\n" + attempt.passwordHash;
        var source = attempt.origin.source();
        var spent = new ArrayList<Share>();
        var atSource = share(Budget.LOGIN_AT_SOURCE, login + "\n" + source);
        var spentUntil = spend(atSource, now);
        if (!Budget.LOGIN_AT_SOURCE.allows(spentUntil, now)) {
            return Optional.empty();
        }
        spent.add(atSource);
        boolean isFirst = !spentUntil.isAfter(now.plus(Budget.LOGIN_AT_SOURCE.step));
        boolean isAllowed = (isFirst && take(share(Budget.LOGIN_FIRST, login), now, spent)
                || take(share(Budget.LOGIN, login), now, spent)) && take(share(Budget.SOURCE, source), now, spent);
        return isAllowed ? Optional.of(new Admitted(null, spent)) : Optional.empty();
    }

    private boolean take(Share share, Instant now, List<Share> spent) {
        if (!share.budget.allows(spend(share, now), now)) {
            giveBack(share);
            return false;
        }
        spent.add(share);
        return true;
    }

    /** Starts the device's budget anew after the right password, or gives the attempt back to those of strangers. */
    public void succeeded(Admitted attempt) {
        if (attempt.device != null) {
            db.sql("update known_devices set spent_until = used_at where token_hash = ?").param(attempt.device)
                    .update();
        }
        attempt.spent.forEach(share -> {
            if (share.budget == Budget.LOGIN_AT_SOURCE) {
                delete(share);
            } else {
                giveBack(share);
            }
        });
    }

    /** Gives back an attempt whose password was not checked. */
    public void withdraw(Admitted attempt) {
        if (attempt.device != null) {
            db.sql("""
                    update known_devices set spent_until = spent_until - make_interval(secs => :step)
                     where token_hash = :hash
                    """).param("step", Budget.DEVICE.step.toSeconds()).param("hash", attempt.device).update();
        }
        attempt.spent.forEach(this::giveBack);
    }

    /** Starts the budget of an address anew, whose user has proven by a link that they may sign in. */
    public void trust(Origin origin) {
        delete(share(Budget.SOURCE, origin.source()));
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
