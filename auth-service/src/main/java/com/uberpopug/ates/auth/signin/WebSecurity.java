package com.uberpopug.ates.auth.signin;

import com.uberpopug.ates.auth.attempt.DeviceSecurity;
import com.uberpopug.ates.auth.oidc.ClientSecrets;
import com.uberpopug.ates.auth.oidc.DeviceClientSecurity;
import com.uberpopug.ates.auth.oidc.DevicePage;
import com.uberpopug.ates.auth.oidc.IdTokenHints;
import com.uberpopug.ates.auth.oidc.OidcProperties;
import com.uberpopug.ates.auth.oidc.PromptSecurity;
import com.uberpopug.ates.auth.oidc.ProtocolSecurity;
import com.uberpopug.ates.auth.oidc.UserInfo;
import com.uberpopug.ates.auth.passkey.HalfSignInSecurity;
import com.uberpopug.ates.auth.passkey.PasskeySecurity;
import com.uberpopug.ates.auth.passkey.Passkeys;
import com.uberpopug.ates.auth.session.SessionId;
import com.uberpopug.ates.auth.user.SecondFactor;
import com.uberpopug.ates.auth.user.TooManyPasswordsException;
import com.uberpopug.ates.platform.pages.PageProperties;
import com.uberpopug.ates.platform.pages.PageSecurity;
import com.uberpopug.ates.platform.pages.ReturnPage;
import com.uberpopug.ates.platform.web.RequestKind;
import com.uberpopug.ates.platform.web.security.BearerChallenge;
import com.uberpopug.ates.platform.web.security.HandlerAccess;
import com.uberpopug.ates.platform.web.security.SignInTooOldException;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseCookie;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.AuthenticationEventPublisher;
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
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AuthorizationCodeRequestAuthenticationProvider;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AuthorizationCodeRequestAuthenticationValidator;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2ClientAuthenticationToken;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.UsernamePasswordAuthenticationFilter;
import org.springframework.security.web.authentication.WebAuthenticationDetails;
import org.springframework.security.web.authentication.session.SessionAuthenticationStrategy;
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
    private static final RequestMatcher FORM_SENT = new OrRequestMatcher(Stream.of(SIGN_IN, PasskeySecurity.PATH)
            .map(path -> (RequestMatcher) PathPatternRequestMatcher.withDefaults().matcher(HttpMethod.POST, path))
            .toList());
    /** Holds the return page for forms without one; each displayed form carries its own. */
    private static final String LAST_PAGE = "ATES_AUTH_TO";
    private static final Duration LAST_PAGE_LIVES = Duration.ofMinutes(10);
    private static final int MAX_LAST_PAGE = 1_000;
    /** Twice as long as a password waits to be checked. */
    private static final Duration RETRY_AFTER = Duration.ofSeconds(10);

    /** The conventional paths of OAuth 2.0 and OpenID Connect; no pages are there. */
    private static final RequestMatcher PROTOCOL = new OrRequestMatcher(Stream.of("/oauth2/**", "/login/oauth2/**",
            "/connect/**", "/userinfo/**", "/.well-known/openid-configuration",
            "/.well-known/oauth-authorization-server")
            .map(path -> (RequestMatcher) PathPatternRequestMatcher.withDefaults().matcher(path)).toList());

    private final OidcProperties properties;
    private final ReturnPage returnPage;
    private final SignInAgain again;
    private final Clock clock;

    WebSecurity(OidcProperties properties, ReturnPage returnPage, SignInAgain again, Clock clock) {
        this.properties = properties;
        this.returnPage = returnPage;
        this.again = again;
        this.clock = clock;
    }

    @Bean
    @Order(10)
    SecurityFilterChain openIdConnect(HttpSecurity http, IdTokenHints hints, UserInfo userInfo,
            SignOutSecurity signOuts, SecondFactor secondFactor, DeviceClientSecurity devices) {
        return http.oauth2AuthorizationServer(server -> {
            var offered = server.getEndpointsMatcher();
            http.securityMatcher(new OrRequestMatcher(offered, PROTOCOL))
                    .addFilterBefore(new HalfSignInSecurity(secondFactor, clock), CsrfFilter.class)
                    .addFilterBefore((request, response, chain) -> {
                        // A later filter would report an unreadable session as a client's error.
                        var signedIn = SecurityContextHolder.getContext().getAuthentication();
                        if (signedIn != null && requiresSignIn((HttpServletRequest) request, signedIn, hints)) {
                            SecurityContextHolder.clearContext();
                        }
                        if (!ProtocolSecurity.refused(offered, (HttpServletRequest) request,
                                (HttpServletResponse) response)) {
                            chain.doFilter(request, response);
                        }
                    }, CsrfFilter.class);
            server.authorizationEndpoint(endpoint -> endpoint.authenticationProviders(WebSecurity::validatePrompt));
            server.clientAuthentication(clients -> clients.authenticationProviders(ClientSecrets::hashQuickly)
                    .authenticationConverter(DeviceClientSecurity::named).authenticationProvider(devices.provider())
                    .errorResponseHandler(ProtocolSecurity::clientRefused));
            server.deviceAuthorizationEndpoint(device -> device
                    .verificationUri(properties.issuer() + DevicePage.PATH));
            server.deviceVerificationEndpoint(device -> device.consentPage(DevicePage.CONSENT)
                    .deviceVerificationResponseHandler(
                            (request, response, _) -> response.sendRedirect(DevicePage.ALLOWED))
                    .errorResponseHandler((request, response, refused) -> response.sendRedirect(
                            ProtocolSecurity.isDenied(refused) ? DevicePage.DENIED : DevicePage.UNKNOWN)));
            server.authorizationServerMetadataEndpoint(document -> document.authorizationServerMetadataCustomizer(
                    metadata -> metadata.grantTypes(ProtocolSecurity::offered)));
            server.oidc(oidc -> oidc
                    .providerConfigurationEndpoint(document -> document.providerConfigurationCustomizer(
                            metadata -> metadata.grantTypes(ProtocolSecurity::offered)))
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
            DeviceSecurity devices, PageProperties pages, SecondFactor secondFactor, Passkeys passkeys,
            AuthenticationEventPublisher events, ApplicationEventPublisher context) {
        var passkeySignIn = new PasskeySecurity(passkeys, events, clock);
        passkeySignIn.setApplicationEventPublisher(context);
        passkeySignIn.setAuthenticationDetailsSource(
                request -> new WebAuthenticationDetails(request.getRemoteAddr(),
                        signOn(HalfSignInSecurity.of(request).orElse(signedIn()))));
        passkeySignIn.setAuthenticationSuccessHandler((request, response, signedIn) -> {
            SignOutSecurity.remember(signedIn, request, response);
            devices.remember(UUID.fromString(signedIn.getName()), request, response);
            response.sendRedirect(SignInAgain.done(next(request, response, pages)));
        });
        passkeySignIn.setAuthenticationFailureHandler((request, response, refused) -> response.sendRedirect(
                returnPage.passOn(SIGN_IN + (refused instanceof DisabledException ? "?deactivated" : "?passkey"),
                        request)));
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
                        .authenticationDetailsSource(request -> new SignInDetailsSecurity(request, signOn(signedIn())))
                        .successHandler((request, response, signedIn) -> {
                            SignOutSecurity.remember(signedIn, request, response);
                            devices.remember(UUID.fromString(signedIn.getName()), request, response);
                            response.sendRedirect(SignInAgain.done(next(request, response, pages)));
                        })
                        .failureHandler(this::refused))
                .logout(logout -> logout.logoutSuccessHandler((request, response, _) -> response.sendRedirect(
                        returnPage.passOn(SignInPages.SIGNED_OUT, request))))
                .addFilterBefore(new HalfSignInSecurity(secondFactor, clock), CsrfFilter.class)
                .with(new PasskeyConfigurer(passkeySignIn), Customizer.withDefaults())
                .addFilterBefore((request, response, chain) -> {
                    var signedIn = SecurityContextHolder.getContext().getAuthentication();
                    if (signedIn == null || !FORM_SENT.matches((HttpServletRequest) request)) {
                        chain.doFilter(request, response);
                    } else if (!isFormOf(signedIn, (HttpServletRequest) request, passwords, passkeys)) {
                        leaveSignedIn((HttpServletRequest) request, (HttpServletResponse) response);
                    } else if (returnPage.of((HttpServletRequest) request)
                            .filter(page -> again.isNeeded(page, signedIn)).isPresent()) {
                        chain.doFilter(request, response);
                    } else {
                        // A user who has signed in in another tab continues to this form's page.
                        ((HttpServletResponse) response).sendRedirect(SignInAgain.unmarked(
                                next((HttpServletRequest) request, (HttpServletResponse) response, pages)));
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

    /** The client only checks for a signed-in user (prompt=none): the endpoint answers without a page. */
    private static boolean mustNotBeAsked(HttpServletRequest request) {
        return request.getServletPath().equals(ProtocolSecurity.AUTHORIZE) && PromptSecurity.isNone(request)
                && lists(request.getParameter(OAuth2ParameterNames.SCOPE), OidcScopes.OPENID);
    }

    /**
     * The request asks for a newer sign-in, or no page may be shown and the signed-in user is not the one in the
     * client's hint: it counts as unauthenticated.
     */
    private boolean requiresSignIn(HttpServletRequest request, Authentication signedIn, IdTokenHints hints) {
        return request.getServletPath().equals(ProtocolSecurity.AUTHORIZE)
                && PromptSecurity.refuses(request, signedIn, clock.instant())
                || mustNotBeAsked(request) && request.getParameter("id_token_hint") instanceof String hint
                        && !hint.isBlank() && !hints.isOf(hint, signedIn);
    }

    private static boolean lists(@Nullable String values, String wanted) {
        return values != null && Arrays.asList(values.split(" ")).contains(wanted);
    }

    /** Two endpoints are called by a person who can sign in. */
    private void unauthenticated(HttpServletRequest request, HttpServletResponse response,
            AuthenticationException refused) throws IOException {
        if (request.getServletPath().equals(ProtocolSecurity.AUTHORIZE) && RequestKind.isNavigation(request)) {
            begin(request, response, refused);
        } else if (request.getServletPath().equals(ProtocolSecurity.DEVICE_VERIFICATION)) {
            response.sendRedirect(DevicePage.PATH);
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
        if (isSignIn(request)) {
            response.sendRedirect(returnPage.passOn(SIGN_IN + "?too-old", request));
            return;
        }
        var target = page(request);
        var form = returnPage.addTo(SIGN_IN,
                refused instanceof SignInTooOldException ? SignInAgain.needed(target) : target);
        var page = UriComponentsBuilder.fromUriString(form).build().getQueryParams().getFirst(ReturnPage.PARAMETER);
        if (page != null && page.length() <= MAX_LAST_PAGE) {
            keep(request, response, page, LAST_PAGE_LIVES);
        }
        response.sendRedirect(form);
    }

    /** A client may send its authorization request as a form, which is repeated as an address. */
    private static String page(HttpServletRequest request) {
        if (!request.getServletPath().equals(ProtocolSecurity.AUTHORIZE)
                || !HttpMethod.POST.matches(request.getMethod())
                || request.getParameter(OAuth2ParameterNames.RESPONSE_TYPE) == null) {
            return PageSecurity.page(request);
        }
        return ProtocolSecurity.AUTHORIZE + request.getParameterMap().entrySet().stream()
                .flatMap(each -> Arrays.stream(each.getValue()).map(value -> encoded(each.getKey()) + "="
                        + encoded(value)))
                .collect(Collectors.joining("&", "?", ""));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private String next(HttpServletRequest request, HttpServletResponse response, PageProperties pages) {
        var last = WebUtils.getCookie(request, LAST_PAGE);
        var page = returnPage.of(request)
                .or(() -> Optional.ofNullable(last).map(Cookie::getValue).flatMap(returnPage::open));
        keep(request, response, "", Duration.ZERO);
        return page.orElseGet(pages.services().tasks()::toString);
    }

    private static void keep(HttpServletRequest request, HttpServletResponse response, String page,
            Duration lifetime) {
        response.addHeader(HttpHeaders.SET_COOKIE, ResponseCookie.from(LAST_PAGE, page).path(SIGN_IN).httpOnly(true)
                .secure(request.isSecure()).sameSite("Lax").maxAge(lifetime).build().toString());
    }

    private static boolean isOwnForm(HttpServletRequest request) {
        return isSignIn(request) && isSameOrigin(request);
    }

    private static boolean isFormOf(Authentication signedIn, HttpServletRequest form, PasswordSignIn passwords,
            Passkeys passkeys) {
        return form.getServletPath().equals(PasskeySecurity.PATH)
                ? passkeys.isOf(signedIn, form.getParameter(PasskeySecurity.CREDENTIAL))
                : form.getParameter("username") instanceof String login && passwords.isLoginOf(signedIn, login);
    }

    private static boolean isSignIn(HttpServletRequest request) {
        return request.getServletPath().equals(SIGN_IN) || request.getServletPath().startsWith(PasskeySecurity.PATH);
    }

    /** Browsers set this header to the form's origin, and no page can change it. */
    private static boolean isSameOrigin(HttpServletRequest request) {
        var site = request.getHeader("Sec-Fetch-Site");
        return site == null
                ? request.getHeader(HttpHeaders.ORIGIN) != null
                        && WebUtils.isSameOrigin(new ServletServerHttpRequest(request))
                : site.equals("same-origin");
    }

    /**
     * The sign-on session's name derives from this id, see {@link SessionId}; there is no session yet. A user who signs
     * in again keeps the sign-on, with the clients' sessions and the forms of open pages.
     */
    private static String signOn(@Nullable Authentication signedIn) {
        return signedIn != null && signedIn.getDetails() instanceof WebAuthenticationDetails kept
                && kept.getSessionId() instanceof String id ? id : UUID.randomUUID().toString();
    }

    private static @Nullable Authentication signedIn() {
        return SecurityContextHolder.getContext().getAuthentication();
    }

    private static void validatePrompt(List<AuthenticationProvider> all) {
        var validator = new OAuth2AuthorizationCodeRequestAuthenticationValidator().andThen(PromptSecurity::validate);
        all.stream().filter(OAuth2AuthorizationCodeRequestAuthenticationProvider.class::isInstance)
                .map(OAuth2AuthorizationCodeRequestAuthenticationProvider.class::cast)
                .forEach(requests -> requests.setAuthenticationValidator(validator));
    }

    /** The one-time link must not leak, not even in a Referer header to this service's own resources. */
    private static void keepLink(HttpServletRequest request, HttpServletResponse response) {
        if (request.getServletPath().equals(FIRST_PASSWORD)) {
            response.setHeader("Referrer-Policy", ReferrerPolicy.NO_REFERRER.getPolicy());
        }
    }

    /** The page shows the form again, under its own address, with the reason. */
    private static void tooMany(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        response.setStatus(HttpStatus.SERVICE_UNAVAILABLE.value());
        response.setHeader(HttpHeaders.RETRY_AFTER, String.valueOf(RETRY_AFTER.toSeconds()));
        var asked = new HttpServletRequestWrapper(request) {
            @Override
            public String getMethod() {
                return HttpMethod.GET.name();
            }
        };
        request.getRequestDispatcher(SIGN_IN + "?busy").forward(asked, response);
    }

    private void refused(HttpServletRequest request, HttpServletResponse response, AuthenticationException refused)
            throws IOException, ServletException {
        if (refused instanceof TooManyPasswordsException) {
            tooMany(request, response);
            return;
        }
        var why = switch (refused) {
            case LockedException _ -> "locked";
            case DisabledException _ -> "deactivated";
            default -> "wrong";
        };
        response.sendRedirect(returnPage.passOn(SIGN_IN + "?" + why, request));
    }

    /** Gives the sign-in by passkey what Spring's configurer gives the one by password: a new session id. */
    private static final class PasskeyConfigurer extends AbstractHttpConfigurer<PasskeyConfigurer, HttpSecurity> {

        private final PasskeySecurity filter;

        PasskeyConfigurer(PasskeySecurity filter) {
            this.filter = filter;
        }

        @Override
        public void configure(HttpSecurity http) {
            filter.setSessionAuthenticationStrategy(
                    Objects.requireNonNull(http.getSharedObject(SessionAuthenticationStrategy.class)));
            http.addFilterAfter(filter, UsernamePasswordAuthenticationFilter.class);
        }
    }
}
