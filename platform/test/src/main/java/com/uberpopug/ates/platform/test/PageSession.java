package com.uberpopug.ates.platform.test;

import com.uberpopug.ates.platform.web.security.Role;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.core.env.Environment;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.oauth2.client.authentication.OAuth2AuthenticationToken;
import org.springframework.security.oauth2.core.oidc.OidcIdToken;
import org.springframework.security.oauth2.core.oidc.user.DefaultOidcUser;
import org.springframework.session.Session;
import org.springframework.session.SessionRepository;

/** The stored session of a user who is signed in to a service's pages. */
public final class PageSession {

    private PageSession() {
    }

    /** Stores a new session and returns the {@code Cookie} header that opens it. */
    public static <S extends Session> String cookie(SessionRepository<S> sessions, Environment service, UUID user,
            Role role) {
        var now = Instant.now();
        var token = new OidcIdToken("of-the-tests", now, now.plus(Duration.ofMinutes(5)), Map.of("sub", user.toString(),
                "name", "Popug " + user, "locale", "en", "roles", List.of(role.wire()), "sid", user.toString()));
        var authorities = List.of(new SimpleGrantedAuthority("OIDC_USER"));
        var signedIn = new OAuth2AuthenticationToken(new DefaultOidcUser(authorities, token), authorities, "ates");
        var session = sessions.createSession();
        session.setAttribute("SPRING_SECURITY_CONTEXT", new SecurityContextImpl(signedIn));
        sessions.save(session);
        return service.getProperty("server.servlet.session.cookie.name", "SESSION") + "="
                + Base64.getEncoder().encodeToString(session.getId().getBytes(StandardCharsets.US_ASCII));
    }

    /** The id of the session that a cookie opens. */
    public static String id(String cookie) {
        return new String(Base64.getDecoder().decode(cookie.substring(cookie.indexOf('=') + 1)),
                StandardCharsets.US_ASCII);
    }
}
