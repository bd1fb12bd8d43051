package com.uberpopug.ates.platform.pages;

import com.uberpopug.ates.platform.web.security.Role;
import java.util.Arrays;
import java.util.UUID;

/**
 * Who looks at a page.
 *
 * @param id   the user
 * @param name as others see it
 * @param role as the service's own copy of the users has it
 */
public record Viewer(UUID id, String name, Role role) {

    /** Whether the role is one of these, by their names in events such as {@code admin}; for templates. */
    public boolean is(String... roles) {
        return Arrays.asList(roles).contains(role.wire());
    }
}
