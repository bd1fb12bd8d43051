package com.uberpopug.ates.auth.user;

import com.fasterxml.jackson.annotation.JsonValue;
import com.uberpopug.ates.platform.security.Role;
import org.springframework.boot.jackson.JacksonMixin;

/** Lets roles be written in JSON as everywhere else on the wire. */
@JacksonMixin(Role.class)
interface RoleName {

    @JsonValue
    String wire();
}
