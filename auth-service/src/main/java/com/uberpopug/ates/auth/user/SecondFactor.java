package com.uberpopug.ates.auth.user;

import com.uberpopug.ates.platform.web.security.Role;
import java.util.Set;
import java.util.UUID;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.security.authorization.AllRequiredFactorsAuthorizationManager;
import org.springframework.security.core.Authentication;
import org.springframework.stereotype.Component;

/** Knows of which roles a passkey is required, and whether a sign-in lacks it. */
@Component
public class SecondFactor {

    private static final AllRequiredFactorsAuthorizationManager<Authentication> PASSKEY = AllRequiredFactorsAuthorizationManager
            .<Authentication>builder()
            .requireFactor(factor -> factor.webauthnAuthority()).build();

    private final Users users;
    private final Set<Role> requiredFor;

    /** @param requiredFor the roles whose users need a passkey, such as {@code ADMIN,ACCOUNTANT}; empty by default */
    SecondFactor(Users users, @Value("${ates.passkey.required-for:}") Set<Role> requiredFor) {
        this.users = users;
        this.requiredFor = requiredFor;
    }

    /** Whether this user needs a passkey in their current role; false for an unknown one. */
    public boolean isRequiredOf(UUID userId) {
        return !requiredFor.isEmpty()
                && users.findById(userId).filter(user -> requiredFor.contains(user.profile().role())).isPresent();
    }

    /** Whether this sign-in was without a passkey, although its user needs one now. */
    public boolean isMissing(Authentication signedIn) {
        return !requiredFor.isEmpty() && !PASSKEY.authorize(() -> signedIn, signedIn).isGranted()
                && isRequiredOf(UUID.fromString(signedIn.getName()));
    }

    /** Whether a change of the profile asks a user for a passkey who did not need one before. */
    boolean begins(Profile before, Profile after) {
        return requiredFor.contains(after.role()) && !requiredFor.contains(before.role());
    }
}
