package com.uberpopug.ates.platform.pages;

import com.uberpopug.ates.platform.web.IdempotencyKeys;
import com.uberpopug.ates.platform.web.RequestKind;
import com.uberpopug.ates.platform.web.Toast;
import com.uberpopug.ates.platform.web.security.SignInTooOldException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseCookie;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.InsufficientAuthenticationException;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.csrf.CsrfException;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.NegatedRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.servlet.FlashMap;
import org.springframework.web.util.UriComponentsBuilder;

/** The security rules of every service's pages, for any way to sign in. */
public final class PageSecurity {

    /** Resources of the service itself only, nothing inline. Its last directive may be extended by further origins. */
    static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
            + "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";
    /** The suffixes of downloads' paths. */
    private static final List<String> FILES = List.of(".csv", ".xlsx");
    private static final Duration NOT_SENT_LIVES = Duration.ofMinutes(10);
    static final RequestMatcher STATIC = any("/webjars/**", "/shell/**", "/favicon.ico");
    /** Paths that browsers and their tools request by themselves. They are 404 for everyone, not a sign-in. */
    private static final RequestMatcher PROBED = any("/apple-touch-icon*.png", "/.well-known/**", "/robots.txt");
    private static final RequestMatcher SIGN_OUT = PathPatternRequestMatcher.withDefaults()
            .matcher(HttpMethod.POST, "/logout");
    private static final RequestMatcher PAGES = new NegatedRequestMatcher(any("/api/**", "/actuator/**",
            "/v3/api-docs/**", "/v3/api-docs.yaml", "/swagger-ui/**", "/swagger-ui.html", "/error"));

    private final ShellFilter shell;
    private final CsrfTokenRepository formTokens;

    PageSecurity(ShellFilter shell, CsrfTokenRepository formTokens) {
        this.shell = shell;
        this.formTokens = formTokens;
    }

    /**
     * Sets up a filter chain for all paths but those of the API and the actuator. The caller adds the rules of access.
     *
     * @param signIn      leads users to sign-in
     * @param formsLeadTo the origins, beside this service, to which a form's response may redirect
     */
    public HttpSecurity pages(HttpSecurity http, AuthenticationEntryPoint signIn, Stream<URI> formsLeadTo) {
        var policy = new StringBuilder(POLICY);
        formsLeadTo.map(PageSecurity::origin).distinct().forEach(origin -> policy.append(' ').append(origin));
        var entry = reloadingFragments(signIn);
        return http.securityMatcher(PAGES)
                .authorizeHttpRequests(requests -> requests.requestMatchers(STATIC, PROBED).permitAll())
                .csrf(csrf -> csrf.csrfTokenRepository(formTokens))
                // Each sign-in carries the page to return to.
                .requestCache(AbstractHttpConfigurer::disable)
                .addFilterBefore(shell, AuthorizationFilter.class)
                .exceptionHandling(handling -> handling.authenticationEntryPoint(entry)
                        .accessDeniedHandler(refused(entry)))
                .headers(headers -> headers
                        .contentSecurityPolicy(csp -> csp.policyDirectives(policy.toString()))
                        .referrerPolicy(referrer -> referrer.policy(ReferrerPolicy.SAME_ORIGIN)));
    }

    /**
     * The page of a request: the requested one, or for a form or a download the one that the request came from, to
     * which a failure leads back. A path with its query, never the address of another site.
     */
    public static String page(HttpServletRequest request) {
        if (!HttpMethod.GET.matches(request.getMethod()) || isFile(request)) {
            return referringPage(request);
        }
        return request.getQueryString() == null
                ? request.getRequestURI()
                : request.getRequestURI() + "?" + request.getQueryString();
    }

    /** Whether a form signs its user out. Without a session here, the sign-on session may still have to end. */
    public static boolean isSignOut(HttpServletRequest request) {
        return SIGN_OUT.matches(request);
    }

    /** A browser keeps its current page during a download, so after signing in that would be the sign-in page. */
    private static boolean isFile(HttpServletRequest request) {
        return FILES.stream().anyMatch(request.getServletPath()::endsWith);
    }

    private static String referringPage(HttpServletRequest request) {
        try {
            return Optional.ofNullable(request.getHeader(HttpHeaders.REFERER))
                    .map(referer -> UriComponentsBuilder.fromUriString(referer).build())
                    .filter(page -> request.getServerName().equals(page.getHost())
                            && page.getPath() != null && !page.getPath().startsWith("//"))
                    .map(page -> page.getQuery() == null ? page.getPath() : page.getPath() + "?" + page.getQuery())
                    .orElse("/");
        } catch (IllegalArgumentException e) {
            return "/";
        }
    }

    /**
     * Reloads the whole page for a part of one, so that sign-in takes the whole window and leads back to the page. What
     * was typed into a form is kept as a draft of its page, and is sent by its button only.
     */
    private static AuthenticationEntryPoint reloadingFragments(AuthenticationEntryPoint signIn) {
        return (request, response, refused) -> {
            if (request.getParameter(IdempotencyKeys.FIELD) != null) {
                // After sign-in the page reads the cookie, reports that the form was not handled, and deletes it.
                response.addHeader(HttpHeaders.SET_COOKIE, ResponseCookie.from("ates_not_sent", "1").path("/")
                        .maxAge(NOT_SENT_LIVES).secure(request.isSecure()).sameSite("Lax").build().toString());
            }
            if (RequestKind.isWithinPage(request) && refused instanceof SignInTooOldException) {
                // The page itself needs no new sign-in, so its reload would not lead there.
                signIn.commence(request, new WholeWindow(response), refused);
            } else if (RequestKind.isWithinPage(request)) {
                response.setHeader("HX-Refresh", "true");
                response.setStatus(HttpStatus.UNAUTHORIZED.value());
            } else if (RequestKind.isNavigation(request)) {
                signIn.commence(request, response, refused);
            } else {
                response.sendError(HttpStatus.UNAUTHORIZED.value());
            }
        };
    }

    /** Makes htmx, which would follow a redirect within the page, leave the page for its target. */
    private static final class WholeWindow extends HttpServletResponseWrapper {

        WholeWindow(HttpServletResponse response) {
            super(response);
        }

        @Override
        public void sendRedirect(String target) {
            super.setHeader("HX-Redirect", target);
            super.setStatus(HttpStatus.UNAUTHORIZED.value());
        }

        @Override
        public void setHeader(String name, String value) {
            super.setHeader(name.equals(HttpHeaders.LOCATION) ? "HX-Redirect" : name, value);
        }

        @Override
        public void setStatus(int status) {
            super.setStatus(HttpStatus.UNAUTHORIZED.value());
        }
    }

    /**
     * A form of an ended session fails the check of its token first, although the session is what it lacks: it leads to
     * sign-in. A form from before a new sign-in leads to its page, which then has a valid token.
     */
    private AccessDeniedHandler refused(AuthenticationEntryPoint signIn) {
        return (request, response, refused) -> {
            var authentication = SecurityContextHolder.getContext().getAuthentication();
            boolean nobody = authentication == null || authentication instanceof AnonymousAuthenticationToken;
            if (nobody && RequestKind.isPerson(request)) {
                signIn.commence(request, response, new InsufficientAuthenticationException("Nobody is signed in"));
            } else if (authentication != null && refused instanceof CsrfException && RequestKind.isPerson(request)) {
                showAgain(shell.name(authentication), request, response);
            } else {
                keepToken(request);
                response.sendError(HttpStatus.FORBIDDEN.value());
            }
        };
    }

    /** Computes the token now: the error page has a form to sign out, but is rendered after the session was stored. */
    private static void keepToken(HttpServletRequest request) {
        if (request.getAttribute(CsrfToken.class.getName()) instanceof CsrfToken token) {
            token.getToken();
        }
    }

    /** The toast names the signed-in user, who may not be the one that opened the form. */
    private static void showAgain(String viewer, HttpServletRequest request, HttpServletResponse response) {
        var page = page(request);
        var toast = new FlashMap();
        toast.put(Toast.ATTRIBUTE, Toast.of("shell.from-before", viewer));
        toast.setTargetRequestPath(page.split("\\?", 2)[0]);
        toast.startExpirationPeriod(60);
        new SeparateFlashMaps().saveOutputFlashMap(toast, request, response);
        if (RequestKind.isWithinPage(request)) {
            response.setHeader("HX-Refresh", "true");
            response.setStatus(HttpStatus.FORBIDDEN.value());
        } else {
            response.setHeader(HttpHeaders.LOCATION, page);
            response.setStatus(HttpStatus.SEE_OTHER.value());
        }
    }

    private static RequestMatcher any(String... paths) {
        return new OrRequestMatcher(Stream.of(paths)
                .map(path -> (RequestMatcher) PathPatternRequestMatcher.withDefaults().matcher(path)).toList());
    }

    private static String origin(URI address) {
        return address.getScheme() + "://" + address.getAuthority();
    }
}
