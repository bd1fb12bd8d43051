package com.uberpopug.ates.auth.user;

import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What users are signed in with: their sessions here, and what clients hold to get tokens for them. */
@Component
class SignIns {

    private final JdbcClient db;

    SignIns(JdbcClient db) {
        this.db = db;
    }

    /** Ends all of a user's, within the caller's transaction; an access token ends by itself within five minutes. */
    void end(UUID userId) {
        db.sql("delete from spring_session where principal_name = :id").param("id", userId.toString()).update();
        db.sql("delete from oauth2_authorization where principal_name = :id").param("id", userId.toString()).update();
    }
}
