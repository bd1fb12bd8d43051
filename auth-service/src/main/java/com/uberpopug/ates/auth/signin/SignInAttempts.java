package com.uberpopug.ates.auth.signin;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Limits password attempts: ten in five minutes per login, over all instances, whether the login exists or not. */
@Component
class SignInAttempts {

    private static final int MAX_ATTEMPTS = 10;
    private static final Duration WINDOW = Duration.ofMinutes(5);

    private final JdbcClient db;
    private final Clock clock;

    SignInAttempts(JdbcClient db, Clock clock) {
        this.db = db;
        this.clock = clock;
    }

    /**
     * Counts an attempt and returns whether it is allowed. Counting comes first, so that concurrent attempts are
     * bounded too.
     */
    boolean admit(String login) {
        var now = clock.instant();
        return db.sql("""
                insert into sign_in_attempts as attempts (login_hash, count, first_at)
                values (sha256(convert_to(:login, 'UTF8')), 1, :now)
                on conflict (login_hash) do update
                   set count = case when attempts.first_at <= :before then 1 else attempts.count + 1 end,
                       first_at = case when attempts.first_at <= :before then :now else attempts.first_at end
                returning count
                """)
                .param("login", login).param("now", Timestamp.from(now))
                .param("before", Timestamp.from(now.minus(WINDOW))).query(Integer.class).single() <= MAX_ATTEMPTS;
    }

    /** Resets the count after the right password. */
    void forget(String login) {
        db.sql("delete from sign_in_attempts where login_hash = sha256(convert_to(:login, 'UTF8'))")
                .param("login", login).update();
    }

    void deleteExpired() {
        db.sql("delete from sign_in_attempts where first_at <= :before")
                .param("before", Timestamp.from(clock.instant().minus(WINDOW))).update();
    }
}
