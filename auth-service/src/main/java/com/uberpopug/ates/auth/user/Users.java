package com.uberpopug.ates.auth.user;

import com.uberpopug.ates.platform.web.security.Role;
import com.uberpopug.ates.platform.web.security.UserDirectory;
import jakarta.persistence.LockModeType;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;
import org.springframework.transaction.annotation.Transactional;

/** All users. The service owns them, so a change of role or a deactivation counts from the next request. */
public interface Users extends Repository<User, UUID>, UserDirectory {

    Optional<User> findById(UUID id);

    Optional<User> findByLogin(String login);

    boolean existsByLogin(String login);

    boolean existsByProfileRole(Role role);

    @Query("select count(u) from User u where u.profile.role = :role and u.profile.active")
    long countActive(Role role);

    /** This service knows every user: an unknown one was erased, and the role in their token does not count. */
    @Override
    default Optional<Membership> find(UUID userId) {
        return findById(userId).map(user -> new Membership(user.profile().role(), user.profile().active()))
                .or(() -> Optional.of(new Membership(Role.POPUG, false)));
    }

    @Override
    default Optional<UserDirectory.Profile> profile(UUID userId) {
        return findById(userId).map(User::profile)
                .map(user -> new UserDirectory.Profile(new Membership(user.role(), user.active()), user.displayName(),
                        user.language().wire()))
                .or(() -> find(userId).map(erased -> new UserDirectory.Profile(erased, null, null)));
    }

    /** Stores a new user; false if the login or the id is taken, and nothing is stored. */
    default boolean add(User user) {
        var profile = user.profile();
        return insertUnlessTaken(user.id(), user.login(), profile.displayName(), profile.email(), profile.language(),
                profile.role(), profile.active(), user.passwordHash(), user.createdAt()) == 1;
    }

    @Modifying
    @Query("""
            insert into User (id, version, login, profile.displayName, profile.email, profile.language, profile.role,
                              profile.active, passwordHash, sequence, createdAt)
            values (:id, 0, :login, :displayName, :email, :language, :role, :active, :passwordHash, 1, :createdAt)
            on conflict do nothing
            """)
    int insertUnlessTaken(UUID id, String login, String displayName, @Nullable String email, Language language,
            Role role, boolean active, String passwordHash, Instant createdAt);

    /**
     * A locked user.
     *
     * @param isOnlyAdmin whether the user is the only active admin
     */
    record Locked(User user, boolean isOnlyAdmin) {
    }

    /**
     * Locks a user and all active admins, so that of two admins who demote each other at once the second is found to be
     * the only one left.
     */
    default Optional<Locked> lockForChange(UUID id) {
        var locked = lockWithActiveAdmins(id);
        var admins = locked.stream().filter(user -> user.profile().isActiveAdmin()).map(User::id).toList();
        return locked.stream().filter(user -> user.id().equals(id)).findFirst()
                .map(user -> new Locked(user, admins.equals(List.of(id))));
    }

    void delete(User user);

    /** Replaces the hash of the current password, unless the user has chosen another one meanwhile. */
    @Transactional
    @Modifying
    @Query("update User u set u.passwordHash = :hash where u.id = :id and u.passwordHash = :before")
    int replaceHash(UUID id, String before, String hash);

    @Query(nativeQuery = true, value = "select exists (select from erased_users where id = :id)")
    boolean wasErased(UUID id);

    /** A user, if present, and every active admin, all locked in the order of their ids. */
    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("""
            select u from User u
             where u.id = :id or u.profile.role = ADMIN and u.profile.active
             order by u.id
            """)
    List<User> lockWithActiveAdmins(UUID id);

    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("select u from User u where u.id = :id")
    Optional<User> lock(UUID id);

    /** The users after a login, in the order of logins; a criterion of null is ignored. */
    @Query("""
            select u from User u
             where u.login > :after
               and (:role is null or u.profile.role = :role)
               and (:active is null or u.profile.active = :active)
               and (cast(:text as String) is null
                    or position(function('folded' as String, cast(:text as String)) in u.login) > 0
                    or position(function('folded' as String, cast(:text as String)) in u.nameFolded) > 0
                    or position(function('folded' as String, cast(:text as String)) in u.emailFolded) > 0)
             order by u.login
            """)
    List<User> page(String after, @Nullable String text, @Nullable Role role, @Nullable Boolean active, Limit limit);
}
