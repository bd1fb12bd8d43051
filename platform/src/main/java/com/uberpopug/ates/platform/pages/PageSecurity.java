package com.uberpopug.ates.platform.pages;

import com.uberpopug.ates.platform.security.Role;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.Arrays;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.InsufficientAuthenticationException;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.NegatedRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/** What goes for the pages of every service, however its users sign in. */
public final class PageSecurity {

    /** Which roles there are, as Spring Security calls them; who is active has one. */
    public static final String[] ANY_ROLE = Arrays.stream(Role.values()).map(Role::name).toArray(String[]::new);

    /** Nothing but what the service itself serves, and nothing that is written into a page; it may be followed by origins. */
    static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
            + "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";
    static final RequestMatcher STATIC = any("/webjars/**", "/shell/**", "/favicon.ico");
    private static final RequestMatcher PAGES = new NegatedRequestMatcher(any("/api/**", "/actuator/**",
            "/v3/api-docs/**", "/v3/api-docs.yaml", "/swagger-ui/**", "/swagger-ui.html", "/error"));

    private final ShellFilter shell;

    PageSecurity(ShellFilter shell) {
        this.shell = shell;
    }

    /**
     * Sets up a filter chain for everything that is neither API nor actuator; who may see which page is still to be said.
     *
     * @param signIn         leads somebody who is not signed in to where they can
     * @param formsLeadTo    where the redirects that follow a form may lead, beside this service
     */
    public HttpSecurity pages(HttpSecurity http, AuthenticationEntryPoint signIn, Stream<URI> formsLeadTo) {
        var policy = new StringBuilder(POLICY);
        formsLeadTo.map(PageSecurity::origin).distinct().forEach(origin -> policy.append(' ').append(origin));
        var entry = reloadingFragments(signIn);
        return http.securityMatcher(PAGES)
                .authorizeHttpRequests(requests -> requests.requestMatchers(STATIC).permitAll())
                .addFilterBefore(shell, AuthorizationFilter.class)
                .exceptionHandling(handling -> handling.authenticationEntryPoint(entry)
                        .accessDeniedHandler(refused(entry)))
                .headers(headers -> headers
                        .contentSecurityPolicy(csp -> csp.policyDirectives(policy.toString()))
                        .referrerPolicy(referrer -> referrer.policy(ReferrerPolicy.SAME_ORIGIN)));
    }

    /** Whether a person waits for a page or a part of one, and not a program for an answer. */
    static boolean isForPerson(HttpServletRequest request) {
        return isFragment(request) || accepts(request, MediaType.TEXT_HTML_VALUE);
    }

    static boolean isFragment(HttpServletRequest request) {
        return request.getHeader("HX-Request") != null;
    }

    private static boolean accepts(HttpServletRequest request, String type) {
        var accepted = request.getHeader(HttpHeaders.ACCEPT);
        return accepted != null && accepted.contains(type);
    }

    /** A sign-in page has no place within a page: the page is loaded anew, and comes back once its viewer is signed in. */
    private static AuthenticationEntryPoint reloadingFragments(AuthenticationEntryPoint signIn) {
        return (request, response, refused) -> {
            if (isFragment(request)) {
                response.setHeader("HX-Refresh", "true");
                response.setStatus(HttpStatus.UNAUTHORIZED.value());
            } else if (isForPerson(request)) {
                signIn.commence(request, response, refused);
            } else {
                response.sendError(HttpStatus.UNAUTHORIZED.value());
            }
        };
    }

    /** A form of a session that has ended is refused for its token first, but it is the session that is missing. */
    private static AccessDeniedHandler refused(AuthenticationEntryPoint signIn) {
        return (request, response, refused) -> {
            var authentication = SecurityContextHolder.getContext().getAuthentication();
            boolean nobody = authentication == null || authentication instanceof AnonymousAuthenticationToken;
            if (nobody && isForPerson(request)) {
                signIn.commence(request, response, new InsufficientAuthenticationException("Nobody is signed in"));
            } else {
                response.sendError(HttpStatus.FORBIDDEN.value());
            }
        };
    }

    private static RequestMatcher any(String... paths) {
        return new OrRequestMatcher(Stream.of(paths)
                .map(path -> (RequestMatcher) PathPatternRequestMatcher.withDefaults().matcher(path)).toList());
    }

    private static String origin(URI address) {
        return address.getScheme() + "://" + address.getAuthority();
    }
}
