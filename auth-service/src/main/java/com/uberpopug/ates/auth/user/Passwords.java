package com.uberpopug.ates.auth.user;

import com.uberpopug.ates.auth.attempt.KnownDevices;
import com.uberpopug.ates.auth.attempt.Origin;
import com.uberpopug.ates.auth.attempt.SignInAttempts.Attempt;
import com.uberpopug.ates.auth.attempt.SignInAttempts;
import com.uberpopug.ates.auth.session.SignIns;
import com.uberpopug.ates.auth.user.PasswordRules.Rule;
import com.uberpopug.ates.platform.events.Sha256;
import com.uberpopug.ates.platform.events.security.SecurityEntry;
import com.uberpopug.ates.platform.events.security.SecurityKind;
import com.uberpopug.ates.platform.events.security.SecurityLog;
import java.net.URI;
import java.security.SecureRandom;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.function.SingletonSupplier;

/** Owns passwords and the one-time links to choose one; both are stored only as hashes. */
@Service
class Passwords {

    static final Duration LINK_IS_VALID_FOR = Duration.ofHours(24);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String VALID = """
            select link.user_id, link.made_by, maker.display_name as maker, link.made_at
              from password_links link join users maker on maker.id = link.made_by
             where link.expires_at > :now and maker.role = 'ADMIN' and maker.active""";

    private final JdbcClient db;
    private final Users users;
    private final SignIns signIns;
    private final SecurityLog securityLog;
    private final PasswordNotices notices;
    private final SignInAttempts attempts;
    private final KnownDevices devices;
    private final PasswordRules rules;
    private final PasswordEncoder encoder;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final String issuer;
    private final Supplier<String> unknown;

    Passwords(JdbcClient db, Users users, SignIns signIns, SecurityLog securityLog, PasswordNotices notices,
            SignInAttempts attempts, KnownDevices devices, PasswordRules rules,
            @Qualifier(PasswordHashes.FOR_KNOWN) PasswordEncoder encoder,
            TransactionTemplate transaction,
            Clock clock,
            @Value("${ates.issuer}") String issuer) {
        this.db = db;
        this.users = users;
        this.signIns = signIns;
        this.securityLog = securityLog;
        this.notices = notices;
        this.attempts = attempts;
        this.devices = devices;
        this.rules = rules;
        this.encoder = encoder;
        this.transaction = transaction;
        unknown = SingletonSupplier.of(() -> hash(Password.of(UUID.randomUUID().toString())));
        this.clock = clock;
        this.issuer = issuer;
    }

    String hash(Password password) {
        return Objects.requireNonNull(encoder.encode(password.typed()));
    }

    /** The hash of a password that nobody knows: no sign-in before the user has chosen one. */
    String hashOfUnknown() {
        return unknown.get();
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
    public Renewal renewLink(UUID userId, UUID madeBy) {
        // The maker is locked, too: links end with the maker's rights.
        var user = users.lockForChange(userId).map(Users.Locked::user);
        if (user.isEmpty()) {
            return new Renewal.UnknownUser();
        }
        return user.get().profile().active() ? new Renewal.Done(linkFor(userId, madeBy)) : new Renewal.Deactivated();
    }

    /**
     * Creates a link that sets a password once within a day; earlier links become void. It ends before if its user
     * changes in any way, or if its maker is no longer an active admin.
     */
    @Transactional
    public URI linkFor(UUID userId, UUID madeBy) {
        if (users.lock(madeBy).filter(maker -> maker.profile().isActiveAdmin()).isEmpty()) {
            throw new AccessDeniedException("Only an admin makes links");
        }
        var random = new byte[32];
        RANDOM.nextBytes(random);
        var token = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        var now = clock.instant();
        db.sql("delete from password_links where user_id = :user or expires_at <= :now").param("user", userId)
                .param("now", Timestamp.from(now)).update();
        db.sql("""
                insert into password_links (token_hash, user_id, expires_at, made_by, made_at)
                values (:hash, :user, :expires, :maker, :now)
                """).param("hash", Sha256.of(token)).param("user", userId)
                .param("expires", Timestamp.from(now.plus(LINK_IS_VALID_FOR))).param("maker", madeBy)
                .param("now", Timestamp.from(now)).update();
        securityLog.record(SecurityEntry.done(SecurityKind.LINK_MADE).about(userId));
        notices.send(PasswordNotice.Kind.LINK_MADE, userId, madeBy, now);
        return URI.create(issuer + "/first-password?token=" + token);
    }

    /** Ends the links to a changed user, and those that the user made as an admin and may not make any more. */
    void endLinks(User changed) {
        db.sql("delete from password_links where user_id = :user or made_by = :user and not :admin")
                .param("user", changed.id()).param("admin", changed.profile().isActiveAdmin()).update();
    }

    /**
     * A valid link.
     *
     * @param madeBy the admin who made it
     * @param maker the admin's name
     */
    record Link(UUID userId, UUID madeBy, String maker, Instant madeAt) {
    }

    /** The valid link to a user. */
    Optional<Link> linkTo(UUID userId) {
        return db.sql(VALID + " and link.user_id = :user").param("now", Timestamp.from(clock.instant()))
                .param("user", userId).query(Link.class).optional();
    }

    /** A valid link; empty if it was used, is void, expired or unknown. */
    Optional<Link> link(String token) {
        return db.sql(VALID + " and link.token_hash = :hash").param("now", Timestamp.from(clock.instant()))
                .param("hash", Sha256.of(token)).query(Link.class).optional();
    }

    /** The outcome of the choice of a password. */
    sealed interface Choice {

        record Done(UUID userId) implements Choice {
        }

        record Broken(Rule rule) implements Choice {
        }

        /** The link was used, is void, expired or unknown. */
        record LinkIsVoid() implements Choice {
        }

        record WrongPassword() implements Choice {
        }

        /** The current password was not checked. */
        record TooManyAttempts() implements Choice {
        }
    }

    /**
     * Uses a link once, and ends all sign-ins of the user everywhere. The attempts to guess the old password no longer
     * count.
     */
    Choice choose(String token, Password password, Origin origin) {
        var link = link(token);
        var user = link.map(Link::userId).flatMap(users::findById);
        if (link.isEmpty() || user.isEmpty()) {
            return linkIsVoid();
        }
        var broken = broken(user.get(), password);
        if (broken.isPresent()) {
            return broken.get();
        }
        // Outside of the transaction: a hash takes long, and may have to wait.
        var hash = hash(password);
        // Lock order: the user first, then the link.
        var choice = transaction
                .execute(_ -> users.lock(user.get().id()).filter(_ -> useUp(token)).<Choice>map(owner -> {
                    replace(owner, hash);
                    attempts.trust(origin);
                    securityLog.record(SecurityEntry.done(SecurityKind.LINK_USED).by(owner.id()).about(owner.id()));
                    notices.send(PasswordNotice.Kind.LINK_USED, owner.id(), link.get().madeBy(),
                            clock.instant());
                    return new Choice.Done(owner.id());
                }).orElseGet(Choice.LinkIsVoid::new));
        return choice instanceof Choice.LinkIsVoid ? linkIsVoid() : choice;
    }

    private Choice linkIsVoid() {
        securityLog.recordFailure(SecurityEntry.failed(SecurityKind.LINK_USED));
        return new Choice.LinkIsVoid();
    }

    /**
     * Replaces the password of a user who knows the current one, and ends all of their sign-ins everywhere, including
     * the calling session. A wrong one counts as at the sign-in.
     */
    Choice change(UUID userId, Password current, Password chosen, Origin origin) {
        var choice = changeTo(userId, current, chosen, origin);
        if (choice instanceof Choice.WrongPassword || choice instanceof Choice.TooManyAttempts) {
            securityLog.recordFailure(SecurityEntry.failed(SecurityKind.PASSWORD_CHANGE).by(userId).about(userId));
        }
        return choice;
    }

    private Choice changeTo(UUID userId, Password current, Password chosen, Origin origin) {
        var user = users.findById(userId).orElseThrow();
        var broken = broken(user, chosen);
        if (broken.isPresent()) {
            return broken.get();
        }
        var known = user.passwordHash();
        var attempt = new Attempt(user.login(), userId, known, origin);
        var admitted = attempts.admit(attempt);
        if (admitted.isEmpty()) {
            return new Choice.TooManyAttempts();
        }
        String hash;
        try {
            if (!encoder.matches(current.typed(), known)) {
                return new Choice.WrongPassword();
            }
            hash = hash(chosen);
        } catch (TooManyPasswordsException e) {
            attempts.withdraw(admitted.get());
            throw e;
        }
        attempts.succeeded(admitted.get());
        // A sign-in may have replaced the hash of the same password meanwhile.
        return transaction.execute(_ -> users.lock(userId)
                .filter(owner -> owner.passwordHash().equals(known)
                        || encoder.matches(current.typed(), owner.passwordHash()))
                .<Choice>map(owner -> {
                    replace(owner, hash);
                    securityLog.record(SecurityEntry.done(SecurityKind.PASSWORD_CHANGE).by(userId).about(userId));
                    return new Choice.Done(userId);
                }).orElseGet(Choice.WrongPassword::new));
    }

    private void replace(User owner, String hash) {
        owner.choosePassword(hash);
        signIns.endAll(owner.id());
        devices.forget(owner.id());
        endLinks(owner);
    }

    private Optional<Choice> broken(User user, Password chosen) {
        return rules.broken(chosen, user.login(), user.profile()).map(Choice.Broken::new);
    }

    private boolean useUp(String token) {
        return db.sql("""
                delete from password_links link using users maker
                 where link.token_hash = :hash and link.expires_at > :now
                   and maker.id = link.made_by and maker.role = 'ADMIN' and maker.active
                """)
                .param("hash", Sha256.of(token)).param("now", Timestamp.from(clock.instant())).update() == 1;
    }
}
