package com.uberpopug.ates.auth.user;

import com.uberpopug.ates.platform.web.security.Role;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Keeps earlier profiles of users for a week, with the authors of the changes. */
@Repository
class EarlierProfiles {

    private static final Duration KEPT = Duration.ofDays(7);
    private static final int FORGET_AT_ONCE = 1_000;

    private final JdbcClient db;
    private final Clock clock;

    EarlierProfiles(JdbcClient db, Clock clock) {
        this.db = db;
        this.clock = clock;
    }

    /** The fields of a user that can be changed. */
    enum Field {
        DISPLAY_NAME(Profile::displayName),
        EMAIL(Profile::email),
        LANGUAGE(profile -> profile.language().wire()),
        ROLE(profile -> profile.role().wire()),
        ACTIVE(profile -> Boolean.toString(profile.active()));

        private final Function<Profile, @Nullable String> value;

        Field(Function<Profile, @Nullable String> value) {
            this.value = value;
        }

        @Nullable
        String of(Profile profile) {
            return value.apply(profile);
        }

        boolean differs(Profile one, Profile other) {
            return !Objects.equals(of(one), of(other));
        }
    }

    /** A field with a new value, and the author of the change. */
    record Difference(Field field, @Nullable String was, @Nullable String now, UUID by, Instant at) {
    }

    /**
     * The profile that an editor saw.
     *
     * @param profile as of that version; null if it is no longer known
     * @param differences the changes since
     */
    record Seen(@Nullable Profile profile, List<Difference> differences) {
    }

    private record Row(long sequence, String displayName, @Nullable String email, Language language, Role role,
            boolean active, UUID changedBy, Instant changedAt) {

        Profile profile() {
            return new Profile(displayName, email, language, role, active);
        }
    }

    /** Stores the current profile before a change. */
    void keep(User user, UUID changedBy, Instant now) {
        var profile = user.profile();
        db.sql("""
                insert into earlier_profiles (user_id, sequence, display_name, email, language, role, active, changed_by,
                                              changed_at)
                values (:user, :sequence, :displayName, :email, :language, :role, :active, :by, :now)
                """)
                .param("user", user.id()).param("sequence", user.sequence())
                .param("displayName", profile.displayName()).param("email", profile.email())
                .param("language", profile.language().name()).param("role", profile.role().name())
                .param("active", profile.active()).param("by", changedBy).param("now", Timestamp.from(now)).update();
    }

    /** The address that a change replaced; empty if there was none, or it is no longer known. */
    Optional<String> addressBefore(UUID user, Instant changedAt) {
        return db.sql("""
                select email from earlier_profiles
                 where user_id = :user and changed_at = :at and email is not null
                """)
                .param("user", user).param("at", Timestamp.from(changedAt)).query(String.class).optional();
    }

    /** Deletes profiles older than a week; short transactions, so that no request waits for this job. */
    void deleteExpired() {
        int forgotten;
        do {
            forgotten = db.sql("""
                    delete from earlier_profiles where ctid = any(array(
                        select ctid from earlier_profiles where changed_at <= :old limit :most for update skip locked))
                    """).param("old", Timestamp.from(clock.instant().minus(KEPT))).param("most", FORGET_AT_ONCE)
                    .update();
        } while (forgotten == FORGET_AT_ONCE);
    }

    /** The profile at a version, and the changes since. */
    Seen seen(User user, long version) {
        if (version == user.sequence()) {
            return new Seen(user.profile(), List.of());
        }
        var rows = db.sql("""
                select sequence, display_name, email, language, role, active, changed_by, changed_at
                  from earlier_profiles where user_id = :user and sequence >= :version order by sequence
                """).param("user", user.id()).param("version", version).query(Row.class).list();
        if (rows.isEmpty() || rows.getFirst().sequence() != version) {
            return new Seen(null, List.of());
        }
        return new Seen(rows.getFirst().profile(), Arrays.stream(Field.values())
                .filter(field -> field.differs(rows.getFirst().profile(), user.profile()))
                .map(field -> difference(field, rows, user.profile())).toList());
    }

    private static Difference difference(Field field, List<Row> rows, Profile now) {
        var states = new ArrayList<>(rows.stream().map(Row::profile).toList());
        states.add(now);
        int last = rows.size() - 1;
        while (!field.differs(states.get(last), states.get(last + 1))) {
            last--;
        }
        return new Difference(field, field.of(states.getFirst()), field.of(now), rows.get(last).changedBy(),
                rows.get(last).changedAt());
    }
}
