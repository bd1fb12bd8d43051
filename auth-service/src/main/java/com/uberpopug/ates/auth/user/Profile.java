package com.uberpopug.ates.auth.user;

import com.uberpopug.ates.platform.web.security.Role;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import org.jspecify.annotations.Nullable;

/** What an admin decides about a user: everything the other services hear of, beside the id and the login. */
@Embeddable
public record Profile(String displayName, @Nullable String email, @Enumerated(EnumType.STRING) Language language,
        @Enumerated(EnumType.STRING) Role role, boolean active) {

    boolean isActiveAdmin() {
        return active && role == Role.ADMIN;
    }
}
