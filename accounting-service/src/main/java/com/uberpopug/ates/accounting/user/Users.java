package com.uberpopug.ates.accounting.user;

import static java.util.stream.Collectors.toMap;

import com.uberpopug.ates.accounting.ledger.Accounts;
import com.uberpopug.ates.platform.events.SqlArray;
import com.uberpopug.ates.platform.web.security.Role;
import com.uberpopug.ates.platform.web.security.UserCopy;
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
public class Users implements UserCopy {

    private final JdbcClient db;
    private final Accounts accounts;

    Users(JdbcClient db, Accounts accounts) {
        this.db = db;
        this.accounts = accounts;
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
                .query((row, _) -> new Profile(Membership.of(row.getString("role"), row.getBoolean("active")),
                        row.getString("display_name"), row.getString("language")))
                .optional();
    }

    /** Opens an account for each worker; removes a mail server's answers about erased users, which may hold their address. */
    @Override
    public void update(Collection<State> states) {
        var newest = Newest.of(states);
        UserCopy.with(newest, db.sql("""
                insert into users (id, login, display_name, email, language, role, active, sequence,
                                   record_offset, record_millis, settled_offset, settled_millis)
                select id, login, display_name, email, language, role, active, sequence, record_offset,
                       record_millis, settled_offset, settled_millis
                  from unnest(:ids, :logins, :names, :emails, :languages, :roles, :actives, :sequences,
                              :recordOffsets, :recordMillis, :settledOffsets, :settledMillis)
                       as state (id, login, display_name, email, language, role, active, sequence,
                                 record_offset, record_millis, settled_offset, settled_millis)
                 order by id
                on conflict (id) do update
                   set login = excluded.login, display_name = excluded.display_name, email = excluded.email,
                       language = excluded.language, role = excluded.role, active = excluded.active,
                       sequence = excluded.sequence, record_offset = excluded.record_offset,
                       record_millis = excluded.record_millis,
                       settled_offset = coalesce(excluded.settled_offset, users.settled_offset),
                       settled_millis = coalesce(excluded.settled_millis, users.settled_millis)
                 where
                """ + IS_NEWER))
                .param("logins", SqlArray.texts(newest, each -> each.state().login()))
                .param("names", SqlArray.texts(newest, each -> each.state().displayName()))
                .param("emails", SqlArray.texts(newest, each -> each.state().email()))
                .update();
        accounts.open(states.stream().filter(Users::isWorker).map(State::id).toList());
        var erased = states.stream().filter(State::isErased).map(State::id).toList();
        if (!erased.isEmpty()) {
            db.sql("update emails set last_error = null where worker_id = any(:ids) and last_error is not null")
                    .param("ids", SqlArray.uuids(erased)).update();
        }
    }

    private static boolean isWorker(State user) {
        return !user.isErased()
                && (user.role().equals(Role.POPUG.wire()) || user.role().equals(Role.ACCOUNTANT.wire()));
    }
}
