package com.uberpopug.ates.auth.oidc;

import java.sql.Timestamp;
import java.time.Clock;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Deletes authorizations without an unexpired token. A locked row is left to the next run. */
@Component
class ExpiredAuthorizations {

    private static final int AT_ONCE = 1_000;

    private final JdbcClient db;
    private final Clock clock;

    ExpiredAuthorizations(JdbcClient db, Clock clock) {
        this.db = db;
        this.clock = clock;
    }

    void delete() {
        while (deleteSome() == AT_ONCE) {
            // Short transactions, so that no request waits for this job.
        }
    }

    private int deleteSome() {
        return db
                .sql("""
                        delete from oauth2_authorization
                         where id = any(array(
                            select id from oauth2_authorization
                             where greatest(authorization_code_expires_at, access_token_expires_at, device_code_expires_at)
                                   < :now
                             limit :most for update skip locked))
                        """)
                .param("now", Timestamp.from(clock.instant())).param("most", AT_ONCE).update();
    }
}
