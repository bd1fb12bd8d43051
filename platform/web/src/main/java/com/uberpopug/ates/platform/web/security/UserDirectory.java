package com.uberpopug.ates.platform.web.security;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A service's own copy of the users; each service has one. */
public interface UserDirectory {

    /** A user's standing; empty for a user who is unknown yet, whose token decides. */
    Optional<Membership> find(UUID userId);

    /** The same with name and language for pages, for the price of one statement as well. */
    default Optional<Profile> profile(UUID userId) {
        return find(userId).map(membership -> new Profile(membership, null, null));
    }

    /**
     * A user's standing.
     *
     * @param role   what they are now
     * @param active whether they may do anything at all
     */
    record Membership(Role role, boolean active) {

        /** A role that is unknown here grants nothing. */
        public static Membership of(String role, boolean active) {
            return Role.of(role).map(known -> new Membership(known, active))
                    .orElse(new Membership(Role.POPUG, false));
        }
    }

    /**
     * A user's standing and how to speak to them.
     *
     * @param displayName null where this service does not keep it, and the name at sign-in is taken
     * @param language    {@code en} or {@code ru}; null as well
     */
    record Profile(Membership membership, @Nullable String displayName, @Nullable String language) {
    }
}
