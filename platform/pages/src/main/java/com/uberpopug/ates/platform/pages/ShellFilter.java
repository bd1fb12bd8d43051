package com.uberpopug.ates.platform.pages;

import com.uberpopug.ates.platform.web.security.Role;
import com.uberpopug.ates.platform.web.security.UserDirectory.Membership;
import com.uberpopug.ates.platform.web.security.UserDirectory.Profile;
import com.uberpopug.ates.platform.web.security.UserDirectory;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.FactorGrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Sets the shell and the current authority of the signed-in user, by the service's own copy of the users instead of the
 * token: a user who was deactivated since sign-in has no role, and is refused everywhere.
 */
final class ShellFilter extends OncePerRequestFilter {

    private final UserDirectory users;
    private final String service;
    private final PageProperties.Services services;
    private final BooleanSupplier delayed;

    ShellFilter(UserDirectory users, String service, PageProperties.Services services, BooleanSupplier delayed) {
        this.users = users;
        this.service = service;
        this.services = services;
        this.delayed = delayed;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return PageSecurity.STATIC.matches(request);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var authentication = SecurityContextHolder.getContext().getAuthentication();
        var signedIn = authentication == null || authentication instanceof AnonymousAuthenticationToken
                ? null
                : authentication;
        var profile = signedIn == null ? null : profile(signedIn);
        if (signedIn != null && profile != null) {
            SecurityContextHolder.setContext(new SecurityContextImpl(with(profile.membership(), signedIn)));
        }
        request.setAttribute(Shell.ATTRIBUTE, shell(request, signedIn, profile));
        chain.doFilter(request, response);
    }

    Shell shell(HttpServletRequest request, @Nullable Authentication signedIn, @Nullable Profile profile) {
        var viewer = signedIn == null || profile == null || !profile.membership().active()
                ? null
                : new Viewer(UUID.fromString(signedIn.getName()), name(signedIn, profile), profile.membership().role());
        return new Shell(request, signedIn != null, viewer, profile == null ? null : profile.language(), service,
                services, delayed);
    }

    /** The service's own copy of a user; the token's claims stand in for a user or a field that the copy lacks. */
    private Profile profile(Authentication signedIn) {
        var kept = users.profile(UUID.fromString(signedIn.getName()));
        if (!(signedIn.getPrincipal() instanceof OidcUser token)) {
            return kept.orElse(new Profile(new Membership(Role.POPUG, false), null, null));
        }
        var membership = kept.map(Profile::membership).orElseGet(() -> membership(token));
        return new Profile(membership, kept.map(Profile::displayName).orElse(token.getFullName()),
                kept.map(Profile::language).orElse(token.getLocale()));
    }

    private static Membership membership(OidcUser token) {
        return Optional.ofNullable(token.getClaimAsStringList("roles")).flatMap(roles -> roles.stream().findFirst())
                .flatMap(Role::of).map(role -> new Membership(role, true))
                .orElse(new Membership(Role.POPUG, false));
    }

    /** The displayed name of the signed-in user. */
    String name(Authentication signedIn) {
        return name(signedIn, profile(signedIn));
    }

    private static String name(Authentication signedIn, Profile profile) {
        return profile.displayName() == null ? signedIn.getName() : profile.displayName();
    }

    private static Authentication with(Membership membership, Authentication signedIn) {
        return signedIn.toBuilder().authorities(authorities -> {
            // They tell when the user has signed in, and allow nothing.
            authorities.removeIf(authority -> !(authority instanceof FactorGrantedAuthority));
            authorities.addAll(membership.active()
                    ? List.of(new SimpleGrantedAuthority(membership.role().authority()))
                    : List.of());
        }).build();
    }
}
