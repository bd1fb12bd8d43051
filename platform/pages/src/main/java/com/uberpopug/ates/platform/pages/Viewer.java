package com.uberpopug.ates.platform.pages;

import com.uberpopug.ates.platform.web.security.Role;
import java.util.Arrays;
import java.util.UUID;

/**
 * The signed-in user of a page.
 *
 * @param name the displayed name
 * @param role from the service's own copy of the users
 */
public record Viewer(UUID id, String name, Role role) {

    /** Whether the role is one of these, by their names in events such as {@code admin}; for templates. */
    public boolean is(String... roles) {
        return Arrays.asList(roles).contains(role.wire());
    }
}
