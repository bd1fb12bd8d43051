package com.uberpopug.ates.analytics.user;

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
        var newest = Newest.of(states);
        UserCopy.with(newest, db.sql("""
                insert into users (user_id, sequence, role, active, language, record_offset, record_millis,
                                   settled_offset, settled_millis)
                select user_id, sequence, role, active, language, record_offset, record_millis,
                       settled_offset, settled_millis
                  from unnest(:ids, :sequences, :roles, :actives, :languages, :recordOffsets, :recordMillis,
                              :settledOffsets, :settledMillis)
                       as state (user_id, sequence, role, active, language, record_offset, record_millis,
                                 settled_offset, settled_millis)
                 order by user_id
                on conflict (user_id) do update
                   set sequence = excluded.sequence, role = excluded.role, active = excluded.active,
                       language = excluded.language, record_offset = excluded.record_offset,
                       record_millis = excluded.record_millis,
                       settled_offset = coalesce(excluded.settled_offset, users.settled_offset),
                       settled_millis = coalesce(excluded.settled_millis, users.settled_millis)
                 where
                """ + IS_NEWER))
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
