package com.uberpopug.ates.counting;

import com.uberpopug.ates.platform.web.security.Role;
import com.uberpopug.ates.platform.web.security.UserDirectory;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The service's own copy of the users. */
@Component
class Members implements UserDirectory {

    private final JdbcClient db;

    Members(JdbcClient db) {
        this.db = db;
    }

    @Override
    public Optional<Membership> find(UUID userId) {
        return db.sql("select role, active from members where id = :id").param("id", userId)
                .query((row, _) -> new Membership(Role.of(row.getString("role")).orElseThrow(),
                        row.getBoolean("active")))
                .optional();
    }
}
