package com.uberpopug.ates.auth.signin;

import com.uberpopug.ates.auth.oidc.OidcProperties;
import com.uberpopug.ates.auth.passkey.PasskeySecurity;
import com.uberpopug.ates.auth.user.User;
import com.uberpopug.ates.auth.user.Users;
import com.uberpopug.ates.platform.events.Hmac;
import com.uberpopug.ates.platform.events.Ids;
import com.uberpopug.ates.platform.events.security.SecurityEntry;
import com.uberpopug.ates.platform.events.security.SecurityKind;
import com.uberpopug.ates.platform.events.security.SecurityLog;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import org.springframework.context.event.EventListener;
import org.springframework.security.authentication.DisabledException;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.authentication.event.AbstractAuthenticationFailureEvent;
import org.springframework.security.authentication.event.InteractiveAuthenticationSuccessEvent;
import org.springframework.security.core.AuthenticationException;
import org.springframework.stereotype.Component;

/** Records sign-ins of people, and failed ones, as Spring Security announces them, by whatever means. */
@Component
class SignInRecords {

    private static final int HASH_BYTES = 16;

    private final SecurityLog securityLog;
    private final Users users;
    private final Hmac hmac;

    SignInRecords(SecurityLog securityLog, Users users, OidcProperties properties) {
        this.securityLog = securityLog;
        this.users = users;
        hmac = new Hmac("typed login " + properties.keySecret());
    }

    @EventListener
    void signedIn(InteractiveAuthenticationSuccessEvent event) {
        var user = Ids.parsed(event.getAuthentication().getName());
        securityLog.recordAlone(SecurityEntry.done(SecurityKind.SIGN_IN).by(user.orElse(null)).about(user.orElse(null))
                .of(event.getGeneratedBy() == PasskeySecurity.class ? "passkey" : "password"));
    }

    @EventListener
    void failed(AbstractAuthenticationFailureEvent event) {
        var typed = event.getAuthentication();
        var entry = SecurityEntry.failed(SecurityKind.SIGN_IN);
        if (typed instanceof PasskeySecurity.Answer) {
            securityLog.recordFailure(entry.of("passkey"));
        } else if (typed instanceof UsernamePasswordAuthenticationToken) {
            var user = User.login(typed.getName()).flatMap(users::findByLogin).map(User::id);
            var why = entry.of(reason(event.getException()));
            securityLog.recordFailure(user.map(why::about).orElseGet(() -> why.typed(hash(typed.getName()))));
        }
    }

    private static String reason(AuthenticationException refused) {
        return switch (refused) {
            case LockedException _ -> "locked";
            case DisabledException _ -> "deactivated";
            default -> "wrong";
        };
    }

    /** With a key, because people type passwords into the field of the login, and a plain hash of one can be guessed. */
    private String hash(String typed) {
        return HexFormat.of().formatHex(Arrays.copyOf(hmac.of(typed.strip().toLowerCase(Locale.ROOT)), HASH_BYTES));
    }
}
