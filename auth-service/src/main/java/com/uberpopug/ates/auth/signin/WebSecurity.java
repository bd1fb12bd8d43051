package com.uberpopug.ates.auth.signin;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import com.uberpopug.ates.auth.oidc.ClientSecrets;
import com.uberpopug.ates.auth.oidc.OidcProperties;
import com.uberpopug.ates.platform.pages.PageSecurity;
import com.uberpopug.ates.platform.security.BearerChallenge;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.MediaType;
import org.springframework.security.authentication.DisabledException;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.authentication.event.LogoutSuccessEvent;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.oauth2.server.authorization.oidc.authentication.OidcLogoutAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.oidc.web.authentication.OidcLogoutAuthenticationSuccessHandler;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AuthenticationFailureHandler;
import org.springframework.security.web.authentication.ExceptionMappingAuthenticationFailureHandler;
import org.springframework.security.web.authentication.LoginUrlAuthenticationEntryPoint;
import org.springframework.security.web.authentication.logout.SecurityContextLogoutHandler;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.util.matcher.MediaTypeRequestMatcher;

/** Who may reach what: the OpenID Connect endpoints, and the pages of signing in and out. The REST API is opened by the platform. */
@Configuration(proxyBeanMethods = false)
class WebSecurity {

    private final OidcProperties properties;
    private final ApplicationEventPublisher events;

    WebSecurity(OidcProperties properties, ApplicationEventPublisher events) {
        this.properties = properties;
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
                    // An ID token of a session that is over is no proof of intent: the page lets the user decide.
                    .errorResponseHandler((request, response, _) -> response.sendRedirect("/"))));
        })
                .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                .oauth2ResourceServer(server -> server.authenticationEntryPoint(new BearerChallenge())
                        .jwt(Customizer.withDefaults()))
                .exceptionHandling(handling -> handling.defaultAuthenticationEntryPointFor(
                        new LoginUrlAuthenticationEntryPoint("/login"),
                        new MediaTypeRequestMatcher(MediaType.TEXT_HTML)))
                .build();
    }

    @Bean
    @Order(20)
    SecurityFilterChain pages(HttpSecurity http, PageSecurity security) {
        // Browsers apply form-action to the redirects that follow a form too, and signing in ends at a client.
        return security.pages(http, new LoginUrlAuthenticationEntryPoint("/login"),
                properties.origins().stream().map(URI::create))
                .authorizeHttpRequests(requests -> requests
                        .requestMatchers("/login", "/first-password").permitAll()
                        .anyRequest().hasAnyRole(PageSecurity.ANY_ROLE))
                .formLogin(form -> form.loginPage("/login").failureHandler(refused()))
                .logout(logout -> logout.logoutSuccessUrl("/login?signed-out"))
                // A one-time link is told to nobody.
                .headers(headers -> headers.referrerPolicy(referrer -> referrer.policy(ReferrerPolicy.NO_REFERRER)))
                .build();
    }

    @Bean
    PasswordEncoder passwordEncoder() {
        return PasswordEncoderFactories.createDelegatingPasswordEncoder();
    }

    @Bean
    RecurringTask<Void> forgetOldSignInAttempts(SignInAttempts attempts) {
        return Tasks.recurring("forget-old-sign-in-attempts", FixedDelay.of(Duration.ofMinutes(10)))
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

    private static AuthenticationFailureHandler refused() {
        var handler = new ExceptionMappingAuthenticationFailureHandler();
        handler.setDefaultFailureUrl("/login?wrong");
        handler.setExceptionMappings(Map.of(LockedException.class.getName(), "/login?locked",
                DisabledException.class.getName(), "/login?deactivated"));
        return handler;
    }
}
