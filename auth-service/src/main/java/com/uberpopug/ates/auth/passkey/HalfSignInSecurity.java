package com.uberpopug.ates.auth.passkey;

import com.uberpopug.ates.auth.user.SecondFactor;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.FactorGrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Treats a session without a required passkey as nobody's, in every request and before any rule of access: only the
 * pages that ask for the passkey know of it, and for ten minutes after the password.
 *
 * <p>Spring Security's own rules for several factors are access rules. The authorization endpoint answers a signed-in
 * user before any of them is asked.
 */
public final class HalfSignInSecurity extends OncePerRequestFilter {

    private static final String ATTRIBUTE = HalfSignInSecurity.class.getName();
    private static final Duration LASTS = Duration.ofMinutes(10);

    private final SecondFactor secondFactor;
    private final Clock clock;

    public HalfSignInSecurity(SecondFactor secondFactor, Clock clock) {
        this.secondFactor = secondFactor;
        this.clock = clock;
    }

    /** Each filter chain has one of its own, and a forwarded request may pass several. */
    @Override
    protected String getAlreadyFilteredAttributeName() {
        return ATTRIBUTE + "." + System.identityHashCode(this);
    }

    @Override
    protected boolean shouldNotFilterAsyncDispatch() {
        return false;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var signedIn = SecurityContextHolder.getContext().getAuthentication();
        if (signedIn != null && secondFactor.isMissing(signedIn)) {
            SecurityContextHolder.clearContext();
            if (isRecent(signedIn, clock.instant())) {
                request.setAttribute(ATTRIBUTE, signedIn);
            }
        }
        chain.doFilter(request, response);
    }

    private static boolean isRecent(Authentication signedIn, Instant now) {
        return signedIn.getAuthorities().stream().anyMatch(
                each -> each instanceof FactorGrantedAuthority factor && factor.getIssuedAt().plus(LASTS).isAfter(now));
    }

    /** Who has given the password in this session, and still needs the passkey. */
    public static Optional<Authentication> of(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof Authentication half ? Optional.of(half) : Optional.empty();
    }

    /** The same user's id. */
    public static Optional<UUID> user(HttpServletRequest request) {
        return of(request).map(half -> UUID.fromString(half.getName()));
    }
}
