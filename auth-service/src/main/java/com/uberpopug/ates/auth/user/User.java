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

/** Someone who may sign in. The login never changes; every change of the profile is an event with the next number. */
@Entity
@Table(name = "users")
public class User {

    /** What a login may be, as a regular expression. */
    public static final String LOGIN = "[a-z0-9._-]{1,64}";

    /** The login that somebody means who may have typed capitals, or space around it; empty where none is like that. */
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

    /** For JPA, which fills the fields itself. */
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

    /** What is announced of a user who has just been made. */
    UserEvent.Created created() {
        return new UserEvent.Created(id, login, profile, sequence, createdAt);
    }

    /** Takes over a new profile; nothing happens where it is the one the user has. */
    Optional<UserEvent> change(Profile changed, Instant at) {
        if (changed.equals(profile)) {
            return Optional.empty();
        }
        profile = changed;
        sequence++;
        return Optional.of(new UserEvent.Updated(id, login, changed, sequence, at));
    }

    /** What is announced of a user who is forgotten. */
    UserEvent.Erased erased(Instant at) {
        return new UserEvent.Erased(id, sequence + 1, at);
    }

    /** Replaces the password; nobody else is told of it. */
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

    /** The number of the last change of the profile: its version. A new password is none. */
    public long sequence() {
        return sequence;
    }

    Instant createdAt() {
        return createdAt;
    }
}
