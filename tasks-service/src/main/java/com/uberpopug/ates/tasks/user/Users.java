package com.uberpopug.ates.tasks.user;

import static java.util.stream.Collectors.toMap;

import com.uberpopug.ates.platform.events.SqlArray;
import com.uberpopug.ates.platform.web.security.UserCopy;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Who the users are, as far as this service has heard. */
@Repository
public class Users implements UserCopy {

    private final JdbcClient db;

    Users(JdbcClient db) {
        this.db = db;
    }

    /** Those who can be given tasks: the active popugs and accountants. */
    public List<UUID> activeWorkers() {
        return db.sql("select id from users where active and role in ('popug', 'accountant') order by id")
                .query(UUID.class).list();
    }

    /** Somebody as they are named on pages. */
    public record Person(UUID id, @Nullable String login, @Nullable String displayName) {
    }

    /** Who these are, as far as it is known; the erased have no name. */
    public Map<UUID, Person> named(Collection<UUID> ids) {
        return ids.isEmpty()
                ? Map.of()
                : db.sql("select id, login, display_name from users where id = any(:ids)")
                        .param("ids", SqlArray.uuids(ids)).query(Person.class).list().stream()
                        .collect(toMap(Person::id, person -> person));
    }

    public Optional<Person> withLogin(String login) {
        return db.sql("select id, login, display_name from users where login = folded(:login) limit 1")
                .param("login", login).query(Person.class).optional();
    }

    /** Some whose login or name begin with a text, in the order of their logins. */
    public List<Person> beginningWith(String text, int most) {
        return db.sql("""
                select id, login, display_name from users cross join folded(:text) as typed
                 where login is not null and (starts_with(login, typed) or starts_with(name_folded, typed))
                 order by login limit :most
                """).param("text", text).param("most", most)
                .query(Person.class).list();
    }

    @Override
    public Optional<Membership> find(UUID userId) {
        return profile(userId).map(Profile::membership);
    }

    @Override
    public Optional<Profile> profile(UUID userId) {
        return db.sql("select display_name, language, role, active from users where id = :id").param("id", userId)
                .query((row, _) -> new Profile(Membership.of(row.getString("role"), row.getBoolean("active")),
                        row.getString("display_name"), row.getString("language")))
                .optional();
    }

    @Override
    public void update(Collection<State> states) {
        var newest = Newest.of(states);
        UserCopy.with(newest, db.sql("""
                insert into users (id, login, display_name, language, role, active, sequence, record_offset,
                                   record_millis, settled_offset, settled_millis)
                select id, login, display_name, language, role, active, sequence, record_offset,
                       record_millis, settled_offset, settled_millis
                  from unnest(:ids, :logins, :names, :languages, :roles, :actives, :sequences, :recordOffsets,
                              :recordMillis, :settledOffsets, :settledMillis)
                       as state (id, login, display_name, language, role, active, sequence, record_offset,
                                 record_millis, settled_offset, settled_millis)
                 order by id
                on conflict (id) do update
                   set login = excluded.login, display_name = excluded.display_name,
                       language = excluded.language, role = excluded.role, active = excluded.active,
                       sequence = excluded.sequence, record_offset = excluded.record_offset,
                       record_millis = excluded.record_millis,
                       settled_offset = coalesce(excluded.settled_offset, users.settled_offset),
                       settled_millis = coalesce(excluded.settled_millis, users.settled_millis)
                 where
                """ + IS_NEWER))
                .param("logins", SqlArray.texts(newest, each -> each.state().login()))
                .param("names", SqlArray.texts(newest, each -> each.state().displayName()))
                .update();
    }
}
