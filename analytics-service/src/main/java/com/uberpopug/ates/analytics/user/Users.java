package com.uberpopug.ates.analytics.user;

import com.uberpopug.ates.platform.jdbc.SqlArray;
import com.uberpopug.ates.platform.security.Role;
import com.uberpopug.ates.platform.security.UserDirectory;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Each user's role, and whether they are active; nothing else is kept of them. */
@Repository
class Users implements UserDirectory {

    /** The sequence of a user's erasure: nothing comes after it. */
    static final long FINAL = Long.MAX_VALUE;

    private final JdbcClient db;

    Users(JdbcClient db) {
        this.db = db;
    }

    /** A user's standing after so many changes. */
    record Standing(UUID userId, long sequence, String role, boolean active) {
    }

    void update(Collection<Standing> standings) {
        db.sql("""
                insert into users (user_id, sequence, role, active)
                select distinct on (user_id) user_id, sequence, role, active
                  from unnest(:users, :sequences, :roles, :active) as standing (user_id, sequence, role, active)
                 order by user_id, sequence desc
                on conflict (user_id) do update
                   set sequence = excluded.sequence, role = excluded.role, active = excluded.active
                 where excluded.sequence > users.sequence
                """)
                .param("users", SqlArray.uuids(standings, Standing::userId))
                .param("sequences", SqlArray.longs(standings, Standing::sequence))
                .param("roles", SqlArray.texts(standings, Standing::role))
                .param("active", SqlArray.booleans(standings, Standing::active))
                .update();
    }

    @Override
    public Optional<Membership> find(UUID userId) {
        return db.sql("select role, active from users where user_id = :user").param("user", userId)
                .query((row, _) -> {
                    // A role that is not known here grants nothing.
                    var role = Role.of(row.getString("role"));
                    return new Membership(role.orElse(Role.POPUG), role.isPresent() && row.getBoolean("active"));
                }).optional();
    }
}
