package com.uberpopug.ates.auth.signin;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import com.uberpopug.ates.auth.oidc.ClientSecrets;
import com.uberpopug.ates.auth.oidc.IdTokenHints;
import com.uberpopug.ates.auth.oidc.OidcProperties;
import com.uberpopug.ates.auth.oidc.ProtocolSecurity;
import com.uberpopug.ates.auth.oidc.UserInfo;
import com.uberpopug.ates.auth.session.SessionId;
import com.uberpopug.ates.platform.events.Jobs;
import com.uberpopug.ates.platform.pages.PageProperties;
import com.uberpopug.ates.platform.pages.PageSecurity;
import com.uberpopug.ates.platform.pages.ReturnPage;
import com.uberpopug.ates.platform.web.RequestKind;
import com.uberpopug.ates.platform.web.security.BearerChallenge;
import com.uberpopug.ates.platform.web.security.HandlerAccess;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseCookie;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.security.authentication.DisabledException;
import org.springframework.security.authentication.InsufficientAuthenticationException;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;
import org.springframework.security.oauth2.core.oidc.OidcScopes;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2ClientAuthenticationToken;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.WebAuthenticationDetails;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.WebUtils;

/**
 * The access rules of the OpenID Connect endpoints and of the pages for signing in and out. The platform's rules open
 * the REST API.
 */
@Configuration(proxyBeanMethods = false)
class WebSecurity {

    private static final String SIGN_IN = "/login";
    private static final String FIRST_PASSWORD = "/first-password";
    private static final RequestMatcher FORM_SENT = PathPatternRequestMatcher.withDefaults()
            .matcher(HttpMethod.POST, SIGN_IN);
    /** Holds the return page for forms without one; each displayed form carries its own. */
    private static final String LAST_PAGE = "ATES_AUTH_TO";
    private static final Duration LAST_PAGE_LIVES = Duration.ofMinutes(10);
    private static final int MAX_LAST_PAGE = 1_000;

    /** The conventional paths of OAuth 2.0 and OpenID Connect; no pages are there. */
    private static final RequestMatcher PROTOCOL = new OrRequestMatcher(Stream.of("/oauth2/**", "/login/oauth2/**",
            "/connect/**", "/userinfo/**", "/.well-known/openid-configuration",
            "/.well-known/oauth-authorization-server")
            .map(path -> (RequestMatcher) PathPatternRequestMatcher.withDefaults().matcher(path)).toList());

    private final OidcProperties properties;
    private final ReturnPage returnPage;

    WebSecurity(OidcProperties properties, ReturnPage returnPage) {
        this.properties = properties;
        this.returnPage = returnPage;
    }

    @Bean
    @Order(10)
    SecurityFilterChain openIdConnect(HttpSecurity http, IdTokenHints hints, UserInfo userInfo,
            SignOutSecurity signOuts) {
        return http.oauth2AuthorizationServer(server -> {
            var offered = server.getEndpointsMatcher();
            http.securityMatcher(new OrRequestMatcher(offered, PROTOCOL))
                    .addFilterBefore((request, response, chain) -> {
                        // A later filter would report an unreadable session as a client's error.
                        var signedIn = SecurityContextHolder.getContext().getAuthentication();
                        if (signedIn != null && requiresAnotherUser((HttpServletRequest) request, signedIn, hints)) {
                            SecurityContextHolder.clearContext();
                        }
                        if (!ProtocolSecurity.refused(offered, (HttpServletRequest) request,
                                (HttpServletResponse) response)) {
                            chain.doFilter(request, response);
                        }
                    }, CsrfFilter.class);
            server.clientAuthentication(clients -> clients.authenticationProviders(ClientSecrets::hashQuickly)
                    .errorResponseHandler(ProtocolSecurity::clientRefused));
            server.oidc(oidc -> oidc
                    .userInfoEndpoint(claims -> claims.userInfoMapper(userInfo)
                            .userInfoRequestConverters(OutageSecurity::allConverters)
                            .authenticationProviders(OutageSecurity::all)
                            .errorResponseHandler(OutageSecurity.unlessAway(ProtocolSecurity::userInfoRefused)))
                    .logoutEndpoint(logout -> logout.logoutRequestConverters(OutageSecurity::allConverters)
                            .authenticationProviders(all -> {
                                all.replaceAll(_ -> hints.provider());
                                OutageSecurity.all(all);
                            })
                            .logoutResponseHandler(signOuts::atClient)
                            // A request without proof signs nobody out: the page leaves the decision to the user.
                            .errorResponseHandler(OutageSecurity.unlessAway(
                                    (request, response, _) -> response.sendRedirect(SignInPages.SIGN_OUT)))));
        })
                .authorizeHttpRequests(requests -> requests.requestMatchers(WebSecurity::mustNotBeAsked).permitAll()
                        // A user's session or token does not authenticate a client.
                        .requestMatchers(ProtocolSecurity::isForClients).access((known, _) -> new AuthorizationDecision(
                                known.get() instanceof OAuth2ClientAuthenticationToken))
                        .anyRequest().authenticated())
                .oauth2ResourceServer(server -> server.authenticationEntryPoint(new BearerChallenge())
                        .jwt(Customizer.withDefaults()))
                .exceptionHandling(handling -> handling.authenticationEntryPoint(this::unauthenticated)
                        .accessDeniedHandler((request, response, _) -> unauthenticated(request, response,
                                new InsufficientAuthenticationException("No client credentials"))))
                .requestCache(AbstractHttpConfigurer::disable)
                .build();
    }

    @Bean
    @Order(20)
    SecurityFilterChain pages(HttpSecurity http, PageSecurity security, HandlerAccess access,
            CsrfTokenRepository formTokens, PasswordSignIn passwords, SignOutSecurity signOuts,
            PageProperties pages) {
        // Browsers apply form-action to redirects after a form too, and a sign-in ends at a client.
        return security.pages(http, (request, response, refused) -> {
            if (PageSecurity.isSignOut(request) && isSameOrigin(request) && signOuts.byNobody(request)) {
                response.sendRedirect(returnPage.passOn(SignInPages.SIGNED_OUT, request));
            } else {
                begin(request, response, refused);
            }
        },
                properties.origins().stream().map(URI::create))
                .authorizeHttpRequests(requests -> requests.anyRequest().access(access))
                .formLogin(form -> form.loginPage(SIGN_IN)
                        .authenticationDetailsSource(WebSecurity::details)
                        .successHandler((request, response, signedIn) -> {
                            SignOutSecurity.remember(signedIn, request, response);
                            goOn(request, response, pages.services().tasks());
                        })
                        .failureHandler(this::refused))
                .logout(logout -> logout.logoutSuccessHandler((request, response, _) -> response.sendRedirect(
                        returnPage.passOn(SignInPages.SIGNED_OUT, request))))
                .addFilterBefore((request, response, chain) -> {
                    var signedIn = SecurityContextHolder.getContext().getAuthentication();
                    if (signedIn == null || !FORM_SENT.matches((HttpServletRequest) request)) {
                        chain.doFilter(request, response);
                    } else if (request.getParameter("username") instanceof String login
                            && passwords.isLoginOf(signedIn, login)) {
                        // A user who has signed in in another tab continues to this form's page.
                        goOn((HttpServletRequest) request, (HttpServletResponse) response, pages.services().tasks());
                    } else {
                        leaveSignedIn((HttpServletRequest) request, (HttpServletResponse) response);
                    }
                }, CsrfFilter.class)
                // The link is a secret of its own, valid independently of any session.
                .csrf(csrf -> csrf.csrfTokenRepository(new SignInFormSecurity(formTokens, SIGN_IN))
                        .ignoringRequestMatchers(FIRST_PASSWORD)
                        // Five tabs that show the form at once each replace the cookie with their own token.
                        .ignoringRequestMatchers(WebSecurity::isOwnForm))
                .headers(headers -> headers.addHeaderWriter(WebSecurity::keepLink))
                .build();
    }

    @Bean
    RecurringTask<Void> forgetOldSignInAttempts(SignInAttempts attempts) {
        return Tasks.recurring("forget-old-sign-in-attempts", FixedDelay.of(Duration.ofMinutes(10)))
                .onFailure(Jobs.tryingAgain())
                .execute((_, _) -> attempts.deleteExpired());
    }

    /** The client only checks for a signed-in user (prompt=none): the endpoint answers without a page. */
    private static boolean mustNotBeAsked(HttpServletRequest request) {
        return request.getRequestURI().equals(ProtocolSecurity.AUTHORIZE)
                && lists(request.getParameter("prompt"), "none")
                && lists(request.getParameter(OAuth2ParameterNames.SCOPE), OidcScopes.OPENID);
    }

    /**
     * No page may be shown, and the signed-in user is not the one in the client's hint: the request counts as
     * unauthenticated.
     */
    private static boolean requiresAnotherUser(HttpServletRequest request, Authentication signedIn,
            IdTokenHints hints) {
        return mustNotBeAsked(request) && request.getParameter("id_token_hint") instanceof String hint
                && !hint.isBlank() && !hints.isOf(hint, signedIn);
    }

    private static boolean lists(@Nullable String values, String wanted) {
        return values != null && Arrays.asList(values.split(" ")).contains(wanted);
    }

    /** Only one endpoint is called by a person who can sign in. */
    private void unauthenticated(HttpServletRequest request, HttpServletResponse response,
            AuthenticationException refused) throws IOException {
        if (request.getRequestURI().equals(ProtocolSecurity.AUTHORIZE) && RequestKind.isNavigation(request)) {
            begin(request, response, refused);
        } else {
            ProtocolSecurity.unauthenticated(request, response, refused);
        }
    }

    /**
     * A form opened before another user signed in is not used: nobody takes over another user's session, whose sessions
     * at the clients would go on. The page shows the signed-in user and leaves the decision to them.
     */
    private void leaveSignedIn(HttpServletRequest request, HttpServletResponse response) {
        response.setHeader(HttpHeaders.LOCATION, returnPage.passOn(SIGN_IN + "?already", request));
        response.setStatus(HttpStatus.SEE_OTHER.value());
    }

    /** A form is not sent again after signing in, so its page is shown instead. */
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

    private static boolean isOwnForm(HttpServletRequest request) {
        return request.getRequestURI().equals(SIGN_IN) && isSameOrigin(request);
    }

    /** Browsers set this header to the form's origin, and no page can change it. */
    private static boolean isSameOrigin(HttpServletRequest request) {
        var site = request.getHeader("Sec-Fetch-Site");
        return site == null
                ? request.getHeader(HttpHeaders.ORIGIN) != null
                        && WebUtils.isSameOrigin(new ServletServerHttpRequest(request))
                : site.equals("same-origin");
    }

    /** The sign-on session's name derives from this id, see {@link SessionId}; there is no session yet. */
    private static WebAuthenticationDetails details(HttpServletRequest request) {
        return new WebAuthenticationDetails(request.getRemoteAddr(), UUID.randomUUID().toString());
    }

    /** The one-time link must not leak, not even in a Referer header to this service's own resources. */
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
