package com.uberpopug.ates.accounting.user;

import static java.util.stream.Collectors.toMap;

import com.uberpopug.ates.platform.events.SqlArray;
import com.uberpopug.ates.platform.web.security.Role;
import com.uberpopug.ates.platform.web.security.UserDirectory;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Who the users are, as far as this service has heard; every worker among them has an account. */
@Repository
public class Users implements UserDirectory {

    private final JdbcClient db;

    Users(JdbcClient db) {
        this.db = db;
    }

    /** A user's state as of a fact; a higher sequence is newer. The role may be one that is not known here. */
    record User(UUID id, String login, String displayName, @Nullable String email, String language, String role,
            boolean active, long sequence) {
    }

    /**
     * Whom to write to.
     *
     * @param email null where no address is known
     */
    public record Recipient(@Nullable String displayName, @Nullable String email, @Nullable String language) {
    }

    /** What someone is called; both null once erased, and until they were heard of. */
    public record Person(UUID id, @Nullable String login, @Nullable String displayName) {
    }

    /** Those of these users who were heard of. */
    public Map<UUID, Person> named(Set<UUID> ids) {
        return ids.isEmpty()
                ? Map.of()
                : db.sql("select id, login, display_name from users where id = any(:ids)")
                        .param("ids", SqlArray.uuids(ids)).query(Person.class).list().stream()
                        .collect(toMap(Person::id, person -> person));
    }

    /** Whom to write to when writing to a user; empty where nothing was heard of them. */
    public Optional<Recipient> recipient(UUID userId) {
        return db.sql("select display_name, email, language from users where id = :id").param("id", userId)
                .query(Recipient.class).optional();
    }

    @Override
    public Optional<Membership> find(UUID userId) {
        return profile(userId).map(Profile::membership);
    }

    @Override
    public Optional<Profile> profile(UUID userId) {
        return db.sql("select display_name, language, role, active from users where id = :id").param("id", userId)
                .query((row, _) -> {
                    // A role that is not known here grants nothing.
                    var role = Role.of(row.getString("role"));
                    return new Profile(
                            new Membership(role.orElse(Role.POPUG), role.isPresent() && row.getBoolean("active")),
                            row.getString("display_name"), row.getString("language"));
                }).optional();
    }

    /** Takes over newer states; of several for one user the newest counts. */
    void update(Collection<User> states) {
        db.sql("""
                insert into users (id, login, display_name, email, language, role, active, sequence)
                select distinct on (id) id, login, display_name, email, language, role, active, sequence
                  from unnest(:ids, :logins, :names, :emails, :languages, :roles, :actives, :sequences)
                       as state (id, login, display_name, email, language, role, active, sequence)
                 order by id, sequence desc
                on conflict (id) do update
                   set login = excluded.login, display_name = excluded.display_name, email = excluded.email,
                       language = excluded.language, role = excluded.role, active = excluded.active,
                       sequence = excluded.sequence
                 where users.sequence < excluded.sequence
                """)
                .param("ids", SqlArray.uuids(states, User::id))
                .param("logins", SqlArray.texts(states, User::login))
                .param("names", SqlArray.texts(states, User::displayName))
                .param("emails", SqlArray.texts(states, User::email))
                .param("languages", SqlArray.texts(states, User::language))
                .param("roles", SqlArray.texts(states, User::role))
                .param("actives", SqlArray.booleans(states, User::active))
                .param("sequences", SqlArray.longs(states, User::sequence))
                .update();
    }

    /**
     * Forgets who these were, for good, and what a mail server has said of them, where it may have quoted their address.
     * They stay known as inactive, so that an old token says nothing for them.
     */
    void erase(Collection<UUID> userIds) {
        if (userIds.isEmpty()) {
            return;
        }
        db.sql("""
                insert into users (id, role, active, sequence)
                select id, 'popug', false, :last from unnest(:ids) as erased (id) group by id order by id
                on conflict (id) do update
                   set login = null, display_name = null, email = null, language = null, active = false,
                       sequence = excluded.sequence
                """).param("ids", SqlArray.uuids(userIds)).param("last", Long.MAX_VALUE).update();
        db.sql("update emails set last_error = null where worker_id = any(:ids) and last_error is not null")
                .param("ids", SqlArray.uuids(userIds)).update();
    }
}
