package com.uberpopug.ates.platform.web.security;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;

/** A user's role in the company; each user has one. */
public enum Role {

    POPUG, MANAGER, ACCOUNTANT, ADMIN;

    /** The role by its name in tokens, events and JSON, such as {@code popug}; empty for anything else. */
    public static Optional<Role> of(String wire) {
        return Arrays.stream(values()).filter(role -> role.wire().equals(wire)).findFirst();
    }

    /** The role of who is signed in; empty for a deactivated user, and for nobody. */
    static Optional<Role> of(@Nullable Authentication signedIn) {
        return signedIn == null
                ? Optional.empty()
                : Arrays.stream(values()).filter(role -> signedIn.getAuthorities().stream()
                        .map(GrantedAuthority::getAuthority).anyMatch(role.authority()::equals)).findFirst();
    }

    /** The name in tokens, events and JSON. */
    @JsonValue
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The name as an authority of Spring Security. */
    public String authority() {
        return "ROLE_" + name();
    }
}
