package com.uberpopug.ates.auth;

import com.uberpopug.ates.platform.test.SecurityLogRules;
import java.util.Map;

@AuthServiceTest
class SecurityLogListTests extends SecurityLogRules {

    SecurityLogListTests() {
        super(Map.ofEntries(
                Map.entry("POST /api/users", "USER_CREATED LINK_MADE"),
                Map.entry("POST /users", "USER_CREATED LINK_MADE"),
                Map.entry("PATCH /api/users/{id}", "ROLE_CHANGED USER_ACTIVATED USER_DEACTIVATED EMAIL_CHANGED"),
                Map.entry("POST /users/{id}", "ROLE_CHANGED EMAIL_CHANGED"),
                Map.entry("POST /users/{id}/active", "USER_ACTIVATED USER_DEACTIVATED"),
                Map.entry("DELETE /api/users/{id}", "USER_ERASED"),
                Map.entry("POST /api/users/{id}/password-link", "LINK_MADE"),
                Map.entry("POST /users/{id}/password-link", "LINK_MADE"),
                Map.entry("POST /first-password", "LINK_USED"),
                Map.entry("POST /api/users/{id}/announcement", "USER_ANNOUNCED"),
                Map.entry("POST /passkeys", "PASSKEY_ADDED"),
                Map.entry("POST /passkeys/new", "not: only asks the browser"),
                Map.entry("POST /passkeys/remove", "PASSKEY_REMOVED"),
                Map.entry("POST /users/{id}/passkeys", "PASSKEY_REMOVED"),
                Map.entry("POST /login/passkey/new", "not: only asks the browser"),
                Map.entry("POST /login/passkey/first", "PASSKEY_ADDED"),
                Map.entry("POST /password", "PASSWORD_CHANGE"),
                Map.entry("POST /profile", "not: only the own name and language")));
    }
}
