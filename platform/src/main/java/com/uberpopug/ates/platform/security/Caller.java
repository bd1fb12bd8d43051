package com.uberpopug.ates.platform.security;

import java.util.Arrays;
import java.util.UUID;
import org.springframework.security.access.AccessDeniedException;

/**
 * The signed-in user of a request; controllers take it as a parameter.
 *
 * @param id   the user
 * @param role as the service's own copy of the users has it, which is newer than the token
 */
public record Caller(UUID id, Role role) {

    /** Whether the caller has one of these roles. */
    public boolean is(Role... roles) {
        return Arrays.asList(roles).contains(role);
    }

    /**
     * Lets only these roles go on.
     *
     * @throws AccessDeniedException for any other: 403
     */
    public void mustBe(Role... roles) {
        if (!is(roles)) {
            throw new AccessDeniedException("The role " + role.wire() + " may not do this");
        }
    }
}
