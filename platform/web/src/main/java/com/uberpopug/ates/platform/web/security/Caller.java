package com.uberpopug.ates.platform.web.security;

import java.util.Arrays;
import java.util.UUID;

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
}
