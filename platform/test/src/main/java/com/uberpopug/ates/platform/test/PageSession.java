package com.uberpopug.ates.platform.test;

import com.uberpopug.ates.platform.pages.SessionSecrets;
import com.uberpopug.ates.platform.web.security.Role;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.springframework.core.env.Environment;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.oauth2.client.authentication.OAuth2AuthenticationToken;
import org.springframework.security.oauth2.core.oidc.OidcIdToken;
import org.springframework.security.oauth2.core.oidc.user.DefaultOidcUser;
import org.springframework.session.Session;
import org.springframework.session.SessionRepository;
import org.springframework.test.util.ReflectionTestUtils;

/** The stored session of a user who is signed in to a service's pages. */
public final class PageSession {

    private PageSession() {
    }

    /** Stores a new session and returns the {@code Cookie} header that opens it. */
    public static <S extends Session> String cookie(SessionRepository<S> sessions, Environment service, UUID user,
            Role role) {
        return cookie(sessions, service, user, role, Instant.now());
    }

    /** The same for a user who typed the password at this time. */
    public static <S extends Session> String cookie(SessionRepository<S> sessions, Environment service, UUID user,
            Role role, Instant signedInAt) {
        var now = Instant.now();
        var token = new OidcIdToken("of-the-tests", now, now.plus(Duration.ofMinutes(5)), Map.of("sub", user.toString(),
                "name", "Popug " + user, "locale", "en", "roles", List.of(role.wire()), "sid", user.toString(),
                "auth_time", signedInAt));
        var authorities = List.of(new SimpleGrantedAuthority("OIDC_USER"));
        var signedIn = new OAuth2AuthenticationToken(new DefaultOidcUser(authorities, token), authorities, "ates");
        var session = sessions.createSession();
        session.setAttribute("SPRING_SECURITY_CONTEXT", new SecurityContextImpl(signedIn));
        sessions.save(session);
        return service.getProperty("server.servlet.session.cookie.name", "SESSION") + "="
                + Base64.getEncoder().encodeToString(secret(sessions, session).getBytes(StandardCharsets.US_ASCII));
    }

    /** Ends a session as time does: it was used too long ago. */
    static <S extends Session> String expired(SessionRepository<S> sessions, String cookie) {
        var session = Objects.requireNonNull(sessions.findById(id(cookie)));
        session.setLastAccessedTime(Instant.EPOCH);
        sessions.save(session);
        return cookie;
    }

    /** The id of the session that a cookie opens. */
    public static String id(String cookie) {
        return SessionSecrets.id(new String(Base64.getDecoder().decode(cookie.substring(cookie.indexOf('=') + 1)),
                StandardCharsets.US_ASCII));
    }

    private static String secret(SessionRepository<?> sessions, Session made) {
        var secrets = (SessionSecrets) ReflectionTestUtils.getField(sessions, "sessionIdGenerator");
        return Objects.requireNonNull(secrets).take(made.getId()).orElseThrow();
    }
}
