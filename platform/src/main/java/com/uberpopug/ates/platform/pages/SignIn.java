package com.uberpopug.ates.platform.pages;

import com.uberpopug.ates.platform.security.HandlerAccess;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.oidc.web.logout.OidcClientInitiatedLogoutSuccessHandler;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizedClientRepository;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.oidc.OidcScopes;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.session.FindByIndexNameSessionRepository;

/**
 * Signs people in by the company's auth service, with OpenID Connect. The auth service itself does without.
 *
 * <p>The endpoints are written out, so that services start in any order: discovery would ask for them.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnMissingClass("org.springframework.security.oauth2.server.authorization.OAuth2Authorization")
@Import(SessionsListener.class)
class SignIn {

    private static final String CLIENT = "ates";
    private static final String START = "/oauth2/authorization/" + CLIENT;
    static final String FAILED = "/sign-in-failed";
    private static final String BACK_TO = "ates.back-to";

    @Bean
    @Order(200)
    SecurityFilterChain pages(HttpSecurity http, PageSecurity security, HandlerAccess access, PageProperties properties,
            @Value("${spring.application.name}") String name) {
        var client = client(name, properties);
        ClientRegistrationRepository clients = id -> id.equals(CLIENT) ? client : null;
        var signedOut = new OidcClientInitiatedLogoutSuccessHandler(clients);
        signedOut.setPostLogoutRedirectUri("{baseUrl}/");
        return security.pages(http, SignIn::begin, Stream.of(URI.create(properties.issuer())))
                .authorizeHttpRequests(requests -> requests.anyRequest().access(access))
                .oauth2Login(login -> login.loginPage(START).clientRegistrationRepository(clients)
                        .authorizedClientRepository(new NothingKept())
                        .successHandler(SignIn::finish).failureUrl(FAILED))
                .logout(logout -> logout.logoutSuccessHandler(signedOut))
                // Where to go back to is all that is kept, see below.
                .requestCache(AbstractHttpConfigurer::disable)
                .build();
    }

    private static ClientRegistration client(String name, PageProperties properties) {
        var issuer = properties.issuer();
        return ClientRegistration.withRegistrationId(CLIENT).clientId(name).clientSecret(properties.clientSecret())
                .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
                .redirectUri("{baseUrl}/login/oauth2/code/" + CLIENT)
                .scope(OidcScopes.OPENID, OidcScopes.PROFILE)
                .issuerUri(issuer).authorizationUri(issuer + "/oauth2/authorize").tokenUri(issuer + "/oauth2/token")
                .jwkSetUri(issuer + "/oauth2/jwks").userNameAttributeName("sub")
                .providerConfigurationMetadata(Map.of("end_session_endpoint", issuer + "/connect/logout"))
                .clientSettings(ClientRegistration.ClientSettings.builder().requireProofKey(true).build())
                .build();
    }

    /** A form cannot be sent again after signing in, so its page comes back. */
    private static void begin(HttpServletRequest request, HttpServletResponse response,
            AuthenticationException refused) throws IOException {
        request.getSession().setAttribute(BACK_TO, PageSecurity.page(request));
        response.setHeader(HttpHeaders.LOCATION, START);
        response.setStatus(HttpStatus.SEE_OTHER.value());
    }

    /** The session is found by the sign-on session that it belongs to, and ends with it. */
    private static void finish(HttpServletRequest request, HttpServletResponse response, Authentication signedIn)
            throws IOException {
        var session = request.getSession();
        if (signedIn.getPrincipal() instanceof OidcUser user) {
            session.setAttribute(FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME,
                    user.getClaimAsString("sid"));
        }
        var page = session.getAttribute(BACK_TO) instanceof String address ? address : "/";
        session.removeAttribute(BACK_TO);
        response.sendRedirect(page);
    }

    /** Pages call nobody in their viewer's name: the tokens are of no use once it is known who that is. */
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
