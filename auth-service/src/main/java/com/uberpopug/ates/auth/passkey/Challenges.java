package com.uberpopug.ates.auth.passkey;

import com.uberpopug.ates.platform.pages.PageProperties;
import com.uberpopug.ates.platform.pages.SealedText;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.web.webauthn.api.Bytes;
import org.springframework.stereotype.Component;

/**
 * The challenges that passkeys sign: random, for five minutes, for one use. The page that asks keeps its own, sealed,
 * so that strangers cause no rows and each tab has its own; only one that was answered is stored, until it expires.
 */
@Component
class Challenges {

    static final Duration VALID_FOR = Duration.ofMinutes(5);
    private static final String LINE = "\n";
    private static final int PARTS = 5;

    private final SealedText sealed;
    private final JdbcClient db;
    private final Clock clock;

    Challenges(PageProperties pages, JdbcClient db, Clock clock) {
        this.sealed = new SealedText(pages.clientSecret(), "auth-service passkeys");
        this.db = db;
        this.clock = clock;
    }

    /** The ceremony that a challenge is for. */
    enum Kind {
        REGISTRATION, SIGN_IN
    }

    /**
     * A challenge.
     *
     * @param user who alone may answer it; null if anybody may
     * @param label of the passkey to be registered; empty for a sign-in
     */
    record Challenge(Kind kind, @Nullable UUID user, Bytes bytes, Instant expiresAt, String label) {
    }

    Challenge create(Kind kind, @Nullable UUID user, Bytes bytes, String label) {
        return new Challenge(kind, user, bytes, clock.instant().plus(VALID_FOR), label);
    }

    String seal(Challenge challenge) {
        return sealed.seal(String.join(LINE, challenge.kind().name(),
                challenge.user() == null ? "" : challenge.user().toString(), challenge.bytes().toBase64UrlString(),
                Long.toString(challenge.expiresAt().toEpochMilli()), challenge.label()));
    }

    /** Empty unless it was made here, for this ceremony, at most five minutes ago. */
    Optional<Challenge> open(Kind kind, @Nullable String text) {
        return Optional.ofNullable(text).flatMap(sealed::open).map(opened -> opened.split(LINE, PARTS))
                .map(Challenges::challenge)
                .filter(challenge -> challenge.kind() == kind && challenge.expiresAt().isAfter(clock.instant()));
    }

    private static Challenge challenge(String[] parts) {
        return new Challenge(Kind.valueOf(parts[0]), parts[1].isEmpty() ? null : UUID.fromString(parts[1]),
                Bytes.fromBase64(parts[2]), Instant.ofEpochMilli(Long.parseLong(parts[3])), parts[4]);
    }

    /** Uses a challenge up in the caller's transaction; false if it was used before. */
    boolean use(Challenge challenge) {
        return db.sql("""
                insert into used_passkey_challenges (challenge_hash, expires_at) values (sha256(:challenge), :expires)
                on conflict do nothing
                """).param("challenge", challenge.bytes().getBytes())
                .param("expires", Timestamp.from(challenge.expiresAt())).update() == 1;
    }

    void deleteExpired() {
        db.sql("delete from used_passkey_challenges where expires_at <= :now")
                .param("now", Timestamp.from(clock.instant())).update();
    }
}
