package com.uberpopug.ates.analytics.user;

import com.uberpopug.ates.platform.events.SqlArray;
import com.uberpopug.ates.platform.web.security.UserCopy;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Owns each user's role, activity and language; no other data of users is stored. */
@Repository
class Users implements UserCopy {

    private final JdbcClient db;

    Users(JdbcClient db) {
        this.db = db;
    }

    @Override
    public void update(Collection<State> states) {
        db.sql("""
                insert into users (user_id, sequence, role, active, language)
                select distinct on (user_id) user_id, sequence, role, active, language
                  from unnest(:users, :sequences, :roles, :active, :languages)
                       as state (user_id, sequence, role, active, language)
                 order by user_id, sequence desc
                on conflict (user_id) do update
                   set sequence = excluded.sequence, role = excluded.role, active = excluded.active,
                       language = excluded.language
                 where excluded.sequence > users.sequence
                """)
                .param("users", SqlArray.uuids(states, State::id))
                .param("sequences", SqlArray.longs(states, State::sequence))
                .param("roles", SqlArray.texts(states, State::role))
                .param("active", SqlArray.booleans(states, State::active))
                .param("languages", SqlArray.texts(states, State::language))
                .update();
    }

    @Override
    public Optional<Membership> find(UUID userId) {
        return profile(userId).map(Profile::membership);
    }

    @Override
    public Optional<Profile> profile(UUID userId) {
        return db.sql("select role, active, language from users where user_id = :user").param("user", userId)
                .query((row, _) -> new Profile(Membership.of(row.getString("role"), row.getBoolean("active")), null,
                        row.getString("language")))
                .optional();
    }
}
