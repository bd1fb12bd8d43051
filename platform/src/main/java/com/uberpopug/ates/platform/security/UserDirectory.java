package com.uberpopug.ates.platform.security;

import java.util.Optional;
import java.util.UUID;

/** A service's own copy of who the users are; each service has one. */
public interface UserDirectory {

    /** What is known of a user; empty where nothing was heard of them yet, and the token's word is taken. */
    Optional<Membership> find(UUID userId);

    /**
     * A user's standing.
     *
     * @param role   what they are now
     * @param active whether they may do anything at all
     */
    record Membership(Role role, boolean active) {
    }
}
