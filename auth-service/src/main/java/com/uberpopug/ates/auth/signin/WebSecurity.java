package com.uberpopug.ates.auth.signin;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import com.uberpopug.ates.auth.oidc.ClientSecrets;
import com.uberpopug.ates.auth.oidc.OidcProperties;
import com.uberpopug.ates.auth.session.SessionId;
import com.uberpopug.ates.platform.jobs.Jobs;
import com.uberpopug.ates.platform.pages.PageProperties;
import com.uberpopug.ates.platform.pages.PageSecurity;
import com.uberpopug.ates.platform.pages.ReturnPage;
import com.uberpopug.ates.platform.security.BearerChallenge;
import com.uberpopug.ates.platform.security.HandlerAccess;
import com.uberpopug.ates.platform.web.Audience;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.ResponseCookie;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.security.authentication.DisabledException;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.authentication.event.LogoutSuccessEvent;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.server.authorization.oidc.authentication.OidcLogoutAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.oidc.web.authentication.OidcLogoutAuthenticationSuccessHandler;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.WebAuthenticationDetails;
import org.springframework.security.web.authentication.logout.SecurityContextLogoutHandler;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.util.matcher.AnyRequestMatcher;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.WebUtils;

/** Who may reach what: the OpenID Connect endpoints, and the pages of signing in and out. The REST API is opened by the platform. */
@Configuration(proxyBeanMethods = false)
class WebSecurity {

    private static final String SIGN_IN = "/login";
    private static final String FIRST_PASSWORD = "/first-password";
    /** Holds the page to come back to for who sends the form without it; each form that is shown has its own. */
    private static final String LAST_PAGE = "ATES_AUTH_TO";
    private static final Duration LAST_PAGE_LIVES = Duration.ofMinutes(10);
    private static final int MAX_LAST_PAGE = 1_000;

    private final OidcProperties properties;
    private final ReturnPage returnPage;
    private final ApplicationEventPublisher events;

    WebSecurity(OidcProperties properties, ReturnPage returnPage, ApplicationEventPublisher events) {
        this.properties = properties;
        this.returnPage = returnPage;
        this.events = events;
    }

    @Bean
    @Order(10)
    SecurityFilterChain openIdConnect(HttpSecurity http) {
        var signedOut = new OidcLogoutAuthenticationSuccessHandler();
        signedOut.setLogoutHandler(this::signOutByClient);
        return http.oauth2AuthorizationServer(server -> {
            http.securityMatcher(server.getEndpointsMatcher());
            server.clientAuthentication(clients -> clients.authenticationProviders(ClientSecrets::hashQuickly));
            server.oidc(oidc -> oidc.logoutEndpoint(logout -> logout.logoutResponseHandler(signedOut)
                    .logoutRequestConverters(OutageSecurity::allConverters)
                    .authenticationProviders(OutageSecurity::all)
                    // An ID token of a session that is over is no proof of intent: the page lets the user decide.
                    .errorResponseHandler(
                            OutageSecurity.unlessAway((request, response, _) -> response.sendRedirect("/"))))
                    .userInfoEndpoint(info -> info.userInfoRequestConverters(OutageSecurity::allConverters)
                            .authenticationProviders(OutageSecurity::all)
                            .errorResponseHandler(OutageSecurity.unlessAway(OutageSecurity.asUserInfo()))));
        })
                .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                .oauth2ResourceServer(server -> server.authenticationEntryPoint(new BearerChallenge())
                        .jwt(Customizer.withDefaults()))
                .exceptionHandling(handling -> handling.defaultAuthenticationEntryPointFor(
                        this::begin, WebSecurity::leadsToForm)
                        .defaultAuthenticationEntryPointFor(new BearerChallenge(), AnyRequestMatcher.INSTANCE))
                .requestCache(AbstractHttpConfigurer::disable)
                .build();
    }

    @Bean
    @Order(20)
    SecurityFilterChain pages(HttpSecurity http, PageSecurity security, HandlerAccess access,
            CsrfTokenRepository formTokens, PasswordSignIn passwords, PageProperties pages) {
        // Browsers apply form-action to the redirects that follow a form too, and signing in ends at a client.
        return security.pages(http, this::begin,
                properties.origins().stream().map(URI::create))
                .authorizeHttpRequests(requests -> requests.anyRequest().access(access))
                .formLogin(form -> form.loginPage(SIGN_IN)
                        .authenticationDetailsSource(WebSecurity::details)
                        .successHandler((request, response, _) -> goOn(request, response, pages.services().tasks()))
                        .failureHandler(this::refused))
                .logout(logout -> logout.logoutSuccessUrl("/login?signed-out"))
                .addFilterBefore((request, response, chain) -> {
                    // Somebody who has signed in beside it goes on, to the page that this form is for.
                    if (isSentAgain((HttpServletRequest) request, passwords)) {
                        goOn((HttpServletRequest) request, (HttpServletResponse) response, pages.services().tasks());
                    } else {
                        chain.doFilter(request, response);
                    }
                }, CsrfFilter.class)
                // The link in it is a secret of its own, and good as long as it is, whatever became of the session.
                .csrf(csrf -> csrf.csrfTokenRepository(new SignInTokens(formTokens, SIGN_IN))
                        .ignoringRequestMatchers(FIRST_PASSWORD)
                        // Five tabs that show the form at once each replace the cookie with its token.
                        .ignoringRequestMatchers(WebSecurity::isOwnForm))
                .headers(headers -> headers.addHeaderWriter(WebSecurity::keepLink))
                .build();
    }

    @Bean
    RecurringTask<Void> forgetOldSignInAttempts(SignInAttempts attempts) {
        return Tasks.recurring("forget-old-sign-in-attempts", FixedDelay.of(Duration.ofMinutes(10)))
                .onFailure(Jobs.tryingAgain())
                .execute((_, _) -> attempts.forgetOld());
    }

    /** Ends the session as the sign-out page does, and tells of it as the sign-out page does. */
    private void signOutByClient(HttpServletRequest request, HttpServletResponse response,
            @Nullable Authentication asked) {
        if (asked instanceof OidcLogoutAuthenticationToken logout && logout.isPrincipalAuthenticated()
                && logout.getPrincipal() instanceof Authentication signedIn) {
            new SecurityContextLogoutHandler().logout(request, response, signedIn);
            events.publishEvent(new LogoutSuccessEvent(signedIn));
        }
    }

    /** A form cannot be sent again after signing in, so its page comes back. */
    private void begin(HttpServletRequest request, HttpServletResponse response, AuthenticationException refused)
            throws IOException {
        if (request.getRequestURI().equals(SIGN_IN)) {
            response.sendRedirect(returnPage.passOn(SIGN_IN + "?too-old", request));
            return;
        }
        var form = returnPage.addTo(SIGN_IN, PageSecurity.page(request));
        var page = UriComponentsBuilder.fromUriString(form).build().getQueryParams().getFirst(ReturnPage.PARAMETER);
        if (page != null && page.length() <= MAX_LAST_PAGE) {
            keep(request, response, page, LAST_PAGE_LIVES);
        }
        response.sendRedirect(form);
    }

    private void goOn(HttpServletRequest request, HttpServletResponse response, URI otherwise) throws IOException {
        var last = WebUtils.getCookie(request, LAST_PAGE);
        var page = returnPage.of(request)
                .or(() -> Optional.ofNullable(last).map(Cookie::getValue).flatMap(returnPage::open));
        keep(request, response, "", Duration.ZERO);
        response.sendRedirect(page.orElseGet(otherwise::toString));
    }

    private static void keep(HttpServletRequest request, HttpServletResponse response, String page,
            Duration lifetime) {
        response.addHeader(HttpHeaders.SET_COOKIE, ResponseCookie.from(LAST_PAGE, page).path(SIGN_IN).httpOnly(true)
                .secure(request.isSecure()).sameSite("Lax").maxAge(lifetime).build().toString());
    }

    private static boolean leadsToForm(HttpServletRequest request) {
        return request.getRequestURI().equals("/oauth2/authorize") && Audience.isNavigation(request);
    }

    private static boolean isSentAgain(HttpServletRequest request, PasswordSignIn passwords) {
        var signedIn = SecurityContextHolder.getContext().getAuthentication();
        return signedIn != null && request.getRequestURI().equals(SIGN_IN)
                && HttpMethod.POST.matches(request.getMethod())
                && request.getParameter("username") instanceof String login && passwords.isLoginOf(signedIn, login);
    }

    /** Browsers say where a form comes from, and let no page say otherwise. */
    private static boolean isOwnForm(HttpServletRequest request) {
        if (!request.getRequestURI().equals(SIGN_IN)) {
            return false;
        }
        var site = request.getHeader("Sec-Fetch-Site");
        return site == null
                ? request.getHeader(HttpHeaders.ORIGIN) != null
                        && WebUtils.isSameOrigin(new ServletServerHttpRequest(request))
                : site.equals("same-origin");
    }

    /** The name of the sign-on session is made of this, see {@link SessionId}: nobody has a session yet. */
    private static WebAuthenticationDetails details(HttpServletRequest request) {
        return new WebAuthenticationDetails(request.getRemoteAddr(), UUID.randomUUID().toString());
    }

    /** A one-time link is told to nobody, not even to ourselves by what its page loads. */
    private static void keepLink(HttpServletRequest request, HttpServletResponse response) {
        if (request.getRequestURI().equals(FIRST_PASSWORD)) {
            response.setHeader("Referrer-Policy", ReferrerPolicy.NO_REFERRER.getPolicy());
        }
    }

    private void refused(HttpServletRequest request, HttpServletResponse response, AuthenticationException refused)
            throws IOException {
        var why = switch (refused) {
            case LockedException _ -> "locked";
            case DisabledException _ -> "deactivated";
            default -> "wrong";
        };
        response.sendRedirect(returnPage.passOn(SIGN_IN + "?" + why, request));
    }
}
