package com.uberpopug.ates.auth.user;

import com.uberpopug.ates.platform.events.Ids;
import jakarta.persistence.Column;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A user. The login never changes; each change of the profile is an event with the next number. */
@Entity
@Table(name = "users")
public class User {

    /** The pattern of a valid login. */
    public static final String LOGIN = "[a-z0-9._-]{1,64}";

    /** The valid login for a typed one, lower-cased and trimmed; empty if there is none. */
    public static Optional<String> login(String typed) {
        return Optional.of(typed.strip().toLowerCase(Locale.ROOT)).filter(login -> login.matches(LOGIN));
    }

    @Id
    private UUID id;
    @Version
    private @Nullable Integer version;
    private String login;
    @Embedded
    private Profile profile;
    @Column(insertable = false, updatable = false)
    private @Nullable String nameFolded;
    @Column(insertable = false, updatable = false)
    private @Nullable String emailFolded;
    private String passwordHash;
    private long sequence;
    private Instant createdAt;

    /** For JPA, which sets the fields itself. */
    @SuppressWarnings("NullAway.Init")
    User() {
    }

    User(String login, Profile profile, String passwordHash, Instant createdAt) {
        this(Ids.next(), login, profile, passwordHash, createdAt);
    }

    User(UUID id, String login, Profile profile, String passwordHash, Instant createdAt) {
        this.id = id;
        this.login = login;
        this.profile = profile;
        this.passwordHash = passwordHash;
        this.sequence = 1;
        this.createdAt = createdAt;
    }

    /** The event of a new user. */
    UserEvent.Created created() {
        return new UserEvent.Created(id, login, profile, sequence, createdAt);
    }

    /** Replaces the profile; empty if the user has this profile already. */
    Optional<UserEvent> change(Profile changed, Instant at) {
        if (changed.equals(profile)) {
            return Optional.empty();
        }
        profile = changed;
        sequence++;
        return Optional.of(new UserEvent.Updated(id, login, changed, sequence, at));
    }

    /** The event that announces the state anew. */
    UserEvent.Restated restated(Instant at) {
        return new UserEvent.Restated(id, login, profile, sequence, at);
    }

    /** The event of an erased user. */
    UserEvent.Erased erased(Instant at) {
        return new UserEvent.Erased(id, sequence + 1, at);
    }

    /** Replaces the password; it is never published. */
    void choosePassword(String hash) {
        passwordHash = hash;
    }

    public UUID id() {
        return id;
    }

    public String login() {
        return login;
    }

    public Profile profile() {
        return profile;
    }

    public String passwordHash() {
        return passwordHash;
    }

    /** The number of profile changes: the user's version. A new password does not change it. */
    public long sequence() {
        return sequence;
    }

    Instant createdAt() {
        return createdAt;
    }
}
