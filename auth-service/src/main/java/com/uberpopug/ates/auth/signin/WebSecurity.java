package com.uberpopug.ates.auth.signin;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import com.uberpopug.ates.auth.oidc.ClientSecrets;
import com.uberpopug.ates.auth.oidc.OidcProperties;
import com.uberpopug.ates.platform.jobs.Jobs;
import com.uberpopug.ates.platform.pages.PageProperties;
import com.uberpopug.ates.platform.pages.PageSecurity;
import com.uberpopug.ates.platform.security.BearerChallenge;
import com.uberpopug.ates.platform.security.HandlerAccess;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.security.authentication.DisabledException;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.authentication.event.LogoutSuccessEvent;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.server.authorization.oidc.authentication.OidcLogoutAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.oidc.web.authentication.OidcLogoutAuthenticationSuccessHandler;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AuthenticationFailureHandler;
import org.springframework.security.web.authentication.ExceptionMappingAuthenticationFailureHandler;
import org.springframework.security.web.authentication.LoginUrlAuthenticationEntryPoint;
import org.springframework.security.web.authentication.logout.SecurityContextLogoutHandler;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.savedrequest.SimpleSavedRequest;
import org.springframework.security.web.util.matcher.MediaTypeRequestMatcher;

/** Who may reach what: the OpenID Connect endpoints, and the pages of signing in and out. The REST API is opened by the platform. */
@Configuration(proxyBeanMethods = false)
class WebSecurity {

    private static final String SIGN_IN = "/login";
    private static final String FIRST_PASSWORD = "/first-password";
    /** Where Spring Security looks for the page that signing in leads back to. */
    private static final String SAVED_REQUEST = "SPRING_SECURITY_SAVED_REQUEST";

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
                        new LoginUrlAuthenticationEntryPoint(SIGN_IN),
                        new MediaTypeRequestMatcher(MediaType.TEXT_HTML)))
                .build();
    }

    @Bean
    @Order(20)
    SecurityFilterChain pages(HttpSecurity http, PageSecurity security, HandlerAccess access,
            PageProperties pages) {
        // Browsers apply form-action to the redirects that follow a form too, and signing in ends at a client.
        return security.pages(http, WebSecurity::begin,
                properties.origins().stream().map(URI::create))
                .authorizeHttpRequests(requests -> requests.anyRequest().access(access))
                .formLogin(form -> form.loginPage(SIGN_IN)
                        .defaultSuccessUrl(pages.services().tasks().toString()).failureHandler(refused()))
                .logout(logout -> logout.logoutSuccessUrl("/login?signed-out"))
                // The link in it is a secret of its own, and good as long as it is, whatever became of the session.
                .csrf(csrf -> csrf.ignoringRequestMatchers(FIRST_PASSWORD))
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

    /** A form cannot be sent again after signing in, so its page comes back; that of a page which was asked for is saved. */
    private static void begin(HttpServletRequest request, HttpServletResponse response,
            AuthenticationException refused) throws IOException, ServletException {
        if (!HttpMethod.GET.matches(request.getMethod()) && !request.getRequestURI().equals(SIGN_IN)) {
            request.getSession().setAttribute(SAVED_REQUEST,
                    new SimpleSavedRequest(PageSecurity.page(request)));
        }
        boolean tooOld = HttpMethod.POST.matches(request.getMethod()) && request.getRequestURI().equals(SIGN_IN);
        new LoginUrlAuthenticationEntryPoint(SIGN_IN + (tooOld ? "?too-old" : "")).commence(request, response,
                refused);
    }

    /** A one-time link is told to nobody, not even to ourselves by what its page loads. */
    private static void keepLink(HttpServletRequest request, HttpServletResponse response) {
        if (request.getRequestURI().equals(FIRST_PASSWORD)) {
            response.setHeader("Referrer-Policy", ReferrerPolicy.NO_REFERRER.getPolicy());
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
