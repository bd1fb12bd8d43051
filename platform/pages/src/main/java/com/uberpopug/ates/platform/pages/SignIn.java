package com.uberpopug.ates.platform.pages;

import com.uberpopug.ates.platform.web.RequestKind;
import com.uberpopug.ates.platform.web.security.HandlerAccess;
import com.uberpopug.ates.platform.web.security.SignInLimit;
import com.uberpopug.ates.platform.web.security.SignInTime;
import com.uberpopug.ates.platform.web.security.SignInTooOldException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.authentication.OAuth2AuthenticationToken;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserRequest;
import org.springframework.security.oauth2.client.oidc.web.logout.OidcClientInitiatedLogoutSuccessHandler;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.DefaultOAuth2AuthorizationRequestResolver;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestResolver;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizedClientRepository;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;
import org.springframework.security.oauth2.core.oidc.IdTokenClaimNames;
import org.springframework.security.oauth2.core.oidc.OidcIdToken;
import org.springframework.security.oauth2.core.oidc.OidcScopes;
import org.springframework.security.oauth2.core.oidc.user.DefaultOidcUser;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;
import org.springframework.session.FindByIndexNameSessionRepository;

/**
 * Signs people in with the company's auth service by OpenID Connect. The auth service itself has a sign-in of its own.
 *
 * <p>The endpoints are configured, so that services start in any order: discovery would need the auth service.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnMissingClass("org.springframework.security.oauth2.server.authorization.OAuth2Authorization")
@Import(SessionsListener.class)
class SignIn {

    private static final String CLIENT = "ates";
    /** Below the path of the sign-in cookies, which the start and the callback both need. */
    private static final String STARTS = SignInRequests.PATH + "/authorization";
    private static final String START = STARTS + "/" + CLIENT;
    private static final String COMES_BACK = SignInRequests.PATH + "/code/" + CLIENT;
    static final String FAILED = "/sign-in-failed";
    private static final String SIGN_ON = FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME;
    /** Per sign-on session. */
    private static final int MOST_SESSIONS = 20;
    /** The parameter of a sign-in that has to be newer than the session's. */
    private static final String AGAIN = "fresh";
    /**
     * A sign-in that just passes there must not be too old here: else a user would be sent to and fro while the clocks
     * differ.
     */
    private static final Duration CLOCKS_DIFFER = Duration.ofSeconds(30);
    private static final List<GrantedAuthority> AUTHORITIES = List.of(new SimpleGrantedAuthority("OIDC_USER"));
    /** Claims that were compared at the sign-in and are good for nothing later. */
    private static final Set<String> ONCE = Set.of(IdTokenClaimNames.NONCE, IdTokenClaimNames.AT_HASH);
    /** Spring Security's error code for a sign-in whose cookie is missing or expired. */
    private static final String NOT_BEGUN = "authorization_request_not_found";

    private final ReturnPage returnPage;
    private final SignInRequests begun;
    private final ClientRegistration client;
    private final String signOut;
    private final JdbcClient db;
    private final long maxAgeSeconds;
    private final SealedText idTokens;

    SignIn(ReturnPage returnPage, SealedText sealed, PageProperties properties, Clock clock, JdbcClient db,
            SignInLimit signIns,
            @Value("${spring.application.name}") String name) {
        this.returnPage = returnPage;
        this.db = db;
        maxAgeSeconds = signIns.limit().minus(CLOCKS_DIFFER).toSeconds();
        client = client(name, properties);
        signOut = signOut(properties);
        idTokens = new SealedText(properties.clientSecret(), name + " ID token");
        begun = new SignInRequests(name.replace("-service", "").toUpperCase(Locale.ROOT), client, sealed, returnPage,
                clock);
    }

    @Bean
    @Order(200)
    SecurityFilterChain pages(HttpSecurity http, PageSecurity security, HandlerAccess access,
            PageProperties properties) {
        ClientRegistrationRepository clients = id -> id.equals(CLIENT) ? client : null;
        var signedOut = new OidcClientInitiatedLogoutSuccessHandler(clients);
        signedOut.setPostLogoutRedirectUri("{baseUrl}/");
        return security.pages(http, this::begin, Stream.of(URI.create(properties.issuer())))
                // Without a handler there they are 404, also before sign-in.
                .authorizeHttpRequests(requests -> requests.requestMatchers("/oauth2/**").permitAll()
                        .anyRequest().access(access))
                .oauth2Login(login -> login.loginPage(START).clientRegistrationRepository(clients)
                        .authorizationEndpoint(endpoint -> endpoint.authorizationRequestRepository(begun)
                                .authorizationRequestResolver(new Starts(clients)))
                        .authorizedClientRepository(new NothingKept())
                        .userInfoEndpoint(user -> user.oidcUserService(this::user))
                        .successHandler(this::finish).failureHandler(this::failed))
                .sessionManagement(session -> session.sessionAuthenticationStrategy(SignIn::ownSession))
                .logout(logout -> logout.logoutSuccessHandler((request, response, signedIn) -> signedOut
                        .onLogoutSuccess(request, response, signedIn == null ? null : withToken(signedIn))))
                .build();
    }

    private static ClientRegistration client(String name, PageProperties properties) {
        var issuer = properties.issuer();
        return ClientRegistration.withRegistrationId(CLIENT).clientId(name).clientSecret(properties.clientSecret())
                .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
                .redirectUri("{baseUrl}" + COMES_BACK)
                .scope(OidcScopes.OPENID, OidcScopes.PROFILE)
                .issuerUri(issuer).authorizationUri(issuer + "/oauth2/authorize")
                .tokenUri(properties.authAddress() + "/oauth2/token")
                .jwkSetUri(properties.authAddress() + "/oauth2/jwks").userNameAttributeName("sub")
                .providerConfigurationMetadata(Map.of("end_session_endpoint", signOut(properties)))
                .clientSettings(ClientRegistration.ClientSettings.builder().requireProofKey(true).build())
                .build();
    }

    private static String signOut(PageProperties properties) {
        return properties.issuer() + "/connect/logout";
    }

    /**
     * Leads to sign-in and then back to the page; a form's page, because its request cannot be repeated. A sign-out
     * without a session leads to the auth service instead, whose sign-on session may still exist and which confirms its
     * end.
     */
    private void begin(HttpServletRequest request, HttpServletResponse response, AuthenticationException refused) {
        response.setHeader(HttpHeaders.LOCATION, PageSecurity.isSignOut(request)
                ? signOut + "?" + OAuth2ParameterNames.CLIENT_ID + "=" + client.getClientId()
                : returnPage.addTo(refused instanceof SignInTooOldException ? START + "?" + AGAIN : START,
                        PageSecurity.page(request)));
        response.setStatus(HttpStatus.SEE_OTHER.value());
    }

    /** The user as the session keeps it: the ID token is sealed, because only the sign-out sends it once more. */
    private OidcUser user(OidcUserRequest request) {
        var claims = new LinkedHashMap<>(request.getIdToken().getClaims());
        claims.keySet().removeAll(ONCE);
        return user(request.getIdToken(), idTokens.seal(request.getIdToken().getTokenValue()), claims);
    }

    /** The same sign-in with its ID token as it came. */
    private Authentication withToken(Authentication signedIn) {
        return signedIn instanceof OAuth2AuthenticationToken login && login.getPrincipal() instanceof OidcUser user
                ? idTokens.open(user.getIdToken().getTokenValue())
                        .<Authentication>map(token -> new OAuth2AuthenticationToken(
                                user(user.getIdToken(), token, user.getIdToken().getClaims()), login.getAuthorities(),
                                login.getAuthorizedClientRegistrationId()))
                        .orElse(signedIn)
                : signedIn;
    }

    private static OidcUser user(OidcIdToken token, String value, Map<String, Object> claims) {
        return new DefaultOidcUser(AUTHORITIES,
                new OidcIdToken(value, token.getIssuedAt(), token.getExpiresAt(), claims));
    }

    /**
     * Tabs that sign in at once share the first one's session or start their own. Its id stays, because the other tabs
     * already hold it. A session of another sign-on ends, which prevents session fixation, and so does one of an earlier
     * sign-in: a thief of its cookie must not have the new sign-in, too. Its row goes, because requests in progress would
     * write its id back.
     */
    private static void ownSession(Authentication signedIn, HttpServletRequest request, HttpServletResponse response) {
        var session = request.getSession(false);
        if (session != null && !(Objects.equals(session.getAttribute(SIGN_ON), signOn(signedIn))
                && signedInAt(session).equals(SignInTime.of(signedIn)))) {
            session.invalidate();
        }
    }

    private static Optional<Instant> signedInAt(HttpSession session) {
        return session.getAttribute(
                HttpSessionSecurityContextRepository.SPRING_SECURITY_CONTEXT_KEY) instanceof SecurityContext context
                && context.getAuthentication() != null ? SignInTime.of(context.getAuthentication()) : Optional.empty();
    }

    /**
     * Indexes the session by its sign-on session, whose end ends it, and deletes all but the newest
     * {@value #MOST_SESSIONS} sessions of the same sign-on.
     */
    private void finish(HttpServletRequest request, HttpServletResponse response, Authentication signedIn)
            throws IOException {
        request.getSession().setAttribute(SIGN_ON, signOn(signedIn));
        db.sql("""
                delete from spring_session
                 where primary_id in (select primary_id from spring_session
                                       where primary_id = any(array(select primary_id from spring_session
                                                                     where principal_name = :sign_on
                                                                     order by last_access_time desc offset :most))
                                         for update skip locked)
                """).param("sign_on", signOn(signedIn)).param("most", MOST_SESSIONS).update();
        response.sendRedirect(SignInRequests.page(request));
    }

    /** Restarts a sign-in whose cookie is missing, once, with the same return page. */
    private void failed(HttpServletRequest request, HttpServletResponse response,
            AuthenticationException failure) throws IOException {
        boolean lost = failure instanceof OAuth2AuthenticationException refused
                && refused.getError().getErrorCode().equals(NOT_BEGUN);
        var state = SignInState.parse(Objects.requireNonNullElse(request.getParameter(OAuth2ParameterNames.STATE), ""));
        if (!lost || state.again()) {
            response.sendRedirect(FAILED);
            return;
        }
        var again = START + "?" + SignInState.AGAIN;
        response.sendRedirect(returnPage.open(state.page()).map(page -> returnPage.addTo(again, page)).orElse(again));
    }

    private static @Nullable String signOn(Authentication signedIn) {
        return signedIn.getPrincipal() instanceof OidcUser user ? user.getClaimAsString("sid") : null;
    }

    /** Starts a sign-in only when a person navigates to its address. */
    private final class Starts implements OAuth2AuthorizationRequestResolver {

        private final OAuth2AuthorizationRequestResolver requests;

        Starts(ClientRegistrationRepository clients) {
            requests = new DefaultOAuth2AuthorizationRequestResolver(clients, STARTS);
        }

        @Override
        public @Nullable OAuth2AuthorizationRequest resolve(HttpServletRequest request) {
            return request.getServletPath().equals(START) && HttpMethod.GET.matches(request.getMethod())
                    && RequestKind.isNavigation(request) ? resolve(request, CLIENT) : null;
        }

        @Override
        public @Nullable OAuth2AuthorizationRequest resolve(HttpServletRequest request, String id) {
            var first = requests.resolve(request, id);
            if (first == null) {
                return null;
            }
            var page = returnPage.of(request).isPresent() ? request.getParameter(ReturnPage.PARAMETER) : "";
            var state = new SignInState(request.getParameter(SignInState.AGAIN) != null,
                    Objects.requireNonNull(first.getState()), page);
            var authorization = OAuth2AuthorizationRequest.from(first).state(state.text());
            return request.getParameter(AGAIN) == null
                    ? authorization.build()
                    : authorization.additionalParameters(all -> all.put("max_age", maxAgeSeconds)).build();
        }
    }

    /** Drops the tokens: pages call no service on their viewer's behalf. */
    private static final class NothingKept implements OAuth2AuthorizedClientRepository {

        @Override
        public <T extends OAuth2AuthorizedClient> @Nullable T loadAuthorizedClient(String client,
                Authentication signedIn, HttpServletRequest request) {
            return null;
        }

        @Override
        public void saveAuthorizedClient(OAuth2AuthorizedClient client, Authentication signedIn,
                HttpServletRequest request, HttpServletResponse response) {
        }

        @Override
        public void removeAuthorizedClient(String client, Authentication signedIn, HttpServletRequest request,
                HttpServletResponse response) {
        }
    }
}
