package com.uberpopug.ates.auth.user;

import com.uberpopug.ates.platform.web.security.Role;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import org.jspecify.annotations.Nullable;

/** A user's fields that an admin decides on: the whole event, apart from id and login. */
@Embeddable
public record Profile(String displayName, @Nullable String email, @Enumerated(EnumType.STRING) Language language,
        @Enumerated(EnumType.STRING) Role role, boolean active) {

    boolean isActiveAdmin() {
        return active && role == Role.ADMIN;
    }
}
