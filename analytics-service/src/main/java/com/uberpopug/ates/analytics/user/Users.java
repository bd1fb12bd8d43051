package com.uberpopug.ates.analytics.user;

import com.uberpopug.ates.platform.events.SqlArray;
import com.uberpopug.ates.platform.web.security.Role;
import com.uberpopug.ates.platform.web.security.UserDirectory;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Owns each user's role, activity and language; no other data of users is stored. */
@Repository
class Users implements UserDirectory {

    /** The sequence of a user's erasure, above all others. */
    static final long FINAL = Long.MAX_VALUE;

    private final JdbcClient db;

    Users(JdbcClient db) {
        this.db = db;
    }

    /** A user's state after a number of changes. */
    record Standing(UUID userId, long sequence, String role, boolean active, @Nullable String language) {
    }

    void update(Collection<Standing> standings) {
        db.sql("""
                insert into users (user_id, sequence, role, active, language)
                select distinct on (user_id) user_id, sequence, role, active, language
                  from unnest(:users, :sequences, :roles, :active, :languages)
                       as standing (user_id, sequence, role, active, language)
                 order by user_id, sequence desc
                on conflict (user_id) do update
                   set sequence = excluded.sequence, role = excluded.role, active = excluded.active,
                       language = excluded.language
                 where excluded.sequence > users.sequence
                """)
                .param("users", SqlArray.uuids(standings, Standing::userId))
                .param("sequences", SqlArray.longs(standings, Standing::sequence))
                .param("roles", SqlArray.texts(standings, Standing::role))
                .param("active", SqlArray.booleans(standings, Standing::active))
                .param("languages", SqlArray.texts(standings, Standing::language))
                .update();
    }

    @Override
    public Optional<Membership> find(UUID userId) {
        return profile(userId).map(Profile::membership);
    }

    @Override
    public Optional<Profile> profile(UUID userId) {
        return db.sql("select role, active, language from users where user_id = :user").param("user", userId)
                .query((row, _) -> {
                    // An unknown role grants nothing.
                    var role = Role.of(row.getString("role"));
                    return new Profile(
                            new Membership(role.orElse(Role.POPUG), role.isPresent() && row.getBoolean("active")),
                            null, row.getString("language"));
                }).optional();
    }
}
